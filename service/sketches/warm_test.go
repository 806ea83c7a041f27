package sketches

import (
	"context"
	"os"
	"testing"
)

// TestWarmReadsAllSegmentsThatAreThere, and stops when it is told to.
func TestWarmReadsAllSegmentsThatAreThere(t *testing.T) {
	c := catalogue{t.TempDir(), 500}
	c.write(t)
	ix, _ := c.index(t)
	want := int64(0)
	for _, name := range names(t, c.dir, prefix) {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		want += info.Size()
	}
	if n := ix.store.warm(t.Context()); n != want || want < 1<<20 {
		t.Errorf("%d bytes were read of %d", n, want)
	}
	if err := os.Remove(names(t, c.dir, prefix)[0]); err != nil {
		t.Fatal(err)
	}
	if n := ix.store.warm(t.Context()); n <= 0 || n >= want {
		t.Errorf("of what is left %d bytes were read", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n := ix.store.warm(ctx); n != 0 {
		t.Errorf("%d bytes were read after the end", n)
	}
}
