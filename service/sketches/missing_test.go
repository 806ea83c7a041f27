package sketches

import (
	"context"
	"fmt"
	"testing"

	"github.com/datapledge/datapledge/service"
)

// slowVault lets a block come after a number of look-ups, and counts what was
// looked up before it was shown.
type slowVault struct {
	*vault
	ix     *Index
	after  int
	block  service.Block
	blocks chan service.Block
	before int
}

func (v *slowVault) Document(ctx context.Context, folder, name string) ([]byte, error) {
	head, _ := v.ix.state.look()
	if head == nil || head.Height < v.block.Number {
		if v.before++; v.before == v.after {
			v.blocks <- v.block
		}
	}
	return v.vault.Document(ctx, folder, name)
}

// TestMissingSketchesHoldNoBlockUp, be they thousands: of a custodian who names
// what is not there, or of one whose vault is another.
func TestMissingSketchesHoldNoBlockUp(t *testing.T) {
	r, query, _ := filled(t, 5)
	const missing = 20 * askedAtOnce
	for i := range missing {
		r.ledger.add("gone", fmt.Sprintf("sha256:%064x", i+1))
	}
	dir := t.TempDir()
	first := start(t, dir, r.ledger, r.vault)
	last := r.ledger.add("last", r.vault.sketch(t, query))
	first.similar(t, r.digests[0], last)
	first.stop()

	l := r.ledger.cut(len(r.ledger.blocks))
	next := l.add("next")
	v := &slowVault{vault: r.vault, after: 3, block: l.blocks[next], blocks: make(chan service.Block, 1)}
	ix, err := Open(Options{Ledger: r.ledger, Vault: v, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	v.ix = ix
	if err := ix.store.repair(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	_, from, err := ix.resume(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v.blocks <- l.blocks[last] // it goes on at the newest block that was seen
	go func() { done <- ix.take(ctx, v.blocks, from, make(chan struct{}, 1)) }()
	if err := ix.state.waitFor(t.Context(), next); err != nil {
		t.Error(err)
	}
	cancel()
	<-done
	if v.before >= 2*askedAtOnce {
		t.Errorf("%d of %d missing sketches were asked for before the block was taken", v.before, missing)
	}
	if err := ix.Close(); err != nil {
		t.Error(err)
	}
}
