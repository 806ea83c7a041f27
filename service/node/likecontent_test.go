package node_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestNodeIndexesContent: the index follows the ledger, tells how far it is,
// and is there again when its folder was deleted.
func TestNodeIndexesContent(t *testing.T) {
	c := config(t)
	for range 2 {
		n := open(t, c, io.Discard)
		for _, number := range []string{"lag_blocks", "indexed_assets", "missing_sketches"} {
			awaitMetric(t, n, "datapledge_content_"+number+" 0")
		}
		closed(t, n)
		if err := os.RemoveAll(filepath.Join(c.Data, "sketches")); err != nil {
			t.Fatal(err)
		}
	}
}
