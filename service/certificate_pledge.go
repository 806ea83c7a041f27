package service

import "github.com/datapledge/datapledge/pledge"

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
	d.terms(p)
	d.bothRanks(a, p)
	d.add("perfection", "法定登记", "Statutory registration", d.perfectionText(p))
	d.life(a, p)
	d.realization(p)
	d.ended(p)
	d.notOwned(p)
	d.acts = pledgeStamps(p)
	d.signedTerms(p)
	d.proves("登记时，本账本上没有与之冲突的质押登记；其顺位由本账本上的登记次序及上列变更决定。",
		"That no conflicting pledge was registered on this ledger then; its rank here is by the order of registration on this ledger and what is listed above.")
	d.perfectionProves(p)
	d.declaration(a)
	return nil
}

// pledgeFlags are what speaks against a pledge, its asset's included.
func (d *draft) pledgeFlags(a *pledge.Asset, p *pledge.Pledge) []Text {
	list := append(objection(p.Objection), d.assetFlags(a)...)
	if f := pledge.Standing(p.Frozen, d.now); f != nil {
		list = append(list, inBoth("质押自 %s 起被冻结", "the pledge is FROZEN since %s", LegalTime(f.At)))
	}
	if inForce(p) && d.passed(p.Terms.Expires) {
		list = append(list, inBoth("登记期限已于 %s 届满", "its term ended at %s", LegalEnd(p.Terms.Expires)))
	}
	return list
}

func inForce(p *pledge.Pledge) bool {
	return p.State == pledge.Active || p.State == pledge.Defaulted || p.State == pledge.Enforcing
}

func (d *draft) aboutPledge(a *pledge.Asset, p *pledge.Pledge) {
	d.add("pledge", "质押编号", "Pledge", verbatim(pledgeNumber(p.ID)))
	d.add("notarization", "存证编号", "Notarization", verbatim(notarizationNumber(a.ID)))
	d.aboutAsset(a, "数据资产权利人", "Owner of the asset")
	d.add("pledgor", "出质人", "Pledgor", verbatim(d.party(p.Pledgor)))
	d.add("pledgee", "质权人", "Pledgee", verbatim(d.party(p.Pledgee)))
	d.add("registered_at", "本账本登记时间", "Registered on this ledger at", LegalTime(p.Registered.At))
}

func (d *draft) terms(p *pledge.Pledge) {
	d.add("secured_max", "最高债权额", "Secured up to", verbatim(p.Terms.SecuredMax.Text()))
	d.add("matures", "债务到期日", "Debt due", LegalEnd(p.Terms.Matures))
	d.add("expires", "登记期限至", "Registered until", LegalEnd(p.Terms.Expires))
	d.add("mode", "登记方式", "Mode", stateWord(map[string]Text{pledge.Exclusive: {"独占", "exclusive"}, pledge.Ranked: {"按顺位", "ranked"}}, p.Terms.Mode))
	d.add("legal_characterization", "当事人约定的法律性质", "What the parties call it", stateWord(characterizations, p.Terms.LegalCharacterization))
	d.add("security_type", "当事人约定的担保方式", "Security, as the parties call it", stateWord(securities, p.Terms.SecurityType))
	d.add("terms_digest", "条款摘要", "Digest of the terms", verbatim(p.TermsDigest))
}

// signedTerms says who signed which terms: those at registration, by who was
// pledgee then, and those that changed them since.
func (d *draft) signedTerms(p *pledge.Pledge) {
	pledgee, digest := p.Pledgee, p.TermsDigest
	if len(p.Assignments) > 0 {
		pledgee = p.Assignments[0].From
	}
	if len(p.Amendments) > 0 {
		digest = p.Amendments[0].Replaced
	}
	d.proves("出质人 %s 与质权人 %s 各以其登记的密钥签署了同一份条款（摘要 %s），并在所示区块登记。",
		"That the pledgor %s and the pledgee %s each signed the same terms (digest %s) with their registered keys, and that this was registered in the block shown.",
		d.party(p.Pledgor), d.party(pledgee), digest)
	if len(p.Amendments)+len(p.Assignments)+len(p.SubordinatedTo) > 0 {
		d.proves("所列变更、转让和顺位让与各由所列各方以其登记的密钥签署。", "That each change, assignment and subordination listed was signed by those listed, with their registered keys.")
	}
}
