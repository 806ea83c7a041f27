package index

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A full disk is named, with what to do about it.
func TestFullDiskIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	s, err := openStore(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	_, full := s.write.ExecContext(t.Context(), `PRAGMA max_page_count=1; CREATE TABLE more AS SELECT zeroblob(1000000) AS b`)
	for _, err := range []error{full, fmt.Errorf("opening: %w", syscall.ENOSPC)} {
		if got := asFull(err, path); !strings.Contains(got.Error(), "make room") || !errors.Is(got, err) {
			t.Errorf("got %v, want what to do", got)
		}
	}
	if other := errors.New("other"); asFull(other, path) != other {
		t.Error("another error is called a full disk")
	}
}
