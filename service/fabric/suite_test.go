package fabric

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest"
)

// TestSuite holds the ledger to its contract on a simulated channel, with
// batches of several sizes and numbers in flight: all of them when
// DATAPLEDGE_TEST_EXHAUSTIVE is set.
func TestSuite(t *testing.T) {
	sizes := map[string]Options{"batches of 3": {MaxCommands: 3, MaxInFlight: 2}, "default": {}}
	if os.Getenv("DATAPLEDGE_TEST_EXHAUSTIVE") != "" {
		sizes["batches of 1"], sizes["one at once"] = Options{MaxCommands: 1, MaxInFlight: 4}, Options{MaxInFlight: 1}
	}
	for name, o := range sizes {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			ledgertest.Run(t, simFactory(o))
		})
	}
}

// simFactory makes every ledger on a channel of its own.
func simFactory(o Options) ledgertest.Factory {
	return func(t *testing.T, g pledge.Genesis) ledgertest.Opener {
		net := newSim(t, g)
		o.Dir, o.Channel, o.Logger = t.TempDir(), g.Channel, slog.New(slog.DiscardHandler)
		o.CommitTimeout, o.EndorseTimeout = 2*time.Minute, 2*time.Minute // the suite wants every answer, on slow machines too
		return func(t *testing.T) service.Ledger {
			return openSim(t, net.client(), o)
		}
	}
}

func openSim(t *testing.T, w wire, o Options) *Ledger {
	t.Helper()
	l, err := open(t.Context(), o, w)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
