// What is dropped or chosen, its digests, and the manifest of a folder.
"use strict";

const datapledge = {
  byId: (id) => document.getElementById(id),
  say: (key) => document.getElementById("words").dataset[key],

  // element makes one with text; nothing is ever read as HTML.
  element(name, text, className) {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    return e;
  },

  maxFiles: 100000,
  unlisted: /[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, // what no path of a manifest may hold

  // dropped lists the files of a drop, also those inside folders.
  async dropped(transfer) {
    const entries = Array.from(transfer.items, (i) => i.webkitGetAsEntry && i.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const e of entries) await this.walk(e, "", found);
    const folder = entries.length === 1 && entries[0].isDirectory;
    return found.map((f) => (folder ? { ...f, path: f.path.slice(f.path.indexOf("/") + 1) } : f));
  },

  async walk(entry, below, found) {
    if (found.length > this.maxFiles) return;
    const path = below + entry.name;
    if (entry.isFile) {
      found.push({ path, file: await new Promise((ok, no) => entry.file(ok, no)) });
      return;
    }
    const reader = entry.createReader();
    for (;;) { // a reader gives a hundred at a time
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (some.length === 0) return;
      for (const e of some) await this.walk(e, path + "/", found);
    }
  },

  chosen(input) {
    return Array.from(input.files, (file) => {
      const path = file.webkitRelativePath;
      return { path: path ? path.slice(path.indexOf("/") + 1) : file.name, file };
    });
  },

  // listed puts files in the order of the manifest, or says why they have none.
  listed(files) {
    if (files.length === 0) throw { word: "empty" };
    if (files.length > this.maxFiles) throw { word: "many" };
    const utf8 = new TextEncoder();
    const list = files.map(({ path, file }) => ({ path: path.normalize("NFC"), file }));
    for (const f of list) {
      if (this.unlisted.test(f.path)) throw { word: "path", detail: f.path.replace(this.unlisted, (c) => "[U+" + c.codePointAt(0).toString(16) + "]") };
      f.bytes = utf8.encode(f.path);
    }
    list.sort((a, b) => this.compare(a.bytes, b.bytes));
    const twin = list.find((f, i) => i > 0 && f.path === list[i - 1].path);
    if (twin) throw { word: "twice", detail: twin.path };
    return list;
  },

  compare(a, b) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
    return a.length - b.length;
  },

  // manifest is the text that sha256sum writes of these files.
  manifest: (list, digests) => list.map((f, i) => digests[i] + "  " + f.path + "\n").join(""),

  // work has a worker do something, which tells how far it is. stop ends it at once.
  work(message, progress) {
    const from = this.byId("packages").dataset;
    const worker = new Worker(from.worker);
    message.paths = { exec: from.go && new URL(from.go, location.href).href, wasm: from.wasm && new URL(from.wasm, location.href).href };
    const done = new Promise((ok, no) => {
      worker.onmessage = ({ data }) => {
        if (data.read !== undefined && progress) progress(data.read);
        if (data.done) ok(data.done);
        if (data.failed) no(data.failed);
      };
      worker.onerror = (e) => no({ word: "failed", detail: e.message || "" });
      this.stop = () => no({ word: "cancelled" });
    });
    worker.postMessage(message);
    return done.finally(() => worker.terminate());
  },
};
