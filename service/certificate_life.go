package service

import (
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// life writes what became of a pledge after it was registered. Each line is
// left out where nothing happened.
func (d *draft) life(a *pledge.Asset, p *pledge.Pledge) {
	d.changes(p)
	if a.Owner != p.Pledgor {
		d.transferred(a, p)
	}
	d.default_(p)
	d.enforcement(p)
	d.objections("objection", Text{"对质押的异议 %d", "Objection to the pledge %d"}, p.Objections)
	d.objections("asset_objection", Text{"对数据资产的异议 %d", "Objection to the asset %d"}, a.Objections)
	d.orders("order", Text{"冻结质押的文书 %d", "Order freezing the pledge %d"}, p.Frozen)
	d.orders("asset_order", Text{"冻结数据资产的文书 %d", "Order freezing the asset %d"}, a.Frozen)
	d.alerts(p)
}

// transferred: a pledge in force stays on the asset, whoever owns it now.
func (d *draft) transferred(a *pledge.Asset, p *pledge.Pledge) {
	parts := []Text{inBoth("账本记载的现权利人为 %s", "the owner on record is %s now", d.party(a.Owner))}
	if inForce(p) {
		parts = append(parts, Text{"质押随数据资产存续", "the pledge stays on the asset"})
	}
	d.add("transferred", "数据资产转让", "Transfer of the asset", joined(semicolon, parts))
}

func (d *draft) changes(p *pledge.Pledge) {
	for i, m := range p.Amendments {
		name := Text{"条款变更 %d", "Change of terms %d"}
		if m.Act == pledge.PledgeExtend {
			name = Text{"条款变更 %d（展期）", "Change of terms %d (extension)"}
		}
		d.many("amendment", i, name, inBoth("%s 生效，由 %s 签署；此前的条款摘要为 %s", "in effect %s, signed by %s; the digest of the terms before is %s",
			LegalTime(last(m.Signed).At), d.signers(m.Signed), m.Replaced))
	}
	for i, as := range p.Assignments {
		d.many("assignment", i, Text{"债权转让 %d", "Assignment %d"}, inBoth("%s 由 %s 转让给 %s，顺位不变（民法典第四百零七条）",
			"%s: from %s to %s; the rank stays (Civil Code, art. 407)", LegalTime(last(as.Signed).At), d.party(as.From), d.party(as.To)))
	}
	for i, s := range p.SubordinatedTo {
		d.many("subordination", i, Text{"顺位让与 %d", "Subordination %d"}, inBoth("%s 与 %s 互换顺位；登记次序号不变", "%s: changed places with %s; the sequence numbers stay",
			LegalTime(last(s.Signed).At), pledgeNumber(s.To)))
	}
	for i, n := range p.Increments {
		d.many("increment", i, Text{"新增版本 %d", "Added version %d"}, inBoth("第 %d 版（%s）自 %s 起一并担保，次序号 %d，顺位另计",
			"version %d (%s) is covered since %s at sequence %d, a rank of its own", n.Version, n.Fingerprint, LegalTime(n.At.At), n.Seq))
	}
	d.corrections(p.Corrections)
}

// corrections of clerical errors. The ledger keeps digests of the texts.
func (d *draft) corrections(list []pledge.Correction) {
	for i, c := range list {
		d.many("correction", i, Text{"笔误更正 %d", "Correction %d"}, inBoth("%s 由 %s 更正“%s”，原因：%s；更正前后文本的摘要依次为 %s 和 %s",
			"%s by %s: %s. Reason: %s. Digest of the text before: %s; after: %s", LegalTime(c.At), d.party(c.By), stateWord(correctedFields, c.Field), shown(c.Reason), c.Before, c.After))
	}
}

// many puts the i-th line of a kind on the certificate.
func (d *draft) many(key string, i int, name, value Text) {
	d.add(fmt.Sprintf("%s_%d", key, i+1), fmt.Sprintf(name.ZH, i+1), fmt.Sprintf(name.EN, i+1), value)
}

func last(list []pledge.Stamp) pledge.Stamp {
	if len(list) == 0 {
		return pledge.Stamp{}
	}
	return list[len(list)-1]
}

// signers names who signed, in their order.
func (d *draft) signers(list []pledge.Stamp) Text {
	var names []Text
	for _, s := range list {
		names = append(names, verbatim(d.party(s.By)))
	}
	return joined(Text{"、", " and "}, names)
}
