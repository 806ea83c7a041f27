package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/node"
)

// TestOtherFlagsForOneThatRuns: they must not be passed over in silence.
func TestOtherFlagsForOneThatRuns(t *testing.T) {
	dir, a := t.TempDir(), &app{}
	c, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	g, err := newNetworkGenesis(filepath.Join(dir, "keys"), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := network.Prepare(network.Options{Dir: dir, Consortium: c.Shifted(1000), Genesis: g}); err != nil {
		t.Fatal(err)
	}
	for _, offset := range []int{0, 1000} { // 0 is the flag left out
		if err := a.sameNetwork(dir, upFlags{offset: offset}); err != nil {
			t.Errorf("%d: %v", offset, err)
		}
	}
	if err := a.sameNetwork(dir, upFlags{offset: 2000}); err == nil || !strings.Contains(err.Error(), "-ports") {
		t.Errorf("other ports: %v", err)
	}
}

// TestShellWord: what is printed to be typed can be typed.
func TestShellWord(t *testing.T) {
	for path, want := range map[string]string{"/a/b": "/a/b", "/a b": "'/a b'", "/it's": `'/it'\''s'`} {
		if got := shellWord(path); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestLedgerOutOfReachHint: whoever just typed 'serve' is not told to.
func TestLedgerOutOfReachHint(t *testing.T) {
	config := node.Default()
	config.Ledger.Kind = "fabric"
	err := (&app{stderr: &strings.Builder{}}).notOpened(t.Context(), config, fmt.Errorf("peers: %w", service.ErrUnavailable))
	got := hints(err)
	if len(got) != 1 || !strings.Contains(got[0], "network up") {
		t.Errorf("got %q", got)
	}
}
