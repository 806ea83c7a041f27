package fabric

import (
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/anchor"
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
	blocks := homeBlocks(t, r, 6)
	court := join(pledge.RoleCourt, dir)
	noFalseCheckpoint(t, court, trueOf(t, blocks, 0, 4))
	notAheadOfTheBlocks(t, r)
	first := recorded(t, court, trueOf(t, blocks, 0, 4))
	if _, err := court.Record(t.Context(), pointOf(0, 4, "b")); !errors.Is(err, pledge.Forked) {
		t.Errorf("another history: %v", err)
	}
	if err := court.Close(); err != nil {
		t.Fatal(err)
	}
	notary := join(pledge.RoleNotary, t.TempDir())
	second := recorded(t, notary, trueOf(t, blocks, 5, 5))
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
	diagnosed(t, r)
}

// diagnosed finds all well: the three members, each with its own peer's blocks.
func diagnosed(t *testing.T, r *network.Running) {
	t.Helper()
	found := Diagnose(t.Context(), Diagnosis{Profile: r.Profile(pledge.RoleCourt), Channel: "imprint", Chaincode: "imprint", Of: "pledge"})
	comparing := 0
	for _, f := range found {
		if strings.HasPrefix(f.Check, "checkpoints at ") {
			comparing++
		}
	}
	if err := failed(found); err != nil || comparing != 3 {
		t.Errorf("%d members compare: %v", comparing, err)
	}
	if err := failed(Diagnose(t.Context(), Diagnosis{Profile: r.Profile(pledge.RoleExchange), Channel: "imprint", Chaincode: "imprint", Of: "pledge"})); err == nil {
		t.Error("the exchange is on the channel")
	}
}

// homeBlocks are the hashes of the first blocks of the channel that
// checkpoints are of.
func homeBlocks(t *testing.T, r *network.Running, n int) (hashes []string) {
	t.Helper()
	w, err := newSDKWire(t.Context(), sdkOptions{Profile: r.Profile(pledge.RoleNotary)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	enough := errors.New("enough")
	err = w.Blocks(t.Context(), 0, func(b *common.Block) error {
		if hashes = append(hashes, headerHash(b.GetHeader())); len(hashes) == n {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	return hashes
}

// trueOf is the checkpoint that blocks first to last have.
func trueOf(t *testing.T, hashes []string, first, last uint64) pledge.Checkpoint {
	t.Helper()
	b := anchor.New("pledge")
	for n := first; n <= last; n++ {
		if err := b.Add(n, hashes[n]); err != nil {
			t.Fatal(err)
		}
	}
	root := b.Root()
	return pledge.Checkpoint{Channel: "pledge", First: first, Last: last, Hash: b.Hash(last), Root: hex.EncodeToString(root[:])}
}

// noFalseCheckpoint: a client of one member cannot have one held, since the
// others' peers have other blocks.
func noFalseCheckpoint(t *testing.T, c *Checkpoints, right pledge.Checkpoint) {
	t.Helper()
	hash, root, run := right, right, right
	hash.Hash, root.Root, run.Last = pointOf(0, 4, "b").Hash, pointOf(0, 4, "b").Root, right.Last-1
	for what, point := range map[string]pledge.Checkpoint{"hash": hash, "root": root, "run of blocks": run} {
		if h, err := c.Record(t.Context(), point); !errors.Is(err, pledge.Forked) {
			t.Errorf("a false %s: %+v, %v", what, h, err)
		}
	}
	if h, err := c.Newest(t.Context()); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("held: %+v, %v", h, err)
	}
}

// notAheadOfTheBlocks: what a member's peer does not have yet it endorses later.
func notAheadOfTheBlocks(t *testing.T, r *network.Running) {
	t.Helper()
	w, err := newSDKWire(t.Context(), sdkOptions{Profile: r.Profile(pledge.RoleNotary), Channel: "imprint", Chaincode: "imprint"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	text := must1(pledge.CanonicalJSON(pointOf(0, pledge.MaxCheckpointBlocks-1, "a")))
	if _, err := w.Endorse(t.Context(), [][]byte{[]byte("checkpoint"), text}); !errors.Is(err, pledge.NotFound) {
		t.Errorf("blocks to come: %v", err)
	}
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
