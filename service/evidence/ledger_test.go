package evidence_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// submit wants each of the commands applied.
func submit(t *testing.T, ledger service.Ledger, jws []string) {
	t.Helper()
	outcomes, err := ledger.Submit(t.Context(), jws)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Status != pledge.Applied {
			t.Fatalf("got %+v", o)
		}
	}
}

// project is the index of all that a ledger holds now.
func project(t *testing.T, ledger service.Ledger) *index.Index {
	t.Helper()
	head, err := ledger.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ix, err := index.Open(filepath.Join(t.TempDir(), "index"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ix.Project(ctx, ledger) }()
	t.Cleanup(func() {
		cancel()
		<-done
		_ = ix.Close()
	})
	if err := ix.WaitFor(t.Context(), head.Height); err != nil {
		t.Fatal(err)
	}
	return ix
}

// latest is the last of these revisions at a height.
func latest(list []service.Revision, height uint64) (service.Revision, error) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Position.Block <= height {
			return list[i], nil
		}
	}
	return service.Revision{}, service.ErrNotFound
}

// firstPage is all of them, or the first when one was asked for.
func firstPage(list []service.Revision, p service.Page) ([]service.Revision, string, error) {
	if p.Limit == 1 && len(list) > 1 {
		return list[:1], "more", nil
	}
	return list, "", nil
}
