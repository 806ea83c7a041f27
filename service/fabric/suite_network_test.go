package fabric

import (
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/ledgertest/linear"
)

// TestFabricSuite holds the ledger to its contract on a real consortium: one
// network for the whole suite, which does not mind what others left there.
func TestFabricSuite(t *testing.T) {
	net := networktest.Start(t, actors.NewCast(ledgertest.Channel).Genesis(), func(o *network.Options) { o.WithoutS3 = true })
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	open := func(t *testing.T, dir string) service.Ledger {
		l, err := Open(t.Context(), Options{Profile: net.Profile("exchange"), Dir: dir, CommitTimeout: 2 * time.Minute, EndorseTimeout: 2 * time.Minute,
			Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	ledgertest.Run(t, func(t *testing.T, _ pledge.Genesis) ledgertest.Opener {
		dir := t.TempDir()
		return func(t *testing.T) service.Ledger { return open(t, dir) }
	})
	t.Run("linearizable", func(t *testing.T) { linearizable(t, open) })
}

// linearizable: two replicas, each with its own view of the consortium. A
// slice of what the solo ledger is put through.
func linearizable(t *testing.T, open func(*testing.T, string) service.Ledger) {
	cast := actors.NewCast(ledgertest.Channel)
	var clients []service.Ledger
	for range 2 {
		l := open(t, t.TempDir())
		defer l.Close()
		clients = append(clients, l)
	}
	for _, a := range []*actors.Actor{cast.Bank2, cast.Enterprise, cast.Enterprise2} {
		out, err := clients[0].Submit(t.Context(), []string{cast.Enroll(a)})
		if err != nil || out[0].Status != pledge.Applied && out[0].Code != pledge.Duplicate {
			t.Fatalf("enrolling: %+v, %v", out, err)
		}
	}
	linear.Run(t, linear.Play{Cast: cast, Clients: clients, Commands: 600, Behind: 10})
}
