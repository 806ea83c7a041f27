package fabric

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestPinnedBlock0: a channel that begins otherwise than the trust file says
// is not copied; the right one is, and a folder keeps to its own.
func TestPinnedBlock0(t *testing.T) {
	m, _, _ := storied(t, 5)
	other, _, _ := storied(t, 5)
	right, wrong := headerHash(m.blocks[0].Header), headerHash(other.blocks[0].Header)
	o := labOptions(t)
	o.GenesisHash = wrong
	c, _ := running(t, o, newLab(t, m))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := c.waitFor(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a channel with another block 0: %v, want it not copied", err)
	}
	o = labOptions(t)
	o.GenesisHash = right
	c, _ = running(t, o, newLab(t, m))
	reach(t, c, 4)
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	o.GenesisHash = wrong
	if _, err := openChain(o); err == nil || !strings.Contains(err.Error(), "trust file") {
		t.Errorf("got %v, want word of the trust file", err)
	}
}
