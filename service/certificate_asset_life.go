package service

import (
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// assetLife writes what became of a notarized asset.
func (d *draft) assetLife(a *pledge.Asset) {
	for _, v := range a.Versions {
		d.add(fmt.Sprintf("version_%d", v.Number), fmt.Sprintf("版本 %d", v.Number), fmt.Sprintf("Version %d", v.Number), versionText(v))
		d.acts = append(d.acts, v.Recorded)
	}
	for i, t := range a.Transfers {
		d.many("transfer", i, Text{"转让 %d", "Transfer %d"}, inBoth("%s 由 %s 转让给 %s，由 %s 签署", "%s: from %s to %s, signed by %s",
			LegalTime(last(t.Signed).At), d.party(t.From), d.party(t.To), d.signers(t.Signed)))
		d.acts = append(d.acts, t.Signed...)
	}
	for i, l := range a.Licences {
		d.many("licence", i, Text{"许可 %d", "Licence %d"}, d.licence(l))
	}
	for i, t := range a.Attestations {
		d.many("attestation", i, Text{"公证 %d", "Notarial act %d"}, inBoth("%s，公证书编号 %s，公证书摘要 %s，%s 记载", "%s, number %s, digest of the certificate %s, recorded %s",
			d.party(t.By), shown(t.Number), t.Certificate, LegalTime(t.At)))
	}
	for i, r := range a.Resolutions {
		d.many("resolution", i, Text{"权属争议的解决 %d", "Dispute resolved %d"}, inBoth("%s，与 %s 的争议：%s，由 %s 签署", "%s, with %s: %s, signed by %s",
			LegalTime(last(r.Signed).At), notarizationNumber(r.With), stateWord(resolutions, r.Resolution), d.signers(r.Signed)))
	}
	d.corrections(a.Corrections)
	d.objections("objection", Text{"异议 %d", "Objection %d"}, a.Objections)
	d.orders("order", Text{"冻结文书 %d", "Order of freeze %d"}, a.Frozen)
	if a.Ended != nil {
		d.add("ended", "存证终止", "Notarization ended", inBoth("%s，由 %s 签署", "%s, signed by %s", LegalTime(a.Ended.At), d.party(a.Ended.By)))
	}
}

// versionText tells what a content left out of the one before, and whether anybody
// can see from the ledger that it holds the rest.
func versionText(v pledge.AssetContent) Text {
	parts := []Text{inBoth("%s 存证，%s", "recorded %s, %s", LegalTime(v.Recorded.At), v.Fingerprint)}
	if v.Redacted > 0 {
		parts = append(parts, inBoth("删去前一版本的文件 %d 个", "files of the version before that it leaves out: %d", v.Redacted))
	}
	if v.Unproven {
		parts = append(parts, Text{"文件清单未上链，不能据账本认定其包含前一版本", "its files are not listed on the ledger, which therefore does not show that the version before is a part of it"})
	}
	return joined(semicolon, parts)
}

func (d *draft) licence(l pledge.Licence) Text {
	kind := Text{"非独占", "not exclusive"}
	if l.Exclusive {
		kind = Text{"独占", "exclusive"}
	}
	return inBoth("%s 许可 %s 使用，%s，范围：%s，%s 至 %s，由 %s 签署", "%s: to %s, %s, scope: %s, from %s to %s, signed by %s",
		LegalTime(last(l.Signed).At), d.party(l.To), kind, shown(l.Scope), plainDay(l.From), plainDay(l.Until), d.signers(l.Signed))
}
