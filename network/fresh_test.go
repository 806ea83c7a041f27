package network

import (
	"os"
	"path/filepath"
	"testing"
)

// What never joined starts from nothing; what did is never touched.
func TestOnlyNodesThatNeverJoinedStartAfresh(t *testing.T) {
	l := layout{standard(t), t.TempDir()}
	for _, path := range []string{
		"nodes/peer.bank/data/ledgersData/chains/chains/pledge/blockfile_000000", "nodes/peer.court/data/transientStoreFileLock/LOG",
		"nodes/orderer.court/data/chains/pledge/blockfile_000000", "nodes/orderer.notary/data/index/LOG",
	} {
		if err := writeFile(l.path(filepath.FromSlash(path)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.afresh(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"peer.bank": true, "peer.court": false, "orderer.court": true, "orderer.notary": false} {
		if got := exists(l.node(name, "data")); got != want {
			t.Errorf("%s: data are there: %v, want %v", name, got, want)
		}
	}
}

func TestSecretsAreTheOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s3", "secret-key")
	if err := secret(path); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(path)
	if err != nil || len(first) != 27 {
		t.Fatalf("%d %v", len(first), err)
	}
	if s, err := os.Stat(path); err != nil || s.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", s.Mode(), err)
	}
	if err := secret(path); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(first) {
		t.Error("made twice")
	}
}
