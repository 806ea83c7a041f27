package pledge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// many fills a list of a record with n entries.
func many[T any](list *[]T, n int, one T) { *list = slices.Repeat([]T{one}, n) }

// lists are those that grow with the life of a record, by the act that adds
// to each.
var lists = []struct {
	state, act, by string
	fill           func(s *scene, n int)
}{
	{"ACTIVE", "amend", "pledgor", func(s *scene, n int) { many(&s.p.Amendments, n, pledge.Amendment{Settled: settled(s)}) }},
	{"ACTIVE", "extend", "pledgee", func(s *scene, n int) { many(&s.p.Amendments, n, pledge.Amendment{Settled: settled(s)}) }},
	{"ACTIVE", "consent-transfer", "pledgee", func(s *scene, n int) { many(&s.p.Consented, n, pledge.Consented{Digest: doc("other")}) }},
	{"ACTIVE", "assign", "next", func(s *scene, n int) { many(&s.p.Assignments, n, pledge.Assignment{Settled: settled(s)}) }},
	{"ACTIVE", "subordinate", "junior", func(s *scene, n int) { many(&s.p.SubordinatedTo, n, pledge.Subordination{Settled: settled(s)}) }},
	{"DEFAULTED", "cure", "pledgee", func(s *scene, n int) { many(&s.p.Cured, n, pledge.Proven{}) }},
	{"ACTIVE", "object", "bank", func(s *scene, n int) { many(&s.p.Objections, n, disputed(s)); s.words() }},
	{"NOTARIZED", "object", "bank", func(s *scene, n int) { many(&s.a.Objections, n, disputed(s)); s.words() }},
	{"ACTIVE", "freeze", "court", func(s *scene, n int) { many(&s.p.Frozen, n, ordered(s)) }},
	{"NOTARIZED", "freeze", "court", func(s *scene, n int) { many(&s.a.Frozen, n, ordered(s)) }},
	{"ACTIVE", "correct", "centre", func(s *scene, n int) { many(&s.p.Corrections, n, pledge.Correction{Reason: long}) }},
	{"NOTARIZED", "correct", "centre", func(s *scene, n int) { many(&s.a.Corrections, n, pledge.Correction{Reason: long}) }},
	{"NOTARIZED", "add-version", "pledgor", func(s *scene, n int) { many(&s.a.Versions, n, pledge.AssetContent{}) }},
	{"NOTARIZED", "transfer", "buyer", func(s *scene, n int) { many(&s.a.Transfers, n, pledge.Transfer{Settled: settled(s), Proceeds: long}) }},
	{"NOTARIZED", "license", "bank", func(s *scene, n int) {
		many(&s.a.Licences, n, pledge.Licence{Settled: settled(s), Scope: long, Proceeds: long})
	}},
	{"NOTARIZED", "notarize", "notary", func(s *scene, n int) { many(&s.a.Attestations, n, pledge.AssetAttestation{}) }},
	{"NOTARIZED", "keep", "court", func(s *scene, n int) { many(&s.a.Resolutions, n, pledge.Resolution{Settled: settled(s)}) }},
	{"NOTARIZED", "license", "bank", func(s *scene, n int) {
		many(&s.a.Agreements, n, pledge.Agreement{Act: pledge.AssetLicense, Digest: doc("y"), Signed: settled(s).Signed})
	}},
}

var long = strings.Repeat("長", 666)

func settled(s *scene) pledge.Settled {
	return pledge.Settled{Act: pledge.PledgeAmend, Digest: doc("x"), Signed: []pledge.Stamp{s.stamp("next", -1), s.stamp("buyer", -1)}}
}

func disputed(s *scene) pledge.Objection {
	o := s.objection("c", "DISMISSED", s.cast["rival"])
	o.Detail = long
	return o
}

func ordered(s *scene) pledge.Order {
	return pledge.Order{Stamp: s.stamp("regulator", -1), Court: "法院", FileNo: "7", OrderDate: "2026-11-01", Effect: long, Document: doc("o")}
}

// TestListsHaveALimit: the 64th entry is taken, the 65th is not.
func TestListsHaveALimit(t *testing.T) {
	base := newScene(newWorld(t))
	for _, l := range lists {
		for n, want := range map[int]pledge.Code{63: "", 64: pledge.TooLarge} {
			s := base.copy()
			s.t = t
			s.stand(l.state, l.act)
			l.fill(s, n)
			if got := s.attempt(l.act, l.by, nil); got.Code != want {
				t.Errorf("%s with %d before: %s (%s)", l.act, n, orApplied(got.Code), got.Detail)
			}
		}
	}
}

// TestEndedOrdersMakeRoom: what is over does not keep a court from ordering.
func TestEndedOrdersMakeRoom(t *testing.T) {
	s := newScene(newWorld(t))
	s.stand("ACTIVE", "freeze")
	o := ordered(s)
	o.Until = s.at(0)
	many(&s.p.Frozen, 64, o)
	if got := s.attempt("freeze", "court", nil); got.Code != "" {
		t.Error(got)
	}
}

// TestFullRecordsFit: a record whose lists are all full is read, and is small
// enough for a ledger's message of 4 MiB with several of them.
func TestFullRecordsFit(t *testing.T) {
	s := newScene(newWorld(t))
	s.stand("ACTIVE", "freeze")
	for _, l := range lists {
		l.fill(s, 64)
	}
	s.ofAsset = false
	for key, raw := range s.records() {
		t.Logf("%s: %d bytes", key, len(raw))
		if len(raw) > 1<<20 {
			t.Errorf("%s has %d bytes", key, len(raw))
		}
	}
	if _, err := pledge.DecodePledge(s.records()[pledge.KeyPledge(s.p.ID)]); err != nil {
		t.Error(err)
	}
	if _, err := pledge.DecodeAsset(s.records()[pledge.KeyAsset(s.a.ID)]); err != nil {
		t.Error(err)
	}
	if got := s.attempt("notice", "pledgee", nil); got.Code != "" {
		t.Errorf("with full records: %v", got)
	}
}
