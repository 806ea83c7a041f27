package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// ledger answers what the test says; all else of the interface is not used.
type ledger struct {
	service.Ledger
	outcomes []pledge.Outcome
	err      error
}

func (l ledger) Info() service.LedgerInfo { return service.LedgerInfo{Channel: "pledge"} }

func (l ledger) Submit(context.Context, []string) ([]pledge.Outcome, error) { return l.outcomes, l.err }

type index struct {
	service.Index
	waited chan uint64
	behind bool
}

func (ix index) WaitFor(ctx context.Context, height uint64) error {
	ix.waited <- height
	if !ix.behind {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

type vault struct{ service.Vault }

type signer struct{ service.Signer }

func (signer) Public() json.RawMessage { return nil }

func newService(t *testing.T, l ledger, ix index) *service.Service {
	t.Helper()
	s, err := service.New(service.Options{Ledger: l, Index: ix, Vault: vault{}, Custodian: signer{}, ReadYourWrites: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Submit returns when the index shows the block, or a bounded time later.
func TestSubmitWaitsForTheIndex(t *testing.T) {
	applied := []pledge.Outcome{{Status: pledge.Applied, Position: &pledge.Position{Block: 7}}, {Status: pledge.Refused}}
	for _, behind := range []bool{false, true} {
		ix := index{waited: make(chan uint64, 1), behind: behind}
		got, err := newService(t, ledger{outcomes: applied}, ix).Submit(t.Context(), []string{"a.b.c", "d.e.f"})
		if err != nil || len(got) != 2 || got[0].Status != pledge.Applied {
			t.Fatalf("behind=%v: got %+v, %v", behind, got, err)
		}
		if len(ix.waited) != 1 || <-ix.waited != 7 {
			t.Errorf("behind=%v: did not wait for block 7", behind)
		}
	}
}

func TestSubmitWithoutAnAnswerIsUnknown(t *testing.T) {
	for name, l := range map[string]ledger{
		"says so": {err: service.ErrUnknownOutcome}, "too few outcomes": {outcomes: []pledge.Outcome{}},
	} {
		got, err := newService(t, l, index{}).Submit(t.Context(), []string{"a.b.c"})
		if err != nil || len(got) != 1 || got[0].Status != pledge.Unknown || got[0].CommandID == "" {
			t.Errorf("%s: got %+v, %v, want unknown", name, got, err)
		}
	}
	_, err := newService(t, ledger{err: service.ErrUnavailable}, index{}).Submit(t.Context(), []string{"a.b.c"})
	if !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}
