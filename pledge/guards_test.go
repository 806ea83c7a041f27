package pledge_test

import (
	"slices"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// slip is an attempt that one guard refuses. put changes the scene when it is
// dressed for the act, body the command.
type slip struct {
	name           string
	code           pledge.Code
	state, act, by string
	put            func(*scene)
	body           func(*scene, any)
}

// slips are what no circumstance of the law's table shows.
var slips = []slip{
	{"same order again", pledge.Duplicate, "ACTIVE", "freeze", "court", func(s *scene) { s.order(&s.p.Frozen, "court", "new", "") }, nil},
	{"lifts what nobody ordered", pledge.NotFound, "ACTIVE", "unfreeze", "court", func(s *scene) { s.p.Frozen = nil }, nil},
	{"default without notice", pledge.CheckMissing, "ACTIVE", "declare", "pledgee", func(s *scene) { s.p.DefaultNotice = nil }, nil},
	{"corrects a party", pledge.Malformed, "ACTIVE", "correct", "centre", nil, func(_ *scene, b any) { b.(*pledge.CorrectBody).Field = "pledgee" }},
	{"corrects a rank", pledge.Malformed, "ACTIVE", "correct", "centre", nil, func(_ *scene, b any) { b.(*pledge.CorrectBody).Field = "seq" }},
	{"corrects what stands there no more", pledge.TermsMismatch, "ACTIVE", "correct", "centre", nil, func(_ *scene, b any) { b.(*pledge.CorrectBody).From = "8" }},
	{"same ground again", pledge.Duplicate, "ACTIVE", "object", "enterprise", func(s *scene) { s.objectPledge("DISMISSED", s.cast["enterprise"]) },
		func(_ *scene, b any) { b.(*pledge.ObjectBody).Ground = "FORGERY" }},
	{"lodged before the other side knew", pledge.CheckMissing, "ACTIVE", "lodge", "objector", func(s *scene) { s.p.Objections[0].Notified = nil }, nil},
	{"notified of nothing", pledge.NotFound, "ACTIVE", "notify", "objector", nil, func(_ *scene, b any) { b.(*pledge.NotifyBody).ObjectionID = obID("z") }},
	{"notified when in court", pledge.WrongState, "ACTIVE", "notify", "objector", func(s *scene) { s.p.Objections[0].State = "IN_COURT"; s.words() }, nil},
	{"nothing is over", pledge.NotFound, "ACTIVE", "over", "bank", nil, func(_ *scene, b any) { b.(*pledge.ExpireBody).ObjectionID = obID("z") }},
	{"over when decided", pledge.WrongState, "ACTIVE", "over", "bank", func(s *scene) { s.p.Objections[0].State = "DISMISSED"; s.words() }, nil},
	{"over when in court", pledge.WrongState, "ACTIVE", "over", "bank", func(s *scene) { s.p.Objections[0].State = "IN_COURT"; s.words() }, nil},
	{"decided twice", pledge.WrongState, "ACTIVE", "uphold", "court", func(s *scene) { s.p.Objections[0].State = "EXPIRED"; s.words() }, nil},
	{"decides nothing", pledge.NotFound, "ACTIVE", "uphold", "court", nil, func(_ *scene, b any) { b.(*pledge.DecideBody).ObjectionID = obID("z") }},

	{"amends other terms", pledge.TermsMismatch, "ACTIVE", "amend", "pledgor", nil, func(_ *scene, b any) { b.(*pledge.AmendBody).Replaces = doc("x") }},
	{"extends other terms", pledge.TermsMismatch, "ACTIVE", "extend", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.ExtendBody).TermsDigest = doc("x") }},
	{"assigns other terms", pledge.TermsMismatch, "ACTIVE", "assign", "next", nil, func(_ *scene, b any) { b.(*pledge.AssignBody).TermsDigest = doc("x") }},
	{"exclusive beside others", pledge.AlreadyPledged, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.Mode = "exclusive" })},
	{"secures another currency", pledge.AmendmentBarred, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.SecuredMax.Currency, t.Principal.Currency = "USD", "USD" })},
	{"amends the end", pledge.AmendmentBarred, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.Expires = "2027-04-02" })},
	{"amends the maturity", pledge.AmendmentBarred, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.Matures = "2027-02-02" })},
	{"amends the kind", pledge.AmendmentBarred, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.SecurityType = "MORTGAGE" })},
	{"amends the checks", pledge.AmendmentBarred, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.Checks = []string{} })},
	{"adds collateral to come", pledge.AmendmentBarred, "ACTIVE", "amend", "pledgor", nil, amends(func(t *pledge.Terms) { t.Covenants = []string{"add_version"} })},
	{"due after the certificate", pledge.MaturityTooLate, "ACTIVE", "extend-debt", "pledgee", certified("2028-01-30"), nil},
	{"ends after the certificate", pledge.MaturityTooLate, "ACTIVE", "extend", "pledgee", certified("2028-12-31"), nil},
	{"extends to an earlier end", pledge.Malformed, "ACTIVE", "extend", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.ExtendBody).Expires = "2026-12-01" }},
	{"extends to an earlier debt", pledge.AmendmentBarred, "ACTIVE", "extend-debt", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.ExtendBody).Matures = "2026-10-31" }},
	{"ends before the debt", pledge.Malformed, "ACTIVE", "extend-debt", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.ExtendBody).Matures = "2029-01-02" }},
	{"assigns to itself", pledge.Duplicate, "ACTIVE", "assign", "pledgee", nil, func(s *scene, b any) { b.(*pledge.AssignBody).To = s.p.Pledgee }},
	{"assigns to the pledgor", pledge.WrongRole, "ACTIVE", "assign", "pledgee", nil, func(s *scene, b any) { b.(*pledge.AssignBody).To = s.p.Pledgor }},
	{"assigns to no bank", pledge.WrongRole, "ACTIVE", "assign", "pledgee", nil, func(s *scene, b any) { b.(*pledge.AssignBody).To = s.cast["buyer"].uscc }},
	{"assigns to nobody", pledge.UnknownParty, "ACTIVE", "assign", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.AssignBody).To = uscc(99) }},
	{"yields to no lien", pledge.NotFound, "ACTIVE", "subordinate", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.SubordinateBody).To = "pl_" + obID("a")[3:] }},
	{"yields to who is before", pledge.WrongState, "ACTIVE", "subordinate", "pledgee", nil, func(s *scene, b any) { b.(*pledge.SubordinateBody).To = s.senior.PledgeID }},

	{"executes without consent", pledge.CheckMissing, "DEFAULTED", "execution", "notary", func(s *scene) { s.p.Attestation.EnforcementConsent = false }, nil},
	{"no notary's word", pledge.CheckMissing, "DEFAULTED", "execution", "notary", func(s *scene) { s.p.Attestation = nil }, nil},
	{"sells by another paper", pledge.TitleMissing, "DEFAULTED", "sale-clause", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.EnforceBody).Title = doc("x") }},
	{"key for another", pledge.WrongRole, "ENFORCING", "key", "custodian", nil, func(s *scene, b any) { b.(*pledge.KeyReleaseBody).To = s.senior.Pledgee }},
	{"key under another lock", pledge.CustodyMissing, "ENFORCING", "key", "custodian", nil, func(_ *scene, b any) { b.(*pledge.KeyReleaseBody).Recipient = "age1thief" }},
	{"key twice", pledge.Duplicate, "ENFORCING", "key", "custodian", func(s *scene) { s.p.KeyRelease = &pledge.KeyRelease{Stamp: s.stamp("custodian", -1)} }, nil},
	{"priced in another currency", pledge.TermsMismatch, "ENFORCING", "realize", "pledgee", nil, func(_ *scene, b any) { b.(*pledge.RealizeBody).Price.Currency = "USD" }},
	{"gets more than is owed", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Claim-- })},
	{"gets more than is secured", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", func(s *scene) { s.p.Terms.SecuredMax.Amount = 599 }, nil},
	{"hides what stays owed", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Claim++ })},
	{"surplus before the debt", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Claim++; b.Shortfall++ })},
	{"keeps the surplus", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Distribution[1].To = b.Distribution[0].To })},
	{"pays another as pledgee", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Distribution[0].To = b.Distribution[1].To })},
	{"forgets who is before", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Distribution = b.Distribution[:2] })},
	{"calls a senior a junior", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) { b.Distribution[2].Kind = "JUNIOR" })},
	{"pays a stranger as junior", pledge.SumMismatch, "ENFORCING", "realize", "pledgee", nil, sells(func(b *pledge.RealizeBody) {
		b.Distribution = append(b.Distribution, pledge.Share{Kind: "JUNIOR", To: uscc(99), PledgeID: "pl_" + obID("a")[3:]})
	})},

	{"version without a basis", pledge.DeclarationIncomplete, "NOTARIZED", "add-version", "pledgor", nil, func(_ *scene, b any) { b.(*pledge.VersionBody).Declaration.Consent.Basis = "" }},
	{"version that lists no files", pledge.Malformed, "NOTARIZED", "add-version", "pledgor", nil, func(_ *scene, x any) {
		b := x.(*pledge.VersionBody)
		b.ManifestRoot, b.Files, b.Added = pledge.ManifestRoot(b.Files), nil, nil
	}},
	{"version of another base", pledge.Inconsistent, "NOTARIZED", "add-version", "pledgor", nil, func(_ *scene, b any) { b.(*pledge.VersionBody).Base = doc("x") }},
	{"goes to nobody", pledge.UnknownParty, "NOTARIZED", "transfer", "pledgor", nil, func(_ *scene, b any) { b.(*pledge.TransferBody).To = uscc(99) }},
	{"goes to a bank", pledge.WrongRole, "NOTARIZED", "transfer", "pledgor", nil, func(s *scene, b any) { b.(*pledge.TransferBody).To = s.cast["bank"].uscc }},
	{"goes to its owner", pledge.WrongRole, "NOTARIZED", "license", "pledgor", nil, func(s *scene, b any) { b.(*pledge.LicenseBody).To = s.a.Owner }},
	{"resolves what is no dispute", pledge.WrongState, "NOTARIZED", "keep", "court", func(s *scene) { s.a.DisputedWith, s.rival.DisputedWith = nil, nil }, nil},
	{"resolves with nothing", pledge.NotFound, "NOTARIZED", "keep", "court", nil, func(_ *scene, b any) { b.(*pledge.ResolveBody).Other = "as_" + obID("a")[3:] }},
	{"the other is frozen", pledge.Frozen, "NOTARIZED", "keep", "court", func(s *scene) { s.freeze(&s.rival.Frozen, "") }, nil},
	{"the other is pledged", pledge.AlreadyPledged, "NOTARIZED", "keep", "pledgor", func(s *scene) { s.rival.InForce = []pledge.InForce{s.line()} }, nil},
	{"two liens would be one", pledge.AlreadyPledged, "NOTARIZED", "both", "court", func(s *scene) {
		s.a.InForce, s.rival.InForce = []pledge.InForce{s.line()}, []pledge.InForce{s.junior}
		s.rival.InForce[0].Mode = "exclusive"
	}, nil},
}

func amends(change func(*pledge.Terms)) func(*scene, any) {
	return func(_ *scene, body any) {
		b := body.(*pledge.AmendBody)
		change(&b.Terms)
		b.TermsDigest = must(b.Terms.Digest())
	}
}

func sells(change func(*pledge.RealizeBody)) func(*scene, any) {
	return func(_ *scene, body any) { change(body.(*pledge.RealizeBody)) }
}

func certified(until string) func(*scene) {
	return func(s *scene) { s.a.Certificate = &certificateOf(until).Certificate }
}

func certificateOf(until string) *pledge.CertificateBody {
	b := certificate("", until)
	return &b
}

// TestSlips: each guard that clocks, freezes, objections and liens do not
// show refuses what it is there for, and nothing is written.
func TestSlips(t *testing.T) {
	base := newScene(newWorld(t))
	for _, c := range slips {
		t.Run(c.name, func(t *testing.T) {
			s := base.copy()
			s.t = t
			s.stand(c.state, c.act)
			if honest := s.attempt(c.act, c.by, nil); honest.Code != "" && c.put == nil {
				t.Errorf("without the slip: %v", honest)
			}
			if c.put != nil {
				c.put(s)
			}
			if got := s.attempt(c.act, c.by, c.body); got.Code != c.code {
				t.Errorf("got %s (%s), want %s", orApplied(got.Code), got.Detail, c.code)
			}
		})
	}
}

// stand dresses the scene for an act in a state.
func (s *scene) stand(state, act string) {
	if s.ofAsset = pledgeStates[state] == ""; s.ofAsset {
		s.p.State, s.a.InForce = "PENDING", nil
	} else {
		s.inState(state)
	}
	s.dress(act)
}

// attempt makes one command in the scene and says how it was refused.
func (s *scene) attempt(act, by string, change func(*scene, any)) pledge.Error {
	s.t.Helper()
	name, body := trials[act](s)
	if change != nil {
		change(s, body)
	}
	st := &stage{s.st.kv, s.records(), map[string][]byte{}}
	rs, err := pledge.Apply(st, s.tx(), []*pledge.Command{s.command(s.cast[by], name, body)})
	if err != nil {
		s.t.Fatal(err)
	}
	if out := rs[0].Outcome; out.Status == pledge.Refused && len(st.written)+len(rs[0].Writes) > 0 || !slices.Contains([]string{pledge.Applied, pledge.Refused}, out.Status) {
		s.t.Errorf("%+v, %d writes", out, len(st.written))
	}
	return pledge.Error{Code: rs[0].Outcome.Code, Detail: rs[0].Outcome.Detail}
}
