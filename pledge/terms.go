package pledge

import "slices"

// Modes of a pledge: alone on the asset, or ranked behind others.
const (
	Exclusive = "exclusive"
	Ranked    = "ranked"
)

// Checks that terms may name. The custody check is not among them: it is
// always required (LAW.md, Pledge).
const (
	CheckAttest = "attest"
	CheckValue  = "value"
	CheckScan   = "scan"
)

var (
	securityTypes = []string{"PLEDGE", "MORTGAGE"}
	legalTypes    = []string{"DATA_ASSET_PLEDGE", "IP_RIGHT_PLEDGE", "RECEIVABLE_OF_DATA", "OTHER_ATYPICAL"}
	checkNames    = []string{CheckAttest, CheckValue, CheckScan}
)

// Digest is the terms_digest that both sides sign: the SHA-256 of the terms
// as RFC 8785 canonical JSON.
func (t Terms) Digest() (string, error) {
	b, err := CanonicalJSON(t)
	if err != nil {
		return "", err
	}
	return tagged(b), nil
}

// check refuses amounts that are not money. Minor units are integers from 1
// to 2^53-1: every JSON reader keeps those exactly.
func (a Amount) check() error {
	if a.Amount < 1 {
		return Errorf(Malformed, "amount %d must be at least 1 minor unit", a.Amount)
	}
	if a.Amount > maxInteger {
		return Errorf(Malformed, "amount %d is more than 9007199254740991", a.Amount)
	}
	if !isCurrency(a.Currency) {
		return Errorf(Malformed, "currency must be an active code of ISO 4217, such as CNY, not %q", clip(a.Currency))
	}
	return nil
}

func (c *Command) checkPropose(b *ProposeBody) (err error) {
	err = firstOf(recordID("asset_id", "as_", b.AssetID), within("pledgee", CheckUSCC(b.Pledgee)),
		within("terms", b.Terms.check()))
	if err != nil {
		return err
	}
	c.terms, err = b.Terms.Digest()
	return err
}

func (t Terms) check() error {
	return firstOf(within("principal", t.Principal.check()), within("secured_max", t.SecuredMax.check()),
		t.checkDates(), t.checkWords(), t.checkList(),
		digest("commitment_letter", t.CommitmentLetter), digest("agreement", t.Agreement))
}

func (t Terms) checkDates() error {
	matures, ok1 := parseDay(t.Matures)
	expires, ok2 := parseDay(t.Expires)
	switch {
	case !ok1 || !ok2:
		return Errorf(Malformed, "matures and expires must be dates or RFC 3339 times in UTC, from 1970 on")
	case expires.Before(matures):
		return Errorf(Malformed, "expires must not come before matures: the security would end before the debt is due")
	}
	return nil
}

func (t Terms) checkWords() error {
	switch {
	case t.SecuredMax.Currency != t.Principal.Currency:
		return Errorf(Malformed, "secured_max and principal must have one currency, not %s and %s", t.SecuredMax.Currency, t.Principal.Currency)
	case t.Mode != Exclusive && t.Mode != Ranked:
		return Errorf(Malformed, "mode must be exclusive or ranked")
	case !slices.Contains(securityTypes, t.SecurityType):
		return Errorf(Malformed, "security_type must be one of %v", securityTypes)
	case !slices.Contains(legalTypes, t.LegalCharacterization):
		return Errorf(Malformed, "legal_characterization must be one of %v", legalTypes)
	}
	return nil
}

func (t Terms) checkList() error {
	for i, c := range t.Checks {
		if !slices.Contains(checkNames, c) {
			return Errorf(Malformed, "check %q is unknown; there are %v", clip(c), checkNames)
		}
		if slices.Contains(t.Checks[:i], c) {
			return Errorf(Malformed, "check %s stands twice", c)
		}
	}
	return t.checkCovenants()
}

// maxGrace is the longest grace that terms may give, in days.
const maxGrace = 365

var covenants = []string{CovenantVersions, CovenantSelfSale}

func (t Terms) checkCovenants() error {
	if t.GraceDays < 0 || t.GraceDays > maxGrace {
		return Errorf(Malformed, "grace_days must be 0 (then %d) to %d", DefaultGrace, maxGrace)
	}
	for i, c := range t.Covenants {
		if !slices.Contains(covenants, c) {
			return Errorf(Malformed, "covenant %q is unknown; there are %v", clip(c), covenants)
		}
		if slices.Contains(t.Covenants[:i], c) {
			return Errorf(Malformed, "covenant %s stands twice", c)
		}
	}
	return nil
}
