package node_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/service/solo"
)

// A person's decision lets a stopped imprint go on, with the service down, and
// for an imprint that the configuration names.
func TestResumeImprint(t *testing.T) {
	c := config(t)
	n := open(t, c, io.Discard)
	trust := evidence.TrustOf(n.Ledger().Info())
	closed(t, n)
	c.Imprint.Sinks = []node.Sink{{Name: "court", Kind: "http", URL: startCourt(t, c, trust), Party: "11330100MADEUP048D"}}
	n = open(t, c, io.Discard)
	untilReceipts(t, n)
	resume := func(sink string) error {
		_, err := node.ResumeImprint(t.Context(), c, sink, false, slog.New(slog.DiscardHandler))
		return err
	}
	if err := resume("court"); !errors.Is(err, solo.ErrLocked) {
		t.Errorf("while the service runs: got %v", err)
	}
	closed(t, n)
	if err := resume("court"); !errors.Is(err, pledge.WrongState) {
		t.Errorf("not stopped: got %v", err)
	}
	if err := resume("other"); !errors.Is(err, pledge.NotFound) {
		t.Errorf("not configured: got %v", err)
	}
	mark := filepath.Join(c.Data, "imprint", "court", "stopped.json")
	if err := os.WriteFile(mark, []byte(`{"v":1,"at":"2026-01-02T03:04:05Z","number":7,"ledger":"a","sink":"b","why":"because"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := node.ResumeImprint(t.Context(), c, "court", false, slog.New(slog.DiscardHandler))
	if _, left := os.Stat(mark); err != nil || left == nil || r.Stopped != "because" || r.Since != "2026-01-02T03:04:05Z" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func untilReceipts(t *testing.T, n *node.Node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if list := n.Service().ImprintStatus(ctx); len(list) == 1 && list[0].Receipts > 0 && list[0].LagBlocks == 0 {
			return
		} else if ctx.Err() != nil {
			t.Fatalf("got %+v", list)
		}
		time.Sleep(time.Millisecond)
	}
}
