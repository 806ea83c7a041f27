package fabric

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// TestRealCheckpoints holds checkpoints on the second channel of a running
// consortium: by several members, over a restart, and never two histories.
func TestRealCheckpoints(t *testing.T) {
	r := networktest.Start(t, actors.NewCast("pledge").Genesis(), func(o *network.Options) { o.WithoutS3 = true })
	dir := t.TempDir()
	join := func(role pledge.Role, dir string) *Checkpoints {
		t.Helper()
		c, err := OpenCheckpoints(t.Context(), CheckpointOptions{Profile: r.Profile(role), Dir: dir, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	court := join(pledge.RoleCourt, dir)
	first := recorded(t, court, pointOf(0, 4, "a"))
	if _, err := court.Record(t.Context(), pointOf(0, 4, "b")); !errors.Is(err, pledge.Forked) {
		t.Errorf("another history: %v", err)
	}
	if err := court.Close(); err != nil {
		t.Fatal(err)
	}
	notary := join(pledge.RoleNotary, t.TempDir())
	second := recorded(t, notary, pointOf(5, 5, "a"))
	again := join(pledge.RoleCourt, dir)
	for want, block := range map[service.HeldCheckpoint]uint64{first: 2, second: 5} {
		if got := recorded(t, again, want.Checkpoint); got != want {
			t.Errorf("given again: %+v, was %+v", got, want)
		}
		if got, err := again.Over(t.Context(), block); err != nil || got != want {
			t.Errorf("over %d: %+v, %v", block, got, err)
		}
	}
	p, err := again.Prove(t.Context(), first)
	if err != nil || len(p.Attestation) == 0 || p.Blocks[0] == nil || p.Blocks[first.At.Block] == nil {
		t.Errorf("proof: %v", err)
	}
	if _, err := OpenCheckpoints(t.Context(), CheckpointOptions{Profile: r.Profile(pledge.RoleExchange), Dir: t.TempDir()}); err == nil {
		t.Error("the exchange, which is not on the channel, has it in its profile")
	}
	notOnTheWrongChannel(t, r)
}

// notOnTheWrongChannel: neither commands there, nor checkpoints here.
func notOnTheWrongChannel(t *testing.T, r *network.Running) {
	t.Helper()
	cast := actors.NewCast("pledge")
	for channel, args := range map[[2]string][]string{{"pledge", "datapledge"}: {"checkpoint", string(must1(pledge.CanonicalJSON(pointOf(6, 6, "a"))))},
		{"imprint", "imprint"}: {"apply", cast.Enroll(cast.Enterprise)}} {
		w, err := newSDKWire(t.Context(), sdkOptions{Profile: r.Profile(pledge.RoleNotary), Channel: channel[0], Chaincode: channel[1]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Endorse(t.Context(), [][]byte{[]byte(args[0]), []byte(args[1])}); !errors.Is(err, pledge.WrongChannel) {
			t.Errorf("%s on %s: %v", args[0], channel[0], err)
		}
		w.Close()
	}
}

func must1(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
