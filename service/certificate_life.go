package service

import (
	"fmt"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// life writes what became of a pledge after it was registered. Each line is
// left out where nothing happened.
func (d *draft) life(a *pledge.Asset, p *pledge.Pledge) {
	d.changes(p)
	d.bothRanks(p)
	if a.Owner != p.Pledgor {
		d.add("transferred", "数据资产转让", "Transfer of the asset", inBoth("数据资产现属 %s；质押随资产存续", "the asset belongs to %s now; the pledge stays on it", d.party(a.Owner)))
	}
	d.default_(p)
	d.enforcement(p)
	d.objections(append(slices.Clone(p.Objections), a.Objections...))
	d.orders("order", p.Frozen)
	d.orders("asset_order", a.Frozen)
	d.alerts(p)
}

func (d *draft) changes(p *pledge.Pledge) {
	for i, m := range p.Amendments {
		name := Text{"条款变更 %d", "Change of terms %d"}
		if m.Act == pledge.PledgeExtend {
			name = Text{"展期 %d", "Extension %d"}
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
	for i, c := range p.Corrections {
		d.many("correction", i, Text{"笔误更正 %d", "Correction %d"}, inBoth("%s：%s（%s）", "%s: %s (%s)", LegalTime(c.At), c.Field, c.Reason))
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

// bothRanks shows the registration here beside the statutory one, and the days
// between, in which the pledge had no effect against others.
func (d *draft) bothRanks(p *pledge.Pledge) {
	if p.Registered == nil || !inForce(p) {
		return
	}
	from, err := recordedTime(p.Registered.At)
	if err != nil {
		return
	}
	if d.perfection(p) != pledge.PerfectionVerified {
		d.add("unprotected", "未受法定登记保护", "Not protected by a statutory registration", inBoth("自 %s 起至今，%d 天", "since %s, %d days until now",
			LegalTime(p.Registered.At), days(from, d.now)))
		return
	}
	to, err := recordedTime(p.Perfection.EffectiveRankTime)
	if err != nil {
		return
	}
	d.add("statutory_rank", "法定顺位时间", "Statutory rank from", LegalTime(p.Perfection.EffectiveRankTime))
	if n := days(from, to); n > 0 {
		d.add("unprotected", "未受法定登记保护", "Not protected by a statutory registration", inBoth("自本账本登记起 %d 天，其间成立的他人权利可能优先",
			"for %d days after registration on this ledger: rights that others got in between may come first", n))
	}
}

// days counts begun days from one time to another.
func days(from, to time.Time) int {
	const day = 24 * time.Hour
	return max(int((to.Sub(from)+day-1)/day), 0)
}

func (d *draft) default_(p *pledge.Pledge) {
	if n := p.DefaultNotice; n != nil {
		d.add("default_notice", "违约通知", "Notice of default", inBoth("%s 通知，事由 %s；宽限期至 %s", "given %s, reason %s; the grace ends %s",
			LegalTime(n.At), stateWord(defaultReasons, n.Reason), LegalTime(n.GraceEnds)))
	}
	if p.Defaulted != nil {
		d.add("defaulted", "宣告违约", "Default declared", inBoth("%s 由 %s 宣告", "%s by %s", LegalTime(p.Defaulted.At), d.party(p.Defaulted.By)))
	}
	for i, c := range p.Cured {
		d.many("cured", i, Text{"违约补救 %d", "Default cured %d"}, inBoth("%s 由 %s 确认", "%s, confirmed by %s", LegalTime(c.At), d.party(c.By)))
	}
}

var defaultReasons = map[string]Text{"NONPAYMENT": {"未清偿到期债务", "non-payment"}, "COVENANT": {"违反约定", "breach of a covenant"}, "TAMPER": {"质押物异常", "the collateral was tampered with"},
	"LTV": {"价值下降", "loss of value"}, "INSOLVENCY": {"破产或资不抵债", "insolvency"}, "OTHER": {"其他", "other"}}

var pathWords = map[string]Text{
	pledge.AgreedSale:           {"协议折价、拍卖或变卖", "sale by agreement"},
	pledge.SelfSaleClause:       {"约定的自行拍卖、变卖", "sale under the clause that the parties agreed on"},
	pledge.SpecialProcedure:     {"实现担保物权特别程序", "special procedure for realizing a security"},
	pledge.NotarialExecution:    {"公证执行证书", "notarial certificate of execution"},
	pledge.Litigation:           {"诉讼", "litigation"},
	pledge.CompulsoryManagement: {"强制管理", "compulsory management"},
}

func (d *draft) enforcement(p *pledge.Pledge) {
	if e := p.Enforcement; e != nil {
		d.add("enforcement", "实现依据", "Title of enforcement", inBoth("%s，编号 %s，摘要 %s；%s 由 %s 签署", "%s, number %s, digest %s; %s, signed by %s",
			stateWord(pathWords, e.Path), orNone(e.Number), e.Title, LegalTime(last(e.Signed).At), d.signers(e.Signed)))
		d.doesNot("不表示所有权已经转移：违约与实现均不移转数据资产的所有权（民法典第四百二十八条）。",
			"That ownership moved: neither default nor enforcement moves it (Civil Code, art. 428).")
	}
	if k := p.KeyRelease; k != nil {
		d.add("key_release", "密钥交付", "Key handed over", inBoth("托管方已于 %s 将解密密钥交付 %s", "the custodian handed it to %[2]s at %[1]s", LegalTime(k.At), d.party(k.To)))
	}
}

func orNone(s string) Text {
	if s == "" {
		return Text{"无", "none"}
	}
	return verbatim(s)
}

// realization writes price and distribution (民法典 438).
func (d *draft) realization(p *pledge.Pledge) {
	r := p.Realization
	if r == nil {
		return
	}
	money := func(n int64) string { return pledge.Amount{Amount: n, Currency: r.Price.Currency}.Text() }
	d.add("price", "变现价款", "Price", inBoth("%s，%s，%s", "%s, %s, %s", r.Price.Text(), stateWord(methods, r.Method), LegalEnd(r.Date)))
	d.add("buyer_type", "受让人类型", "Kind of buyer", verbatim(r.BuyerType))
	d.add("claim", "所担保的债权", "Claim", verbatim(money(r.Claim)))
	for i, s := range r.Distribution {
		d.many("share", i, Text{"价款分配 %d", "Share %d"}, inBoth("%s：%s，%s", "%s: %s, %s", stateWord(shares, s.Kind), money(s.Amount), d.party(s.To)))
	}
	d.add("shortfall", "未受清偿的债权", "Still owed", verbatim(money(r.Shortfall)))
	d.add("realized_by", "签署", "Signed by", d.signers(r.Signed))
	d.doesNot("不表示所有权已经转移：本记录只记载价款及其分配；数据资产的转让须另行登记（民法典第四百二十八条、第四百三十八条）。",
		"That ownership moved: price and distribution are recorded here; a transfer of the asset is recorded apart (Civil Code, arts. 428, 438).")
}

var methods = map[string]Text{"AUCTION": {"拍卖", "auction"}, "SALE": {"变卖", "sale"}, "APPROPRIATION": {"折价", "taken at an agreed value"}}

var shares = map[string]Text{pledge.ShareCosts: {"费用", "costs"}, pledge.SharePledgee: {"质权人", "pledgee"}, pledge.ShareSenior: {"在先质权人", "senior pledgee"},
	pledge.ShareJunior: {"在后质权人", "junior pledgee"}, pledge.ShareSurplus: {"剩余归出质人", "surplus, to the pledgor"}}

var objectionStates = map[string]Text{pledge.ObjectionOpenState: {"未决", "open"}, pledge.InCourt: {"已诉至法院", "before a court"}, pledge.Upheld: {"成立", "upheld"},
	pledge.Dismissed: {"已驳回", "dismissed"}, pledge.ObjectionExpired: {"已逾期", "expired"}}

func (d *draft) objections(list []pledge.Objection) {
	for i, o := range list {
		said := inBoth("%s，%s 由 %s 提出，理由 %s", "%s: raised %s by %s on the ground %s", stateWord(objectionStates, o.State), LegalTime(o.At), d.party(o.By), o.Ground)
		if o.Lodged != nil {
			said = joined(semicolon, []Text{said, verbatim(o.Lodged.Court + " " + o.Lodged.CaseNumber)})
		}
		d.many("objection", i, Text{"异议 %d", "Objection %d"}, said)
	}
}

// orders prints each order that freezes with the fields that a register of
// security interests asks of one; one that has ended says so.
func (d *draft) orders(key string, list []pledge.Order) {
	for i, o := range list {
		ends := Text{"未载明终止日期", "no end stated"}
		if o.Until != "" {
			ends = LegalEnd(o.Until)
		}
		if o.Until != "" && d.passed(o.Until) {
			ends = joined(Text{"，", ", "}, []Text{ends, {"已届满", "which is over"}})
		}
		d.many(key, i, Text{"冻结命令 %d", "Order of freeze %d"}, inBoth("%s；登记机关：%s；文号：%s；日期：%s；效力：%s；至：%s", "%s; registry: %s; file no.: %s; date: %s; effect: %s; until: %s",
			o.Court, orNone(o.Registry), o.FileNo, o.OrderDate, o.Effect, ends))
	}
}

var alertWords = map[string]Text{pledge.AlertTamper: {"托管核验异常", "a custody check failed"}, pledge.AlertMissed: {"逾期未核验", "no custody check for too long"},
	pledge.AlertOverdue: {"逾期未更新", "no version in the promised time"}, pledge.AlertLTV: {"价值下降（民法典第四百三十三条）", "the value fell (Civil Code, art. 433)"}}

func (d *draft) alerts(p *pledge.Pledge) {
	for i, a := range p.Alerts {
		said := inBoth("%s，%s", "%s, %s", stateWord(alertWords, a.Kind), LegalTime(a.At))
		if a.Cleared != nil {
			said = joined(semicolon, []Text{said, inBoth("已于 %s 解除", "over since %s", LegalTime(a.Cleared.At))})
		}
		d.many("alert", i, Text{"警示 %d", "Alert %d"}, said)
	}
}

// lifeStamps are the acts of the later life of a pledge.
func lifeStamps(p *pledge.Pledge) (list []pledge.Stamp) {
	for _, m := range p.Amendments {
		list = append(list, m.Signed...)
	}
	for _, a := range p.Assignments {
		list = append(list, a.Signed...)
	}
	for _, s := range p.SubordinatedTo {
		list = append(list, s.Signed...)
	}
	for _, st := range []*pledge.Stamp{p.Defaulted} {
		if st != nil {
			list = append(list, *st)
		}
	}
	if p.Enforcement != nil {
		list = append(list, p.Enforcement.Signed...)
	}
	if p.Realization != nil {
		list = append(list, p.Realization.Signed...)
	}
	return list
}

// lifeParties are those that a certificate names beyond who signed.
func lifeParties(a *pledge.Asset, p *pledge.Pledge) (list []string) {
	for _, t := range a.Transfers {
		list = append(list, t.From, t.To)
	}
	if p == nil {
		return list
	}
	for _, o := range append(slices.Clone(p.Objections), a.Objections...) {
		list = append(list, o.By)
	}
	for _, as := range p.Assignments {
		list = append(list, as.From, as.To)
	}
	if p.Realization != nil {
		for _, s := range p.Realization.Distribution {
			list = append(list, s.To)
		}
	}
	return list
}

// assetLife writes what became of a notarized asset.
func (d *draft) assetLife(a *pledge.Asset) {
	for _, v := range a.Versions {
		d.add(fmt.Sprintf("version_%d", v.Number), fmt.Sprintf("版本 %d", v.Number), fmt.Sprintf("Version %d", v.Number),
			inBoth("%s，%s 存证", "%s, recorded %s", v.Fingerprint, LegalTime(v.Recorded.At)))
		d.acts = append(d.acts, v.Recorded)
	}
	for i, t := range a.Transfers {
		d.many("transfer", i, Text{"转让 %d", "Transfer %d"}, inBoth("%s 由 %s 转让给 %s", "%s: from %s to %s", LegalTime(last(t.Signed).At), d.party(t.From), d.party(t.To)))
		d.acts = append(d.acts, t.Signed...)
	}
	for i, l := range a.Licences {
		d.many("licence", i, Text{"许可 %d", "Licence %d"}, inBoth("%s 许可 %s，%s，%s 至 %s", "%s: to %s, %s, from %s to %s",
			LegalTime(last(l.Signed).At), d.party(l.To), l.Scope, l.From, l.Until))
	}
	for i, t := range a.Attestations {
		d.many("attestation", i, Text{"公证 %d", "Notarial act %d"}, inBoth("%s，编号 %s，%s", "%s, number %s, %s", d.party(t.By), t.Number, LegalTime(t.At)))
	}
	for i, c := range a.Corrections {
		d.many("correction", i, Text{"笔误更正 %d", "Correction %d"}, inBoth("%s：%s（%s）", "%s: %s (%s)", LegalTime(c.At), c.Field, c.Reason))
	}
	d.objections(a.Objections)
	d.orders("order", a.Frozen)
}
