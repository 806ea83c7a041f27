package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestListable: a dataset of many long names must not be refused for a list
// that it may leave out, and a small one always lists.
func TestListable(t *testing.T) {
	files := func(n, name int) []pledge.File {
		list := make([]pledge.File, n)
		for i := range list {
			hex := fmt.Sprintf("%064d", i)
			list[i] = pledge.File{Path: strings.Repeat("x", name), Size: 1, SHA256: hex, Root: hex}
		}
		return list
	}
	for _, c := range []struct {
		n, name int
		want    bool
	}{{1, 10, true}, {500, 1000, true}, {501, 400, false}, {800, 20, true}, {1000, 45, false}, {1001, 5, false}} {
		if got := listable(files(c.n, c.name)); got != c.want {
			t.Errorf("%d files with names of %d bytes: got %v", c.n, c.name, got)
		}
	}
}
