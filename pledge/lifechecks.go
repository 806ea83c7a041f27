package pledge

import "slices"

// The forms of the bodies: all that can be refused without a ledger.

func (b *AmendBody) check() error {
	err := firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("replaces", b.Replaces), within("terms", b.Terms.check()))
	if err != nil {
		return err
	}
	switch got, err := b.Terms.Digest(); {
	case err != nil:
		return err
	case got != b.TermsDigest:
		return Errorf(Malformed, "terms_digest is %s, the terms have %s", clip(b.TermsDigest), got)
	case got == b.Replaces:
		return Errorf(Malformed, "the terms are those that they replace")
	}
	return nil
}

func (b *ExtendBody) check() error {
	if _, ok := parseDay(b.Expires); !ok {
		return Errorf(Malformed, "expires must be a date or an RFC 3339 time in UTC, from 1970 on")
	}
	if _, ok := parseDay(b.Matures); b.Matures != "" && !ok {
		return Errorf(Malformed, "matures must be a date or an RFC 3339 time in UTC, from 1970 on")
	}
	if b.Matures != "" && b.Agreement == "" {
		return Errorf(Malformed, "a debt that is due later needs the agreement with the debtor: state its digest")
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("terms_digest", b.TermsDigest), optionalDigest("agreement", b.Agreement))
}

func (b *AssignBody) check() error {
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("terms_digest", b.TermsDigest),
		within("to", CheckUSCC(b.To)), digest("agreement", b.Agreement), digest("notice", b.Notice))
}

func (b *SubordinateBody) check() error {
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), recordID("to", "pl_", b.To), digest("agreement", b.Agreement))
}

// reasons of a default.
var defaultReasons = []string{"NONPAYMENT", "COVENANT", "TAMPER", "LTV", "INSOLVENCY", "OTHER"}

func (b *DefaultBody) check() error {
	switch {
	case b.Step != StepNotice && b.Step != StepDeclare:
		return Errorf(Malformed, "step must be %s or %s", StepNotice, StepDeclare)
	case b.Step == StepDeclare && (b.Reason != "" || b.Notice != ""):
		return Errorf(Malformed, "the step %s states nothing: the notice did", StepDeclare)
	case b.Step == StepNotice && !slices.Contains(defaultReasons, b.Reason):
		return Errorf(Malformed, "reason must be one of %v", defaultReasons)
	case b.Step == StepNotice:
		return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("notice", b.Notice))
	}
	return recordID("pledge_id", "pl_", b.PledgeID)
}

func (b *CureBody) check() error {
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("proof", b.Proof))
}

var paths = []string{AgreedSale, SelfSaleClause, SpecialProcedure, NotarialExecution, Litigation, CompulsoryManagement}

func (b *EnforceBody) check() error {
	if !slices.Contains(paths, b.Path) {
		return Errorf(Malformed, "path must be one of %v", paths)
	}
	if b.Path == AgreedSale || b.Path == SelfSaleClause {
		return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("title", b.Title), text("number", b.Number, maxName))
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("title", b.Title), words("number", b.Number, maxName))
}

var (
	saleMethods = []string{"AUCTION", "SALE", "APPROPRIATION"} // 拍卖 变卖 折价
	buyerTypes  = []string{"ENTERPRISE", "BANK", "EXCHANGE", "PUBLIC_BODY", "PLEDGEE", "OTHER"}
	shareKinds  = []string{ShareCosts, SharePledgee, ShareSenior, ShareJunior, ShareSurplus}
)

func (b *RealizeBody) check() error {
	switch _, ok := parseDay(b.Date); {
	case !ok:
		return Errorf(Malformed, "date must be a date or an RFC 3339 time in UTC, from 1970 on")
	case !slices.Contains(saleMethods, b.Method):
		return Errorf(Malformed, "method must be one of %v", saleMethods)
	case !slices.Contains(buyerTypes, b.BuyerType):
		return Errorf(Malformed, "buyer_type must be one of %v", buyerTypes)
	case b.Claim < 0 || b.Claim > maxInteger || b.Shortfall < 0 || b.Shortfall > maxInteger:
		return Errorf(Malformed, "claim and shortfall must be 0 to %d minor units", int64(maxInteger))
	case len(b.Distribution) == 0 || len(b.Distribution) > maxListed:
		return Errorf(Malformed, "distribution must have 1 to %d shares", maxListed)
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), within("price", b.Price.check()), digest("report", b.Report), checkShares(b.Distribution))
}

func checkShares(list []Share) error {
	seen := map[string]bool{}
	for _, s := range list {
		ranked := s.Kind == ShareSenior || s.Kind == ShareJunior
		switch {
		case !slices.Contains(shareKinds, s.Kind):
			return Errorf(Malformed, "kind of a share must be one of %v", shareKinds)
		case s.Amount < 0 || s.Amount > maxInteger:
			return Errorf(Malformed, "amount of a share must be 0 to %d minor units", int64(maxInteger))
		case ranked != (s.PledgeID != ""):
			return Errorf(Malformed, "pledge_id belongs to the shares %s and %s, and to no other", ShareSenior, ShareJunior)
		case !ranked && s.Kind != ShareCosts && seen[s.Kind] || ranked && seen[s.PledgeID]:
			return Errorf(Malformed, "%s%s has two shares", s.Kind, s.PledgeID)
		}
		seen[s.Kind], seen[s.PledgeID] = true, true
		if err := firstOf(within("to", CheckUSCC(s.To)), optionalID("pledge_id", "pl_", s.PledgeID)); err != nil {
			return err
		}
	}
	return nil
}

func optionalID(name, prefix, s string) error {
	if s == "" {
		return nil
	}
	return recordID(name, prefix, s)
}

func (b *LapseBody) check() error { return recordID("pledge_id", "pl_", b.PledgeID) }

func (b *KeyReleaseBody) check() error {
	if b.Recipient == "" {
		return Errorf(Malformed, "recipient is missing")
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), within("to", CheckUSCC(b.To)), checkRecipient(b.Recipient), digest("envelope", b.Envelope))
}

func (b *AlertBody) check() error {
	told := b.Kind == AlertTamper || b.Kind == AlertLTV
	switch {
	case !told && b.Kind != AlertMissed && b.Kind != AlertOverdue:
		return Errorf(Malformed, "kind must be %s, %s, %s or %s", AlertTamper, AlertMissed, AlertOverdue, AlertLTV)
	case told && b.Evidence == "":
		return Errorf(Malformed, "%s needs the digest of its evidence", b.Kind)
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), optionalDigest("evidence", b.Evidence), text("detail", b.Detail, maxText))
}
