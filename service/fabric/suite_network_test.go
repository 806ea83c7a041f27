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
)

// TestFabricSuite holds the ledger to its contract on a real consortium: one
// network for the whole suite, which does not mind what others left there.
func TestFabricSuite(t *testing.T) {
	net := networktest.Start(t, actors.NewCast(ledgertest.Channel).Genesis(), func(o *network.Options) { o.WithoutS3 = true })
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ledgertest.Run(t, func(t *testing.T, _ pledge.Genesis) ledgertest.Opener {
		dir := t.TempDir()
		return func(t *testing.T) service.Ledger {
			l, err := Open(t.Context(), Options{Profile: net.Profile("exchange"), Dir: dir, CommitTimeout: 2 * time.Minute, EndorseTimeout: 2 * time.Minute,
				Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
	})
}
