package evidence_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/solo"
)

// replayInto submits the story's commands to a real solo ledger, each block's
// together and at its time, and projects it into a real index.
func replayInto(t *testing.T, s *story) evidence.Source {
	t.Helper()
	var now time.Time
	ledger, err := solo.Open(solo.Options{Path: filepath.Join(t.TempDir(), "ledger"), Genesis: s.genesis, Operator: solo.NewOperator(s.operator.private),
		Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	for _, b := range s.blocks[1:] {
		now = b.time
		submit(t, ledger, b.jws)
	}
	return evidence.Source{Ledger: ledger, Index: project(t, ledger), Signer: s.exchange, Now: func() time.Time { return madeAt }}
}

// The ledger of these tests was written from the format's text and shares no
// code with the real one: that both give the same bytes says that text, ledger,
// read model and package agree.
func TestRealLedgerGivesTheSameBytes(t *testing.T) {
	s := newStory(t)
	src := replayInto(t, s)
	for _, id := range []string{s.asset, s.kin, s.pledge, s.released, s.owner.party, s.bank.party} {
		var b bytes.Buffer
		if err := evidence.Write(t.Context(), &b, src, id); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), s.write(id)) {
			t.Errorf("%s: the packages differ", id)
		}
		if r := check(t, b.Bytes(), s.trust()); !r.OK() {
			t.Error(text(r))
		}
	}
}
