// The page itself: files are hashed here, and only digests are looked up.
"use strict";

const { byId, say } = datapledge;
const lang = document.documentElement.lang.slice(0, 2);
const chosen = { zip: null, trust: null };

let working = false;

// busy runs one work at a time, with the progress shown below the place where
// it was asked for, and tells what went wrong.
async function busy(place, text, work) {
  if (working) return;
  working = true;
  byId(place).after(byId("progress"), byId("trouble"));
  byId("trouble").hidden = true;
  byId("progress").hidden = false;
  byId("progress-text").textContent = text;
  byId("bar").removeAttribute("value");
  try {
    await work();
  } catch (e) {
    byId("trouble").textContent = e.word ? say(e.word) + (e.detail ? " " + e.detail : "") : say("failed") + " " + (e.message || e.name || e);
    byId("trouble").hidden = false;
  } finally {
    byId("progress").hidden = true;
    working = false;
  }
}

function step(total) {
  return (read) => {
    byId("bar").value = total ? read / total : 1;
    byId("progress-text").textContent = say("reading") + " " + size(read) + " / " + size(total);
  };
}

function size(n) {
  if (n < 1e6) return Math.ceil(n / 1e3) + " kB";
  return n < 1e9 ? (n / 1e6).toFixed(1) + " MB" : (n / 1e9).toFixed(2) + " GB";
}

// compare hashes files and shows what the server says of the digest.
const compare = (chosen, folder) => busy("files", say("starting"), async () => {
  const files = await chosen;
  const single = files.length === 1 && !folder;
  const list = single ? files : datapledge.listed(files);
  const total = list.reduce((n, f) => n + f.file.size, 0);
  const { digests } = await datapledge.work({ files: list.map((f) => f.file) }, step(total));
  if (single) return lookUp(digests[0], say("file") + list[0].file.name + " (" + size(total) + ")");
  const text = datapledge.manifest(list, digests);
  const { digests: [fingerprint] } = await datapledge.work({ files: [new Blob([text])] });
  return lookUp(fingerprint, say("folder") + list.length + " " + say("files") + " (" + size(total) + ")", text);
});

async function lookUp(digest, local, manifest) {
  byId("progress-text").textContent = say("asking");
  const q = new URLSearchParams({ digest: "sha256:" + digest, lang });
  const number = byId("files").dataset.number;
  if (number) q.set("number", number);
  const answer = await fetch("/verify?" + q, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("result");
  if (!found) throw { word: "failed", detail: String(answer.status) };
  const result = byId("result");
  result.replaceChildren(...Array.from(found.childNodes, (n) => document.importNode(n, true)));
  const line = byId("local");
  if (line) { line.textContent = local; line.hidden = false; }
  if (line && manifest) line.after(datapledge.save(manifest, "manifest.txt", say("listing")));
  history.replaceState(null, "", "/verify?" + q);
  result.focus();
}

// droppable takes what is dropped onto an element, and marks it meanwhile.
function droppable(element, take) {
  element.addEventListener("dragover", (e) => { e.preventDefault(); element.classList.add("over"); });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (e) => { e.preventDefault(); element.classList.remove("over"); take(e.dataTransfer); });
}

// onChosen passes on what was chosen; the same can then be chosen again.
function onChosen(id, take) {
  byId(id).addEventListener("change", ({ target }) => {
    take(target);
    if (target.type === "file") target.value = "";
  });
}

function takePackage(file) {
  if (!file) return;
  const large = file.size > datapledge.largestPackage;
  chosen.zip = large ? null : file;
  byId("zip-name").textContent = large ? say("tooLarge") : file.name + " (" + size(file.size) + ")";
  ready();
}

async function takeTrust(file) {
  if (!file || file.size > 1 << 20) return;
  chosen.trust = { name: file.name, text: await file.text() };
  byId("trust-name").textContent = file.name;
  if (byId("own-trust")) byId("own-trust").checked = false;
  ready();
}

async function takeOwnTrust(box) {
  chosen.trust = null;
  byId("trust-name").textContent = "";
  if (box.checked) {
    const answer = await fetch(box.dataset.url);
    if (answer.ok) chosen.trust = { name: say("server"), text: await answer.text() };
  }
  ready();
}

function ready() { byId("check").disabled = !(chosen.zip && chosen.trust); }

const check = () => busy("packages", say("checking"), async () => {
  byId("report").replaceChildren();
  const result = await datapledge.work({ zip: chosen.zip, trust: chosen.trust.text, lang });
  let genesis = "";
  try { genesis = JSON.parse(chosen.trust.text).genesis_hash; } catch { /* the checker has read it */ }
  byId("report").replaceChildren(datapledge.report(result, { name: chosen.trust.name, genesis }));
  byId("report").focus();
});

for (const e of document.querySelectorAll(".needs-script")) e.hidden = false;
onChosen("file", (input) => compare(datapledge.chosen(input), false));
onChosen("folder", (input) => compare(datapledge.chosen(input), true));
droppable(byId("files"), (transfer) => {
  const folder = Array.from(transfer.items).some((i) => i.webkitGetAsEntry && i.webkitGetAsEntry()?.isDirectory);
  compare(datapledge.dropped(transfer), folder);
});
for (const missed of ["dragover", "drop"]) document.addEventListener(missed, (e) => e.preventDefault()); // or the page would be left for the file
byId("cancel").addEventListener("click", () => datapledge.stop && datapledge.stop());
if (byId("check")) {
  onChosen("zip", (input) => takePackage(input.files[0]));
  onChosen("trust", (input) => takeTrust(input.files[0]));
  if (byId("own-trust")) onChosen("own-trust", takeOwnTrust);
  droppable(byId("packages"), (transfer) => takePackage(transfer.files[0]));
  byId("check").addEventListener("click", check);
}
