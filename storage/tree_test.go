package storage_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// TestFileOrFolder: no path is both, and a refusal can be mended.
func TestFileOrFolder(t *testing.T) {
	for _, c := range []struct{ first, second string }{{"x", "x/y"}, {"x/y", "x"}, {"x", "x/y/z"}, {"x/y/z", "x/y"}} {
		f := newFixture(t)
		id := f.begin()
		f.write(id, c.first, []byte("1"))
		f.write(id, "xy", []byte("a neighbour"))
		send := func() error {
			_, err := f.other.Write(t.Context(), id, storage.WriteRequest{Path: c.second, Size: -1, Body: strings.NewReader("2")})
			return err
		}
		if err := send(); !errors.As(err, new(*storage.PathError)) {
			t.Errorf("%v: got %v, want a PathError", c, err)
		}
		if files, err := f.Files(t.Context(), id); err != nil || len(files) != 2 {
			t.Errorf("%v: got %+v, %v; want the first file and its neighbour", c, files, err)
		}
		if err := f.Remove(t.Context(), id, c.first); err != nil {
			t.Fatal(err)
		}
		if err := send(); err != nil {
			t.Errorf("%v: after the removal: %v", c, err)
		}
		if s := f.seal(id); len(s.Files) != 2 {
			t.Errorf("%v: got %+v", c, s.Files)
		}
	}
}
