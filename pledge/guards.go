package pledge

import (
	"slices"
	"time"
)

// T1: the offer goes to an enrolled bank, and not to oneself: a pledge has
// two sides (LAW.md, invariant iv).
func pledgeeIsBankHolds(m *motion) error {
	if m.p.Pledgee == m.by.ID {
		return Errorf(WrongRole, "%s cannot be its own pledgee", m.by.ID)
	}
	p, ok, err := m.party(m.p.Pledgee)
	if err != nil {
		return err
	}
	if !ok {
		return Errorf(UnknownParty, "the pledgee %s is not enrolled", m.p.Pledgee)
	}
	if !p.Has(RoleBank) {
		return Errorf(WrongRole, "the pledgee %s is not a bank", p.ID)
	}
	return nil
}

// T1, T5
func assetNotarizedHolds(m *motion) error {
	if m.asset.Status != Notarized {
		return Errorf(WrongState, "%s is %s and cannot be pledged", m.asset.ID, m.asset.Status)
	}
	return nil
}

// LAW.md, Asset: no pledge may be registered on a disputed asset.
func undisputedHolds(m *motion) error {
	if len(m.asset.DisputedWith) > 0 {
		return Errorf(Disputed, "%s is disputed with %s; the owners, the IP centre with a notary, or a court resolve that first", m.asset.ID, m.asset.DisputedWith[0])
	}
	return nil
}

// T20: a freeze blocks all but objections, default and proofs. An order that
// names its end is over then.
func notFrozenHolds(m *motion) error {
	for _, list := range [][]Order{m.asset.Frozen, m.p.Frozen} {
		if f := Standing(list, m.tx.Time); f != nil {
			return Errorf(Frozen, "%s is frozen by order %s of %s (%s) since %s; ask there", m.id(), f.FileNo, f.Court, f.By, f.At)
		}
	}
	return nil
}

// Standing is the first order that has effect at a time; nil when none has.
func Standing(orders []Order, at time.Time) *Order {
	for i, o := range orders {
		if o.Until == "" || day(o.Until).After(at) {
			return &orders[i]
		}
	}
	return nil
}

// T5, T12, T20: kin count as one asset, so a frozen dataset cannot be pledged,
// sold or licensed as a slightly different one.
func kinNotFrozenHolds(m *motion) error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		if f := Standing(a.Frozen, m.tx.Time); f != nil {
			return Errorf(Frozen, "%s counts as one with %s, which is frozen by order of %s since %s", m.asset.ID, a.ID, f.By, f.At)
		}
	}
	return nil
}

// T1, T13: an objection that is not decided.
func noObjectionHolds(m *motion) error {
	for _, o := range []string{m.asset.Objection, m.p.Objection} {
		if contested(o) {
			return Errorf(ObjectionOpen, "an objection against %s is %s; it must be decided first", m.id(), o)
		}
	}
	return nil
}

// T5, T13: as with orders.
func kinUncontestedHolds(m *motion) error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		if !a.over() && contested(a.Objection) {
			return Errorf(ObjectionOpen, "%s counts as one with %s, against which an objection is %s", m.asset.ID, a.ID, a.Objection)
		}
	}
	return nil
}

// T18: what has lapsed cannot begin.
func termRunsHolds(m *motion) error {
	expires, _ := parseDay(m.terms().Expires)
	if !expires.After(m.tx.Time) {
		return Errorf(Expired, "the terms of %s expired at %s; propose new ones", m.p.ID, m.terms().Expires)
	}
	return nil
}

// T1: a debt that is due already is one to pay, not to secure.
func dueLaterHolds(m *motion) error {
	matures, _ := parseDay(m.terms().Matures)
	if !matures.After(m.tx.Time) {
		return Errorf(Expired, "the terms of %s mature at %s, which is not after %s; propose a later day", m.p.ID, m.terms().Matures, m.now)
	}
	return nil
}

// T1: an offer binds for 30 days.
func offerOpenHolds(m *motion) error {
	if m.now > m.p.OfferExpires {
		return Errorf(Expired, "the offer %s ended at %s; the pledgor can propose again", m.p.ID, m.p.OfferExpires)
	}
	return nil
}

// T3, T5: both sides sign one and the same digest. T7, T8, T10: what is changed
// is what both see now.
func sameTermsHolds(m *motion) error {
	var signed string
	switch b := m.c.body.(type) {
	case *AgreeBody:
		signed = b.TermsDigest
	case *RegisterBody:
		signed = b.TermsDigest
	case *AmendBody:
		signed = b.Replaces
	case *ExtendBody:
		signed = b.TermsDigest
	case *AssignBody:
		signed = b.TermsDigest
	}
	if signed != m.p.TermsDigest {
		return Errorf(TermsMismatch, "%s has terms_digest %s, the command says %s; read the terms again", m.p.ID, m.p.TermsDigest, signed)
	}
	return nil
}

// T4b: base date at most 90 days back, and not in the future.
func valuedRecentlyHolds(m *motion) error {
	b := m.c.body.(*ValueBody)
	base, _ := parseDay(b.BaseDate)
	if age := m.tx.Time.Sub(base); age > valuationFresh {
		return Errorf(Expired, "the base date %s is more than 90 days back; value %s anew", b.BaseDate, m.p.AssetID)
	} else if -age > MaxAhead {
		return Errorf(Malformed, "the base date %s is in the future", b.BaseDate)
	}
	return nil
}

// T4b: a loan-to-value over two currencies would need a rate that nobody signed.
func sameCurrencyHolds(m *motion) error {
	if got, want := m.c.body.(*ValueBody).Value.Currency, m.p.Terms.SecuredMax.Currency; got != want {
		return Errorf(TermsMismatch, "%s is secured in %s, the value is in %s", m.p.ID, want, got)
	}
	return nil
}

// T4c: the custodian speaks of this very content.
func receiptFitsHolds(m *motion) error {
	b := m.c.body.(*ReceiptBody)
	a := m.asset
	if b.Fingerprint != a.Fingerprint || b.Owner != a.Owner || b.Files != a.Files || b.Size != a.Size || b.ManifestRoot != a.ManifestRoot {
		return Errorf(CustodyMissing, "the receipt is for %s of %s, %d files, %d bytes, manifest_root %s; %s is %s of %s, %d files, %d bytes, manifest_root %s",
			b.Fingerprint, b.Owner, b.Files, b.Size, b.ManifestRoot, a.ID, a.Fingerprint, a.Owner, a.Files, a.Size, a.ManifestRoot)
	}
	if b.SM3Fingerprint != "" && b.SM3Fingerprint != a.SM3Fingerprint {
		return Errorf(CustodyMissing, "the receipt is for %s; %s has %q", b.SM3Fingerprint, a.ID, a.SM3Fingerprint)
	}
	return nil
}

func consentOnceHolds(m *motion) error {
	for _, s := range m.p.Consents {
		if s.By == m.by.ID {
			return Errorf(Duplicate, "%s consented to %s already, by %s", s.By, m.p.ID, s.Command)
		}
	}
	return nil
}

// T5r: a reason code from the list of guards.
func codeGivenHolds(m *motion) error {
	if m.c.body.(*EndBody).Code == "" {
		return Errorf(Malformed, "a rejection states its code, one of the refusal codes")
	}
	return nil
}

// T5: every check that both sides put into the terms, and the scan fresh.
func checksDoneHolds(m *motion) error {
	for _, name := range m.p.Terms.Checks {
		var at string
		switch {
		case name == CheckAttest && m.p.Attestation != nil:
			at = m.p.Attestation.At
		case name == CheckValue && m.p.Valuation != nil:
			at = m.p.Valuation.At
		case name == CheckScan && m.p.Scan != nil:
			at = m.p.Scan.At
		}
		if at == "" {
			return Errorf(CheckMissing, "%s waits for the check %q that its terms name (pledge.%s)", m.p.ID, name, name)
		}
		if name != CheckAttest && m.before(at) {
			return Errorf(CheckMissing, "the check %q of %s is from %s; version %d of %s came later: do it again", name, m.p.ID, at, len(m.asset.Versions), m.asset.ID)
		}
		if name == CheckScan && m.older(at, checkFresh) {
			return Errorf(CheckMissing, "the scan of %s is from %s, more than 24 hours ago; scan again", m.p.ID, at)
		}
	}
	return m.scanHolds()
}

// T5 with T4c, 担保制度解释 art. 55: custody really performed, and recently.
func custodyFreshHolds(m *motion) error {
	if m.p.Custody == nil {
		return Errorf(CustodyMissing, "%s has no custody check; ask the custodian %s for one", m.p.ID, m.asset.Custodian)
	}
	if m.before(m.p.Custody.At) {
		return Errorf(CustodyMissing, "the custody check of %s is from %s; version %d of %s came later: ask for a fresh one", m.p.ID, m.p.Custody.At, len(m.asset.Versions), m.asset.ID)
	}
	if m.older(m.p.Custody.At, checkFresh) {
		return Errorf(CustodyMissing, "the custody check of %s is from %s, more than 24 hours ago; ask for a fresh one", m.p.ID, m.p.Custody.At)
	}
	return nil
}

// before: a check of an earlier version says nothing of this one. What has the
// version's own time may be either, so it is done again.
func (m *motion) before(at string) bool {
	return len(m.asset.Versions) > 0 && at <= m.asset.current().At
}

func (m *motion) older(at string, than time.Duration) bool {
	return m.tx.Time.Sub(stamped(at)) > than
}

// T5: the debt is due at least 30 days before the right's certificate ends.
func certificateOutlastsHolds(m *motion) error {
	c := m.asset.Certificate
	if c == nil {
		return nil
	}
	expires, _ := parseDay(c.Expires)
	matures, _ := parseDay(m.p.Terms.Matures)
	if matures.After(expires.Add(-certificateSlack)) {
		return Errorf(MaturityTooLate, "%s matures %s; the certificate %s expires %s, and 30 days must lie between", m.p.ID, m.p.Terms.Matures, c.Number, c.Expires)
	}
	return nil
}

// T5: compare and set. What the pledgee saw when it decided must still be so.
func sequenceSeenHolds(m *motion) error {
	if seen := m.c.body.(*RegisterBody).ExpectedSeq; seen != m.asset.Seq {
		return Errorf(SequenceChanged, "%s is at sequence %d, you saw %d: its liens changed; search again", m.asset.ID, m.asset.Seq, seen)
	}
	return nil
}

// T5: exclusive registers only when nothing is in force on the asset or its
// kin; ranked only behind ranked ones, and with every senior pledgee's consent.
func roomInRankHolds(m *motion) error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		for _, f := range a.InForce {
			if m.p.Terms.Mode == Exclusive || f.Mode == Exclusive {
				return Errorf(AlreadyPledged, "%s is pledged to %s by %s (%s); it must be released first", a.ID, f.Pledgee, f.PledgeID, f.Mode)
			}
			if !m.consented(f.Pledgee) {
				return Errorf(ConsentMissing, "%s ranks behind %s; its pledgee %s must sign pledge.consent", m.p.ID, f.PledgeID, f.Pledgee)
			}
		}
	}
	return nil
}

// consented: the registering pledgee agrees by registering.
func (m *motion) consented(pledgee string) bool {
	return pledgee == m.p.Pledgee || slices.ContainsFunc(m.p.Consents, func(s Stamp) bool { return s.By == pledgee })
}

func demandOnceHolds(m *motion) error {
	if d := m.p.ReleaseDemand; d != nil {
		return Errorf(WrongState, "the release of %s was demanded at %s; it can be forced from %s", m.p.ID, d.At, ripe(d))
	}
	return nil
}

// T17: five working days after the demand.
func demandRipeHolds(m *motion) error {
	d := m.p.ReleaseDemand
	if d == nil {
		return Errorf(WrongState, "the pledgor has not demanded the release of %s", m.p.ID)
	}
	if at := ripe(d); m.now < at {
		return Errorf(WrongState, "%s can be released by force from %s, five working days after the demand", m.p.ID, at)
	}
	return nil
}

func ripe(d *Ending) string {
	return addWorkingDays(stamped(d.At), demandDays).Format(stampForm)
}
