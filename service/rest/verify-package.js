// The report of a checked evidence package.
"use strict";

Object.assign(datapledge, {
  largestPackage: 256 << 20, // bytes; the checker refuses more, too

  // report shows what the checker says; believed is the trust file it rests on.
  report(result, believed) {
    const r = JSON.parse(result.report);
    const ok = result.verdict === "ok";
    const out = document.createDocumentFragment();
    out.append(this.box(ok));
    if (!ok) out.append(this.failures(r, result.checks));
    out.append(this.against(r), this.facts(r, believed));
    if (ok) out.append(this.element("p", result.meaning));
    out.append(this.vouchers(r), this.element("h3", this.say("checks")), this.checks(r, result.checks));
    const full = this.element("details");
    full.append(this.element("summary", this.say("full")), this.element("pre", result.text));
    out.append(full, this.save(result.report, "evidence-report.json", this.say("save")));
    return out;
  },

  box(ok) {
    const box = this.element("div", undefined, "verdict " + (ok ? "match" : "differs"));
    box.dataset.verdict = ok ? "ok" : "failed";
    const word = this.element("p", undefined, "word");
    const sign = this.element("span", ok ? "✓" : "✗", "sign");
    sign.setAttribute("aria-hidden", "true");
    word.append(sign, " ", this.element("strong", this.say(ok ? "ok" : "bad")));
    box.append(word, this.element("p", this.say(ok ? "okMore" : "badMore"), "meaning"));
    return box;
  },

  facts(r, believed) {
    const dl = this.element("dl");
    const rows = [["record", r.record_id], ["channel", r.channel], ["block", r.as_of.hash && String(r.as_of.height)], ["made", r.made_at],
      ["trusted", believed.name], ["genesis", believed.genesis]];
    for (const [key, value] of rows) if (value) dl.append(this.element("dt", this.say(key)), this.element("dd", value, "digest"));
    dl.append(this.element("dd", this.say("compare"), "hint"));
    return dl;
  },

  // against lists what speaks against the record, passed or not.
  against(r) {
    const list = this.element("ul", undefined, "against");
    const lang = document.documentElement.lang.slice(0, 2);
    for (const f of r.negative || []) list.append(this.element("li", [f[lang], f.since].filter(Boolean).join(" · ")));
    const out = document.createDocumentFragment();
    if (list.children.length) out.append(this.element("h3", this.say("against")), list);
    return out;
  },

  // vouchers are the institutions that stand behind a consortium's package.
  vouchers(r) {
    const out = document.createDocumentFragment();
    const list = this.element("ul");
    for (const i of r.institutions || []) {
      const did = [[i.blocks_signed, "signed"], [i.transactions_endorsed, "endorsed"], [i.commands_attested, "attested"]];
      list.append(this.element("li", i.name + " (" + i.party + "): " + did.map(([n, key]) => this.say(key) + " " + n).join(" · ")));
    }
    if (list.children.length) out.append(this.element("h3", this.say("vouchers")), list);
    return out;
  },

  failures(r, described) {
    const list = this.element("ul", undefined, "failures");
    for (const c of r.checks) for (const f of c.failures || []) {
      const item = this.element("li");
      item.append(this.element("strong", f.file), this.element("br"), this.say("unmet") + described[c.name],
        this.element("br"), this.element("code", c.name + ": " + [f.field, f.detail].filter(Boolean).join(": ")));
      list.append(item);
    }
    return list;
  },

  checks(r, described) {
    const table = this.element("table", undefined, "checks");
    for (const c of r.checks) {
      const row = this.element("tr", undefined, c.result);
      const word = { pass: "✓ " + this.say("pass"), fail: "✗ " + this.say("fail") }[c.result] || "– " + this.say("notPresent");
      const what = this.element("td", described[c.name] + " ");
      what.append(this.element("code", c.name + " × " + c.count, "hint"));
      row.append(this.element("td", word), what);
      table.append(row);
    }
    return table;
  },

  // save offers text as a file that never was anywhere but here.
  save(text, name, words) {
    const p = this.element("p");
    const a = this.element("a", words);
    a.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    a.download = name;
    p.append(a);
    return p;
  },
});
