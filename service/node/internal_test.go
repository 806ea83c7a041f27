package node

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// Whoever makes evidence packages asks a configured source for the checkpoint
// of a block, and goes on without when there is none.
func TestEvidenceAsksTheSources(t *testing.T) {
	var asked atomic.Value
	asked.Store("nothing")
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		http.NotFound(w, r)
	}))
	defer source.Close()
	n := withSource(t, source.URL)
	for _, b := range n.evidence(nil, nil).(evidence.Source).Elsewhere {
		if files, err := b.Parts(t.Context(), 0); err != nil || len(files) > 0 {
			t.Errorf("got %v, %v", files, err)
		}
	}
	if got := asked.Load(); got != "/v1/checkpoints?block=0&channel=pledge" {
		t.Errorf("the source was asked for %v", got)
	}
}

// withSource is a node that a source of checkpoints is configured for. On a
// ledger of one's own the configuration would not allow it, but it is the same
// to who asks.
func withSource(t *testing.T, url string) *Node {
	t.Helper()
	c := Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	n, err := Open(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	n.trust.Imprint = &evidence.TrustImprint{}
	n.config.Imprint.Sources = []CheckpointSource{{Name: "court", URL: url}}
	if err := n.openImprint(nil); err != nil {
		t.Fatal(err)
	}
	return n
}
