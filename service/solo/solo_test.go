package solo_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest"
	"github.com/datapledge/datapledge/service/solo"
)

func operator() solo.Operator {
	seed := sha256.Sum256([]byte("operator"))
	return solo.NewOperator(ed25519.NewKeyFromSeed(seed[:]))
}

func opener(path string, g pledge.Genesis) ledgertest.Opener {
	return func(t *testing.T) service.Ledger {
		l, err := solo.Open(solo.Options{Path: path, Genesis: g, Operator: operator()})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

func TestLedger(t *testing.T) {
	defer goleak.VerifyNone(t)
	ledgertest.Run(t, func(t *testing.T, g pledge.Genesis) ledgertest.Opener {
		return opener(filepath.Join(t.TempDir(), "ledger.db"), g)
	})
}
