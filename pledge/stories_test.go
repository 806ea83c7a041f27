package pledge_test

import (
	"slices"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// version is the command that makes an asset of these files, of which added
// are new.
func (w *world) version(asset string, added []string, files ...pledge.File) pledge.VersionBody {
	n := w.dataset(w.owner, "v", files...)
	return pledge.VersionBody{AssetID: asset, Base: w.asset(asset).Fingerprint, Added: added, Fingerprint: n.Fingerprint, Files: n.Files,
		Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
}

// TestVersionsMakeNoSecondLien: a version that takes in another pledged asset
// would make two exclusive pledges one asset's (invariant iii).
func TestVersionsMakeNoSecondLien(t *testing.T) {
	one, two := file("a", "a", 50), file("b", "b", 60)
	for mode, want := range map[string]pledge.Code{"exclusive": pledge.AlreadyPledged, "ranked": ""} {
		w := newWorld(t)
		first, second := w.notarize(w.owner, "a", one), w.notarize(w.owner, "b", two)
		tm := terms(mode)
		tm.Covenants = []string{"add_version"}
		w.active(first, w.bank, tm)
		w.active(second, w.bank2, terms("ranked"))
		if got := w.try(w.sign(w.owner, pledge.AssetAddVersion, w.version(first, []string{"b"}, one, two))); got.Code != want {
			t.Errorf("%s: %s (%s)", mode, orApplied(got.Code), got.Detail)
		}
	}
}

// TestCovenantIsForIncrements: it answers for what is added, not for what is
// left out.
func TestCovenantIsForIncrements(t *testing.T) {
	w := newWorld(t)
	one, two, three := file("a", "a", 50), file("b", "b", 60), file("c", "c", 70)
	asset := w.notarize(w.owner, "a", one, two)
	tm := terms("exclusive")
	tm.Covenants = []string{"add_version"}
	id := w.active(asset, w.bank, tm)
	w.do(w.owner, pledge.AssetAddVersion, w.version(asset, []string{"c"}, one, two, three))
	less := w.version(asset, nil, two, three)
	less.Removed = []pledge.Redaction{{File: one, Reason: "asked by a person"}}
	w.refuse(pledge.ConsentMissing, w.owner, pledge.AssetAddVersion, less)
	if p, a := w.pledge(id), w.asset(asset); len(p.Increments) != 1 || len(a.Versions) != 2 || p.Seq != 1 || p.Increments[0].Seq != 2 {
		t.Errorf("%+v\n%+v", p.Increments, a.Versions)
	}
}

// TestThoseBetweenAreAsked: to change places over the head of a third needs
// the third.
func TestThoseBetweenAreAsked(t *testing.T) {
	s := newScene(newWorld(t))
	s.inState("ACTIVE")
	for key, raw := range s.records() {
		s.st.kv[key] = raw
	}
	p := s.pledge(s.senior.PledgeID)
	p.State = "ACTIVE"
	s.set(pledge.KeyPledge(p.ID), p)
	b := pledge.SubordinateBody{PledgeID: p.ID, To: s.junior.PledgeID, Agreement: doc("x")}
	for _, by := range []string{"senior", "junior"} {
		s.do(s.cast[by], pledge.PledgeSubordinate, b)
	}
	before := []string{s.senior.PledgeID, s.p.ID, s.junior.PledgeID}
	if got := ranks(s.asset(s.a.ID)); !slices.Equal(got, before) {
		t.Errorf("ranks %v without the third", got)
	}
	s.do(s.cast["pledgee"], pledge.PledgeSubordinate, b)
	if got := ranks(s.asset(s.a.ID)); !slices.Equal(got, []string{before[2], before[1], before[0]}) {
		t.Errorf("ranks %v", got)
	}
}

// TestOldSignatures: two that are void together do not keep each other from
// signing anew, and what nobody completes leaves the record.
func TestOldSignatures(t *testing.T) {
	s := newScene(newWorld(t))
	s.inState("ACTIVE")
	s.objectPledge("OPEN", s.cast["objector"])
	for key, raw := range s.records() {
		s.st.kv[key] = raw
	}
	ruling := pledge.DecideBody{RecordID: s.p.ID, ObjectionID: obID("b"), Ruling: "DISMISSED", Number: "1", Document: doc("d")}
	sign := func(by string) { s.t.Helper(); s.do(s.cast[by], pledge.ObjectionDecide, ruling) }
	sign("pledgor")
	sign("pledgee")
	s.refuse(pledge.Duplicate, s.cast["pledgee"], pledge.ObjectionDecide, ruling)
	sign("objector")
	s.days(31)
	s.refuse(pledge.Expired, s.cast["centre"], pledge.ObjectionDecide, ruling)
	sign("pledgee")
	sign("pledgor")
	if got := s.pledge(s.p.ID).Agreements; len(got) != 1 || len(got[0].Signed) != 2 {
		t.Errorf("waiting: %+v", got)
	}
	s.do(s.cast["bank"], pledge.ObjectionFile, pledge.ObjectBody{RecordID: s.p.ID, Ground: "OTHER", Evidence: doc("e")})
	sign("centre")
	sign("objector")
	if got := s.pledge(s.p.ID); got.Objections[0].State != "DISMISSED" || len(got.Objections[0].Decided.Signed) != 4 || len(got.Agreements) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestRevokedKeyAfterSigning: a signature has a place on the ledger. What was
// signed before the key was revoked stands; the key signs nothing more.
func TestRevokedKeyAfterSigning(t *testing.T) {
	w := newWorld(t)
	id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
	less := w.amendment(id, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	w.do(w.bank, pledge.PledgeAmend, less)
	w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.bank.uscc, KID: w.bank.kid(), Reason: "lost"})
	w.do(w.owner, pledge.PledgeAmend, less)
	if got := w.pledge(id).Amendments; len(got) != 1 || got[0].Signed[0].By != w.bank.uscc || got[0].Signed[1].By != w.owner.uscc {
		t.Errorf("%+v", got)
	}
	w.refuse(pledge.RevokedKey, w.bank, pledge.PledgeAmend, less)
}
