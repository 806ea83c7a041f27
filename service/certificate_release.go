package service

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// release writes the certificate 解除证书 of a pledge that was released.
func (d *draft) release(a *pledge.Asset, p *pledge.Pledge) error {
	if p.State != pledge.Released || p.Ended == nil || p.Registered == nil {
		return notYet("R-", "released", p)
	}
	d.Title = Text{"数据资产质押解除证书", "Certificate of release of a pledge of a data asset"}
	d.Status = joined(semicolon, append([]Text{pledgeStates[pledge.Released]}, d.pledgeFlags(a, p)...))
	d.aboutPledge(a, p)
	d.add("released_at", "解除时间", "Released at", LegalTime(p.Ended.At))
	d.add("released_by", "解除人", "Released by", verbatim(d.party(p.Ended.By)))
	d.add("reason", "解除原因", "Reason", stateWord(reasons, p.Ended.Reason))
	if p.Perfection.Standing() != nil {
		d.add("perfection", "法定登记", "Statutory registration", inBoth("曾记载法定登记，须由当事人另行向登记机构注销",
			"one was recorded; the parties must have it cancelled in that register themselves"))
	}
	d.overrides(a)
	d.acts = []pledge.Stamp{*p.Registered, p.Ended.Stamp}
	d.proves("上述质押登记已在所示区块解除，由 %s 以其登记的密钥签署。", "That the registration of this pledge was released in the block shown, signed by %s with its registered key.", d.party(p.Ended.By))
	d.doesNot("不证明该数据资产上没有其他质押：请另行查询。", "That no other pledge rests on the asset: ask for a search.")
	return nil
}

var reasons = map[string]Text{pledge.Paid: {"债务已清偿", "the debt was paid"}, pledge.Waived: {"质权人放弃", "the pledgee waived it"},
	pledge.Replaced: {"以其他担保替换", "replaced by other security"}, pledge.OtherReason: {"其他", "other"},
	pledge.Forced: {"质权人逾期不答复，经公证解除", "released through a notary, the pledgee being silent"}}

// notYet refuses a certificate of what has not happened, and says the state.
func notYet(prefix, what string, p *pledge.Pledge) error {
	number := prefix + strings.TrimPrefix(pledgeNumber(p.ID), "P-")
	return pledge.Errorf(pledge.WrongState, "there is no certificate %s: the pledge was not %s; its state is %s", number, what, p.State)
}
