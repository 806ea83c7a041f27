package node_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/node"
)

// TestFirstStartMakesTheSketchKey, once, for its owner's eyes alone.
func TestFirstStartMakesTheSketchKey(t *testing.T) {
	c := config(t)
	path := filepath.Join(c.Data, "keys", "sketch.key")
	var first string
	for range 2 {
		n := open(t, c, io.Discard)
		closed(t, n)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || len(text) != 65 {
			t.Errorf("%v, %v, %d bytes", info, err, len(text))
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Error("the second start made another key")
		}
	}
}

// TestBadSketchKeysAreRefused when the node starts, not at the first seal.
func TestBadSketchKeysAreRefused(t *testing.T) {
	good := strings.Repeat("0a", 32)
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"short": {good[2:], 0o600}, "long": {good + "0a", 0o600}, "no hex": {strings.Repeat("x", 64), 0o600}, "empty": {"", 0o600}, "read by others": {good, 0o644},
	} {
		c := config(t)
		c.Preflight.SketchKeyFile = filepath.Join(t.TempDir(), "sketch.key")
		if err := os.WriteFile(c.Preflight.SketchKeyFile, []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
		n, err := node.Open(t.Context(), c, nil)
		if err == nil {
			closed(t, n)
		}
		if err == nil || !strings.Contains(err.Error(), "sketch_key_file") || strings.Contains(err.Error(), good[:20]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := config(t)
	c.Preflight.SketchKeyFile = filepath.Join(t.TempDir(), "gone")
	if _, err := node.Open(t.Context(), c, nil); err == nil {
		t.Error("a key that is not there")
	}
}
