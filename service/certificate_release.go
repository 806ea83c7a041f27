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
	pledge.Realized: {Text{"数据资产质押登记因变现终止证书", "Certificate that the registration of a pledge of a data asset ended by realization"}, Text{"实现时间", "Realized at"}, Text{"末位签署人", "Last signed by"},
		Text{"上述质押登记已因变现在所示区块终止，由所列各方签署，末位为 %s。", "That the registration of this pledge ended by realization in the block shown, signed by those listed, last by %s."}},
	pledge.Lapsed: {Text{"数据资产质押登记失效证书", "Certificate that the registration of a pledge of a data asset lapsed"}, Text{"记载失效时间", "Recorded as lapsed at"}, Text{"记载人", "Recorded by"},
		Text{"上述质押在本账本上的登记期限已届满且未再展期，由 %s 在所示区块记载。", "That the term of this registration ended and was not extended any further; %s had it recorded in the block shown."}},
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
	if p.State == pledge.Lapsed {
		d.add("expires", "登记期限至", "Registered until", LegalEnd(p.Terms.Expires))
	}
	d.add("released_at", how.at.ZH, how.at.EN, LegalTime(p.Ended.At))
	d.add("released_by", how.by.ZH, how.by.EN, verbatim(d.party(p.Ended.By)))
	d.whyEnded(p)
	d.realization(p)
	d.notOwned(p)
	d.cancelElsewhere("perfection", p)
	d.overrides(a)
	d.acts = []pledge.Stamp{*p.Registered, p.Ended.Stamp}
	d.proves(how.proves.ZH, how.proves.EN, d.party(p.Ended.By))
	if p.State == pledge.Lapsed {
		d.doesNot("不证明主债权已经消灭，也不证明法定登记已经失效：失效的只是本账本上的登记。",
			"That the debt is gone, or that a statutory registration lapsed: only the registration on this ledger did.")
	}
	d.doesNot("不证明该数据资产上没有其他质押：请另行查询。", "That no other pledge rests on the asset: ask for a search.")
	return nil
}

// notYet refuses a certificate of what has not happened, and says the state.
func notYet(prefix, what string, p *pledge.Pledge) error {
	number := prefix + strings.TrimPrefix(pledgeNumber(p.ID), "P-")
	return pledge.Errorf(pledge.WrongState, "there is no certificate %s: the pledge was not %s; its state is %s", number, what, p.State)
}
