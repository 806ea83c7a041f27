package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/imprint"
)

// bareBlocksSigned wants the court to hold blocks of the channel in which there
// is no command, each with what proves it, and to have signed for them. A
// channel has such blocks before its genesis: those that made it.
func bareBlocksSigned(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "pledge", "blocks", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	bare := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var d imprint.Delivery
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if len(d.Commands) > 0 || d.Genesis || d.Number == 0 {
			continue
		}
		bare++
		receipt := strings.Replace(strings.TrimSuffix(path, ".json")+".jws", string(filepath.Separator)+"blocks"+string(filepath.Separator), string(filepath.Separator)+"receipts"+string(filepath.Separator), 1)
		if _, err := os.Stat(receipt); err != nil || d.Block == "" || len(d.Proofs) > 0 {
			t.Errorf("block %d: no receipt (%v), or %d bytes of it and %d proofs", d.Number, err, len(d.Block), len(d.Proofs))
		}
	}
	if bare == 0 {
		t.Errorf("of %d parts of blocks none is without commands", len(paths))
	}
}
