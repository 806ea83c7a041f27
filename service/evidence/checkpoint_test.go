package evidence_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// TestCheckpointAlone judges the files of one block as it would in a package:
// every change of them, or another block, is seen.
func TestCheckpointAlone(t *testing.T) {
	i := newCheckpointed(t)
	good, err := i.Parts(t.Context(), notarized)
	if err != nil {
		t.Fatal(err)
	}
	next, err := i.Parts(t.Context(), notarized+perCheckpoint)
	if err != nil {
		t.Fatal(err)
	}
	trust, hash := i.trust(), i.hash(notarized)
	held, err := evidence.CheckCheckpoint(t.Context(), trust, notarized, hash, good)
	if err != nil || held.Block != notarized || held.Channel != "imprint" || len(held.Members) < 2 {
		t.Fatalf("got %+v, %v", held, err)
	}
	for what, change := range map[string]func(map[string][]byte){
		"nothing":             func(f map[string][]byte) { clear(f) },
		"no checkpoint":       func(f map[string][]byte) { delete(f, checkpointFile(notarized)) },
		"without its block":   func(f map[string][]byte) { delete(f, imprintFile(heldAt)) },
		"another checkpoint":  func(f map[string][]byte) { clear(f); maps.Copy(f, next) },
		"two":                 func(f map[string][]byte) { maps.Copy(f, next) },
		"a block too many":    func(f map[string][]byte) { f[imprintFile(1)] = i.on.bytes(1) },
		"another name":        func(f map[string][]byte) { f["record.json"] = []byte("{}") },
		"a name with a path":  func(f map[string][]byte) { f["imprint/blocks/../x.block"] = []byte("{}") },
		"a path that is none": func(f map[string][]byte) { replaceIn(f, checkpointFile(notarized), `"path":["`, `"path":["00","`) },
		"a signature altered": func(f map[string][]byte) {
			replaceIn(f, checkpointFile(notarized), `"attestation":"`, `"attestation":"AAAA`)
		},
	} {
		f := maps.Clone(good)
		change(f)
		if held, err := evidence.CheckCheckpoint(t.Context(), trust, notarized, hash, f); err == nil {
			t.Errorf("%s: %+v", what, held)
		}
	}
	if held, err := evidence.CheckCheckpoint(t.Context(), trust, notarized, i.hash(notarized+1), good); err == nil {
		t.Errorf("of another hash: %+v", held)
	}
	trust.Imprint = nil
	if _, err := evidence.CheckCheckpoint(t.Context(), trust, notarized, hash, good); err == nil || !strings.Contains(err.Error(), "imprint") {
		t.Errorf("trusting no such channel: %v", err)
	}
}

func checkpointFile(block int) string {
	return strings.Replace(strings.Replace(imprintFile(block), "blocks", "checkpoints", 1), ".block", ".json", 1)
}

func replaceIn(f map[string][]byte, name, old, text string) {
	f[name] = bytes.Replace(f[name], []byte(old), []byte(text), 1)
}
