package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/timestamp/local"
)

func TestTrustWithTimeStampRoots(t *testing.T) {
	dir := consortiumPackage(t)
	a, err := local.New(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	roots, out := filepath.Join(dir, "roots.pem"), filepath.Join(dir, "trust.json")
	if err := os.WriteFile(roots, append(a.RootPEM(), a.RootPEM()...), 0o600); err != nil {
		t.Fatal(err)
	}
	block := filepath.Join(dir, "genesis.block")
	if code, _, stderr := runIn(t, "evidence", "trust", "-block", block, "-timestamp-roots", roots, "-out", out); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if got := readTrust(t, out).TimeStampRoots; len(got) != 2 || got[0] != string(a.RootPEM()) {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{block, filepath.Join(dir, "none")} {
		if code, _, _ := runIn(t, "evidence", "trust", "-block", block, "-timestamp-roots", bad, "-out", filepath.Join(dir, "bad.json")); code == 0 {
			t.Errorf("%s was taken for roots", bad)
		}
	}
}
