package solo

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest"
)

// TestSmallLedger is the suite again, with limits so small that every layer
// of the state and the cutting of blocks take part.
func TestSmallLedger(t *testing.T) {
	defer goleak.VerifyNone(t)
	ledgertest.Run(t, func(t *testing.T, g pledge.Genesis) ledgertest.Opener {
		o := newWorld(t).options
		o.Genesis, o.limits.values, o.limits.bytes = g, 1, 20<<10
		return func(t *testing.T) service.Ledger {
			l, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
	})
}
