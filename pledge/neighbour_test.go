package pledge_test

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestHalfAClosingHarmsNoNeighbour: what the first steps of a closing wrote is
// gone when a later one is refused, for those who share its transaction as well.
func TestHalfAClosingHarmsNoNeighbour(t *testing.T) {
	w := newWorld(t)
	old := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
	next := w.ready(w.pledge(old).AssetID, w.bank2, terms("exclusive"))
	reg := w.registration(next) // a sequence too early
	half := w.command(w.exchange, pledge.ClosingExecute, w.closing(
		pledge.Step{Act: pledge.PledgeRelease, By: w.bank.uscc, Body: &pledge.ReleaseBody{PledgeID: old, Reason: "REPLACED"}},
		pledge.Step{Act: pledge.PledgeRegister, By: w.bank2.uscc, Body: &reg}))
	neighbour := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "b", file("b", "b", 1)))
	alone := w.st.clone()
	must(pledge.Apply(alone, w.tx(), []*pledge.Command{neighbour}))
	rs := w.apply(half, neighbour)
	if rs[0].Outcome.Code != pledge.SequenceChanged || rs[1].Outcome.Status != pledge.Applied {
		t.Fatalf("%+v, %+v", rs[0].Outcome, rs[1].Outcome)
	}
	if w.st.digest() != alone.digest() {
		t.Errorf("%s is %s: the refused closing left something", old, w.pledge(old).State)
	}
}
