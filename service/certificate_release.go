package service

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// ending is how a pledge that was registered came to its end.
type ending struct{ title, at, by, proves Text }

var endings = map[string]ending{
	pledge.Released: {Text{"数据资产质押解除证书", "Certificate of release of a pledge of a data asset"}, Text{"解除时间", "Released at"}, Text{"解除人", "Released by"},
		Text{"上述质押登记已在所示区块解除，由 %s 以其登记的密钥签署。", "That the registration of this pledge was released in the block shown, signed by %s with its registered key."}},
	pledge.Realized: {Text{"数据资产质押实现终止证书", "Certificate that a pledge of a data asset ended by realization"}, Text{"实现时间", "Realized at"}, Text{"末位签署人", "Last signed by"},
		Text{"上述质押登记已因变现在所示区块终止，由所列各方签署，末位为 %s。", "That the registration of this pledge ended by realization in the block shown, signed by those listed, last by %s."}},
	pledge.Lapsed: {Text{"数据资产质押失效证书", "Certificate that a pledge of a data asset lapsed"}, Text{"记载失效时间", "Recorded as lapsed at"}, Text{"记载人", "Recorded by"},
		Text{"上述质押的登记期限已届满而未展期，由 %s 在所示区块记载。", "That the term of this pledge ended without an extension; %s had it recorded in the block shown."}},
}

// release writes the certificate 解除证书 of a pledge that came to its end: one
// that was released, was realized or lapsed.
func (d *draft) release(a *pledge.Asset, p *pledge.Pledge) error {
	how, ok := endings[p.State]
	if !ok || p.Ended == nil || p.Registered == nil {
		return notYet("R-", "released", p)
	}
	d.Title = how.title
	d.Status = joined(semicolon, append([]Text{pledgeStates[p.State]}, d.pledgeFlags(a, p)...))
	d.aboutPledge(a, p)
	d.add("released_at", how.at.ZH, how.at.EN, LegalTime(p.Ended.At))
	d.add("released_by", how.by.ZH, how.by.EN, verbatim(d.party(p.Ended.By)))
	d.whyEnded(p)
	d.realization(p)
	if p.Perfection.Standing() != nil {
		d.add("perfection", "法定登记", "Statutory registration", inBoth("曾记载法定登记，须由当事人另行向登记机构注销",
			"one was recorded; the parties must have it cancelled in that register themselves"))
	}
	d.overrides(a)
	d.acts = []pledge.Stamp{*p.Registered, p.Ended.Stamp}
	d.proves(how.proves.ZH, how.proves.EN, d.party(p.Ended.By))
	d.doesNot("不证明该数据资产上没有其他质押：请另行查询。", "That no other pledge rests on the asset: ask for a search.")
	return nil
}

// whyEnded gives the reason of a release. What a waiver does to others who
// answer for the debt is told with it.
func (d *draft) whyEnded(p *pledge.Pledge) {
	if p.State != pledge.Released {
		return
	}
	d.add("reason", "解除原因", "Reason", stateWord(reasons, p.Ended.Reason))
	if p.Ended.Reason == pledge.Waived {
		d.add("waiver", "注意", "Note", inBoth("质权人放弃质权的，其他担保人在质权人丧失优先受偿权益的范围内免除担保责任，但其承诺仍然提供担保的除外（民法典第四百三十五条）",
			"where the pledgee waives the pledge of the debtor's own property, others who secure the debt are freed as far as priority is lost by it, unless they promised to stand (Civil Code, art. 435)"))
	}
}

var reasons = map[string]Text{pledge.Paid: {"债务已清偿", "the debt was paid"}, pledge.Waived: {"质权人放弃", "the pledgee waived it"},
	pledge.Replaced: {"以其他担保替换", "replaced by other security"}, pledge.OtherReason: {"其他", "other"},
	pledge.Forced: {"质权人逾期不答复，经公证解除", "released through a notary, the pledgee being silent"}}

// notYet refuses a certificate of what has not happened, and says the state.
func notYet(prefix, what string, p *pledge.Pledge) error {
	number := prefix + strings.TrimPrefix(pledgeNumber(p.ID), "P-")
	return pledge.Errorf(pledge.WrongState, "there is no certificate %s: the pledge was not %s; its state is %s", number, what, p.State)
}
