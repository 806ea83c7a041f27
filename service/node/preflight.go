package node

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/datapledge/datapledge/service/preflight"
)

// Preflight says how what is sealed is examined.
type Preflight struct {
	// SketchKeyFile holds the key of the channel's overlap sketches: 64 hex
	// digits, for its owner's eyes alone. All custodians of a channel have the
	// same. Empty: a ledger of kind solo has its own, <data>/keys/sketch.key,
	// which a start makes; on any other, contents are not compared.
	SketchKeyFile string `json:"sketch_key_file"`
}

func (n *Node) examiner() (*preflight.Examiner, error) {
	key, err := n.config.sketchKey(n.log)
	if err != nil {
		return nil, err
	}
	if key == nil {
		n.log.Warn("no sketches are made of what is sealed: preflight.sketch_key_file names no key")
	}
	return &preflight.Examiner{SketchKey: key, Now: n.config.now}, nil
}

func (c Config) sketchKey(log *slog.Logger) (*[32]byte, error) {
	path := c.Preflight.SketchKeyFile
	switch {
	case path != "":
	case c.Ledger.Kind != ledgerSolo:
		return nil, nil
	default:
		path = filepath.Join(c.Data, "keys", "sketch.key")
		if err := EnsureSketchKey(path, log); err != nil {
			return nil, fmt.Errorf("making %s: %w", path, err)
		}
	}
	key, err := readSketchKey(path)
	if err != nil {
		return nil, fmt.Errorf("preflight.sketch_key_file: %w", err)
	}
	return key, nil
}

// EnsureSketchKey makes a channel's key of overlap sketches, 32 random bytes in
// hex that only its owner can read, unless the file is there. It writes the
// whole file or none, once: sketches of another key cannot be compared with what
// there is.
func EnsureSketchKey(path string, log *slog.Logger) error {
	if exists(path) {
		return nil
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".sketch-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	_, err = io.WriteString(tmp, hex.EncodeToString(key[:])+"\n")
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	log.Info("made the key of the overlap sketches", "file", path)
	return nil
}

func readSketchKey(path string) (*[32]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, errors.Join(err, fmt.Errorf("%s: others can read it: chmod 600", path))
	}
	text, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s is no key of sketches: 64 hex digits", path)
	}
	return (*[32]byte)(key), nil
}
