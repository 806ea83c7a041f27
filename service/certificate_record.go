package service

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

var semicolon = Text{"；", "; "}

// notarization writes the certificate 存证证书 of an asset.
func (d *draft) notarization(a *pledge.Asset) {
	d.Title = Text{"数据资产存证证书", "Certificate of notarization of a data asset"}
	parts := assetFlags(a)
	if a.Status == pledge.Notarized {
		parts = append([]Text{assetStates[a.Status]}, parts...)
	}
	d.Status = joined(semicolon, parts)
	d.aboutAsset(a, "存证人", "Notarized for")
	d.add("notarized_at", "存证时间", "Notarized at", verbatim(a.Notarized.At))
	d.add("source", "数据来源（存证人声明）", "Source, as declared", verbatim(a.Source))
	if c := a.Certificate; c != nil {
		d.add("registration_certificate", "数据知识产权登记证书", "Data-IP registration certificate",
			inBoth("%s，%s，%s 至 %s", "%s, %s, from %s to %s", c.Registrar, c.Number, c.Issued, c.Expires))
	}
	d.add("overlaps", "内容重合", "Shared content", overlapsText(a.Overlaps))
	d.add("pledges_in_force", "有效质押登记", "Pledges registered and in force", inBoth("%d 项", "%d", len(a.InForce)))
	d.acts = append(d.acts, a.Notarized)
	d.proves("具有上列指纹的数据，在所示区块形成之时已经存在，并由 %s 以其登记的密钥签名提交存证。",
		"That data with this fingerprint existed when the block shown was made, and that %s submitted them for notarization, signed with its registered key.", d.party(a.Owner))
	d.proves("托管方 %s 当时收存了全部内容（密文），并重新读取核对后签署了托管回执。",
		"That the custodian %s then held all of the content, encrypted, and signed for it after reading it back.", d.party(a.Custodian))
}

// overlapsText tells of other assets that share less than half of the content.
func overlapsText(list []pledge.Overlap) Text {
	most := 0
	for _, o := range list {
		most = max(most, o.ShareHere)
	}
	if len(list) == 0 {
		return Text{}
	}
	share := fmt.Sprintf("%d.%02d %%", most/100, most%100)
	return inBoth("与另外 %d 项存证有部分相同的文件，最多占本数据集的 %s", "other assets that hold some of the same files: %d; up to %s of this dataset", len(list), share)
}

func (d *draft) aboutAsset(a *pledge.Asset, zh, en string) {
	d.add("asset", "数据资产", "Data asset", verbatim(a.Name))
	d.add("owner", zh, en, verbatim(d.party(a.Owner)))
	d.add("fingerprint", "数据指纹（SHA-256）", "Fingerprint (SHA-256)", verbatim(a.Fingerprint))
	if a.SM3Fingerprint != "" {
		d.add("sm3_fingerprint", "数据指纹（SM3）", "Fingerprint (SM3)", verbatim(a.SM3Fingerprint))
	}
	d.add("files", "文件数", "Files", verbatim(fmt.Sprint(a.Files)))
	d.add("size", "字节数", "Bytes", verbatim(fmt.Sprint(a.Size)))
	d.add("custodian", "托管方", "Custodian", verbatim(d.party(a.Custodian)))
}

// pledge writes the certificate 质押登记证书. A pledge that never was registered has none.
func (d *draft) pledge(a *pledge.Asset, p *pledge.Pledge) error {
	if p.Registered == nil {
		return notYet("P-", "registered", p)
	}
	d.Title = Text{"数据资产质押登记证书", "Certificate of registration of a pledge of a data asset"}
	parts := append([]Text{stateWord(pledgeStates, p.State)}, d.pledgeFlags(a, p)...)
	if inForce(p) {
		parts = append(parts, perfectionWord(d.perfection(p)))
	}
	d.Status = joined(semicolon, parts)
	d.aboutPledge(a, p)
	d.terms(a, p)
	d.add("perfection", "法定登记", "Statutory registration", d.perfectionText(p))
	d.acts = pledgeStamps(p)
	d.proves("出质人 %s 与质权人 %s 各以其登记的密钥签署了同一份条款（摘要 %s），并在所示区块登记。",
		"That the pledgor %s and the pledgee %s each signed the same terms (digest %s) with their registered keys, and that this was registered in the block shown.",
		d.party(p.Pledgor), d.party(p.Pledgee), p.TermsDigest)
	d.proves("登记时，本账本上没有与之冲突的质押登记；其顺位由本账本上的登记次序决定。",
		"That no conflicting pledge was registered on this ledger then; its rank here is by the order of registration on this ledger.")
	d.perfectionProves(p)
	return nil
}

// release writes the certificate 解除证书 of a pledge that was released.
func (d *draft) release(a *pledge.Asset, p *pledge.Pledge) error {
	if p.State != pledge.Released || p.Ended == nil || p.Registered == nil {
		return notYet("R-", "released", p)
	}
	d.Title = Text{"数据资产质押解除证书", "Certificate of release of a pledge of a data asset"}
	d.Status = joined(semicolon, append([]Text{pledgeStates[pledge.Released]}, d.pledgeFlags(a, p)...))
	d.aboutPledge(a, p)
	d.add("released_at", "解除时间", "Released at", verbatim(p.Ended.At))
	d.add("released_by", "解除人", "Released by", verbatim(d.party(p.Ended.By)))
	d.add("reason", "解除原因", "Reason", stateWord(reasons, p.Ended.Reason))
	if p.Perfection.Standing() != nil {
		d.add("perfection", "法定登记", "Statutory registration", inBoth("曾记载法定登记，须由当事人另行向登记机构注销",
			"one was recorded; the parties must have it cancelled in that register themselves"))
	}
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

func inForce(p *pledge.Pledge) bool {
	return p.State == pledge.Active || p.State == pledge.Defaulted || p.State == pledge.Enforcing
}

// pledgeFlags are what speaks against a pledge, its asset's included.
func (d *draft) pledgeFlags(a *pledge.Asset, p *pledge.Pledge) []Text {
	list := append(objection(p.Objection), assetFlags(a)...)
	if p.Frozen != nil {
		list = append(list, inBoth("质押已被冻结（%s）", "the pledge is FROZEN (%s)", p.Frozen.At))
	}
	if inForce(p) && d.passed(p.Terms.Expires) {
		list = append(list, inBoth("登记期限已于 %s 届满", "its term ended on %s", p.Terms.Expires))
	}
	return list
}

func (d *draft) aboutPledge(a *pledge.Asset, p *pledge.Pledge) {
	d.add("pledge", "质押编号", "Pledge", verbatim(pledgeNumber(p.ID)))
	d.add("notarization", "存证编号", "Notarization", verbatim(notarizationNumber(a.ID)))
	d.aboutAsset(a, "数据资产权利人", "Owner of the asset")
	d.add("pledgor", "出质人", "Pledgor", verbatim(d.party(p.Pledgor)))
	d.add("pledgee", "质权人", "Pledgee", verbatim(d.party(p.Pledgee)))
	d.add("registered_at", "本账本登记时间", "Registered on this ledger at", verbatim(p.Registered.At))
}

func (d *draft) terms(a *pledge.Asset, p *pledge.Pledge) {
	d.add("secured_max", "最高债权额", "Secured up to", verbatim(money(p.Terms.SecuredMax)))
	d.add("matures", "债务到期日", "Debt due", verbatim(p.Terms.Matures))
	d.add("expires", "登记期限至", "Registered until", verbatim(p.Terms.Expires))
	d.add("mode", "登记方式", "Mode", stateWord(map[string]Text{pledge.Exclusive: {"独占", "exclusive"}, pledge.Ranked: {"按顺位", "ranked"}}, p.Terms.Mode))
	d.add("legal_characterization", "当事人约定的法律性质", "What the parties call it", verbatim(p.Terms.LegalCharacterization))
	if n := rank(a, p.ID); n > 0 {
		d.add("rank", "本账本顺位", "Rank on this ledger", inBoth("第 %d 顺位", "%d", n))
	}
	d.add("terms_digest", "条款摘要", "Digest of the terms", verbatim(p.TermsDigest))
}

// pledgeStamps are the acts that a registered pledge rests on, in their order.
func pledgeStamps(p *pledge.Pledge) []pledge.Stamp {
	list := []pledge.Stamp{p.Proposed}
	if p.Accepted != nil {
		list = append(list, *p.Accepted)
	}
	list = append(list, checkStamps(p)...)
	for _, st := range []*pledge.Stamp{p.Registered, p.Perfection.Lapsed} {
		if st != nil {
			list = append(list, *st)
		}
	}
	if f := p.Perfection.Standing(); f != nil {
		list = append(list, f.Filed)
	}
	if v := p.Perfection.Verified; v != nil {
		list = append(list, v.Verified)
	}
	if p.Ended != nil {
		list = append(list, p.Ended.Stamp)
	}
	slices.SortStableFunc(list, func(a, b pledge.Stamp) int { return strings.Compare(a.At, b.At) })
	return list
}

// checkStamps are the checks that the terms asked for.
func checkStamps(p *pledge.Pledge) (list []pledge.Stamp) {
	if p.Attestation != nil {
		list = append(list, p.Attestation.Stamp)
	}
	if p.Valuation != nil {
		list = append(list, p.Valuation.Stamp)
	}
	if p.Scan != nil {
		list = append(list, p.Scan.Stamp)
	}
	if p.Custody != nil {
		list = append(list, p.Custody.Stamp)
	}
	return list
}
