// Reads files in a thread of its own, so that the page stays alive, and stops
// when it is ended. Nothing that it reads leaves it but digests and reports.
"use strict";

const largestWhole = 256 << 20; // bytes of a file that is hashed at once, without the checker

// start loads the checker, if the server has it.
async function start(paths) {
  if (!paths.wasm) return;
  importScripts(paths.exec);
  const ready = new Promise((resolve) => { self.datapledgeReady = resolve; });
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch(paths.wasm), go.importObject);
  go.run(instance);
  await ready;
}

async function hash(file, progress) {
  if (self.datapledgeHash) {
    const r = self.datapledgeHash(file, progress);
    if (r.error) throw new Error(r.error);
    return r.sha256;
  }
  if (!self.crypto.subtle) throw { word: "insecure" };
  if (file.size > largestWhole) throw { word: "large", detail: "sha256sum " + file.name };
  const sum = new Uint8Array(await self.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  progress(file.size);
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
}

// hashAll tells how many bytes of all were read, and then the digests.
async function hashAll(files) {
  const digests = [];
  let before = 0;
  for (const file of files) {
    digests.push(await hash(file, (read) => self.postMessage({ read: before + read })));
    before += file.size;
  }
  return { digests };
}

function check({ zip, trust, lang }) {
  const r = self.datapledgeCheck(zip, trust, lang);
  if (r.error) throw new Error(r.error);
  return r;
}

self.onmessage = async ({ data }) => {
  try {
    await start(data.paths);
    self.postMessage({ started: true });
    self.postMessage({ done: data.files ? await hashAll(data.files) : check(data) });
  } catch (e) {
    self.postMessage({ failed: e.word ? e : { word: "failed", detail: String(e.message || e) } });
  }
};
