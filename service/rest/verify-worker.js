// Reads files in a thread of its own, so that the page stays alive, and stops
// when it is ended. Nothing that it reads leaves it but digests and reports.
"use strict";

const mebibyte = 1 << 20;

// load starts the checker, if the server has it.
async function load({ exec, wasm }) {
  if (!wasm) return;
  importScripts(exec);
  const ready = new Promise((resolve) => { self.datapledgeReady = resolve; });
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch(wasm), go.importObject);
  const ended = go.run(instance).then(() => { throw new Error("the checker ended"); });
  await Promise.race([ready, ended]);
}

let loaded;
const start = (paths) => (loaded ??= load(paths));

// hash has the browser itself hash what fits into memory, which is fastest.
// More, or on a connection that is not secure, is for the checker.
async function hash(file, paths, progress) {
  const subtle = self.crypto.subtle;
  if (subtle && file.size <= (paths.wasm ? 64 : 256) * mebibyte) {
    const sum = new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
    progress(file.size);
    return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
  }
  await start(paths);
  if (!self.datapledgeHash) throw subtle ? { word: "large", detail: "sha256sum " + file.name } : { word: "insecure" };
  const r = self.datapledgeHash(file, progress);
  if (r.error) throw new Error(r.error);
  return r.sha256;
}

// hashAll tells how many bytes of all were read, and then the digests.
async function hashAll({ files, paths }) {
  const digests = [];
  let before = 0;
  for (const file of files) {
    digests.push(await hash(file, paths, (read) => self.postMessage({ read: before + read })));
    before += file.size;
  }
  return { digests };
}

async function check({ zip, trust, lang, paths }) {
  await start(paths);
  const r = self.datapledgeCheck(zip, trust, lang);
  if (r.error) throw new Error(r.error);
  return r;
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ done: await (data.files ? hashAll(data) : check(data)) });
  } catch (e) {
    self.postMessage({ failed: e.word ? e : { word: "failed", detail: String(e.message || e) } });
  }
};
