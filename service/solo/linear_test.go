package solo

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/linear"
)

// linearCommands is the length of the random history.
var linearCommands = 100_000

// TestLinearizable: two clients that get in each other's way see one ledger.
func TestLinearizable(t *testing.T) {
	n := linearCommands
	if testing.Short() {
		n = 2000
	}
	w, l := linearWorld(t)
	linear.Run(t, linear.Play{Cast: w.Cast, Clients: []service.Ledger{l, l}, Commands: n})
}

func linearWorld(t *testing.T) (*world, *Ledger) {
	w := newWorld(t)
	w.options.limits = limits{}
	l := w.open(t)
	enrolments := []string{w.Enroll(w.Bank2), w.Enroll(w.Enterprise), w.Enroll(w.Enterprise2)}
	if out, err := l.Submit(t.Context(), enrolments); err != nil || out[2].Status != pledge.Applied {
		t.Fatalf("enrolling: %+v, %v", out, err)
	}
	return w, l
}

// liar is a ledger with one fault of those that a history must show.
type liar struct {
	service.Ledger
	mu   sync.Mutex
	n    int
	seen map[string][]byte
	head service.Head
	lie  func(l *liar, outs []pledge.Outcome)
}

func (l *liar) Submit(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	outs, err := l.Ledger.Submit(ctx, commands)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n++; l.n%10 == 0 && l.lie != nil && err == nil {
		l.lie(l, outs)
	}
	return outs, err
}

// Get answers from an old page now and then, with the head of then.
func (l *liar) Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error) {
	values, head, err := l.Ledger.Get(ctx, keys...)
	l.mu.Lock()
	defer l.mu.Unlock()
	if old, ok := l.seen[keys[0]]; ok && l.lie == nil {
		return [][]byte{old}, l.head, err
	}
	if len(l.seen) == 0 && strings.HasPrefix(keys[0], pledge.KeyAsset("")) {
		l.seen, l.head = map[string][]byte{keys[0]: values[0]}, head
	}
	return values, head, err
}

// TestLinearizableNoticesLies: a check that passes everything proves nothing.
func TestLinearizableNoticesLies(t *testing.T) {
	lies := map[string]func(l *liar, outs []pledge.Outcome){
		"old reads": nil,
		"a refusal that no state gives": func(_ *liar, outs []pledge.Outcome) {
			outs[0] = pledge.Outcome{CommandID: outs[0].CommandID, Status: pledge.Refused, Code: pledge.MaturityTooLate}
		},
		"done before it was": func(_ *liar, outs []pledge.Outcome) {
			if outs[0].Position != nil {
				outs[0].Position = &pledge.Position{Block: outs[0].Position.Block + 1}
			}
		},
		"done and not there": func(_ *liar, outs []pledge.Outcome) {
			if outs[0].Status == pledge.Refused {
				outs[0] = pledge.Outcome{CommandID: outs[0].CommandID, Status: pledge.Applied, Position: &pledge.Position{Block: 1}}
			}
		},
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			w, l := linearWorld(t)
			liar := &liar{Ledger: l, lie: lie}
			if faults := linear.Faults(t, linear.Play{Cast: w.Cast, Clients: []service.Ledger{liar, liar}, Commands: 900}); len(faults) == 0 {
				t.Error("nobody noticed")
			} else {
				t.Log(faults[0][:min(len(faults[0]), 300)])
			}
		})
	}
}
