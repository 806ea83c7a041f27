package service

import "github.com/datapledge/datapledge/pledge"

var objectionStates = map[string]Text{pledge.ObjectionOpenState: {"未决", "open"}, pledge.InCourt: {"已诉至法院", "before a court"}, pledge.Upheld: {"成立", "upheld"},
	pledge.Dismissed: {"已驳回", "dismissed"}, pledge.ObjectionExpired: {"因逾期终结", "expired"}}

func (d *draft) objections(key string, name Text, list []pledge.Objection) {
	for i, o := range list {
		head := inBoth("%s；%s 由 %s 提出，理由：%s", "%s: raised %s by %s, on the ground of %s", stateWord(objectionStates, o.State), LegalTime(o.At), d.party(o.By), stateWord(grounds, o.Ground))
		d.many(key, i, name, joined(semicolon, append([]Text{head}, d.wentOn(o)...)))
	}
}

// wentOn is what became of an objection, or by when something must.
func (d *draft) wentOn(o pledge.Objection) (list []Text) {
	switch {
	case o.Lodged != nil:
		list = append(list, inBoth("受理法院：%s，案号：%s", "court: %s, case no.: %s", shown(o.Lodged.Court), shown(o.Lodged.CaseNumber)))
	case o.State == pledge.ObjectionOpenState && o.Notified == nil:
		list = append(list, inBoth("异议人应于 %s 前通知对方%s", "the objector must notify the other side by %s%s", LegalTime(o.NotifyBy), d.overdue(o.NotifyBy)))
	case o.State == pledge.ObjectionOpenState:
		list = append(list, inBoth("已于 %s 通知对方，异议人应于 %s 前提交受理案号%s", "the other side was notified %s; the objector must state a case number by %s%s",
			LegalTime(o.Notified.At), LegalTime(o.LodgeBy), d.overdue(o.LodgeBy)))
	case o.Expired != nil:
		list = append(list, inBoth("于 %s 记载，未经裁判", "recorded as such %s; nobody decided on it", LegalTime(o.Expired.At)))
	}
	if r := o.Decided; r != nil {
		list = append(list, inBoth("裁决文书编号 %s，%s，由 %s 签署", "decision number %s, %s, signed by %s", shown(r.Number), LegalTime(last(r.Signed).At), d.signers(r.Signed)))
	}
	return list
}

func (d *draft) overdue(by string) Text {
	if d.passed(by) {
		return Text{"，已逾期", ", which is over"}
	}
	return Text{}
}

// orders prints each order that freezes with the fields that a register of
// security interests asks of one; one that has ended says so.
func (d *draft) orders(key string, name Text, list []pledge.Order) {
	for i, o := range list {
		ends := Text{"未载明终止日期", "no end stated"}
		if o.Until != "" {
			ends = LegalEnd(o.Until)
		}
		if o.Until != "" && d.passed(o.Until) {
			ends = joined(Text{"，", ", "}, []Text{ends, {"已届满", "which is over"}})
		}
		d.many(key, i, name, inBoth("%s；立案机构：%s；文号：%s；日期：%s；效力：%s；至：%s；由 %s 于 %s 记载，文书摘要 %s",
			"%s; registry: %s; file no.: %s; date: %s; effect: %s; until: %s; recorded by %s %s; digest of the document %s",
			shown(o.Court), orNone(o.Registry), shown(o.FileNo), plainDay(o.OrderDate), shown(o.Effect), ends, d.party(o.By), LegalTime(o.At), o.Document))
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
