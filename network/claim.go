package network

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Prepare writes down in the folder what its network is made from, once. A
// folder that holds another network is refused, and so is one that holds
// something else: everything in it is this package's to overwrite.
func Prepare(o Options) error {
	l, err := o.layout()
	if err != nil {
		return err
	}
	unlock, err := l.claim()
	if err != nil {
		return err
	}
	defer unlock()
	return l.writeDown(o.Genesis)
}

func (o Options) layout() (layout, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return layout{}, err
	}
	if err := o.Consortium.Check(); err != nil {
		return layout{}, fmt.Errorf("the consortium: %w", err)
	}
	return layout{o.Consortium, dir}, nil
}

// ErrRunning says that a process keeps the folder's network running.
var ErrRunning = errors.New("the network is run by another process")

// claim takes the folder for this process.
func (l layout) claim() (func(), error) {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, err
	}
	if err := l.ours(); err != nil {
		return nil, err
	}
	unlock, err := tryLock(l.path("lock"))
	if errors.Is(err, errLocked) {
		err = fmt.Errorf("%w: %s", ErrRunning, l.dir)
	}
	return unlock, err
}

// ours are the only things that may be in a folder before its network is.
var ours = []string{"keys", "lock", "supervisor.log"}

func (l layout) ours() error {
	if exists(l.path("consortium.json")) {
		return nil
	}
	list, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !slices.Contains(ours, e.Name()) {
			return fmt.Errorf("%s holds %s, but no consortium.json: it is no network's folder; name an empty or a new one", l.dir, e.Name())
		}
	}
	return nil
}

func (l layout) writeDown(g pledge.Genesis) error {
	text, err := l.text()
	if err != nil {
		return err
	}
	genesis, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(l.once("consortium.json", text), l.once("genesis.json", append(genesis, '\n')), l.whole())
}

// once writes a file, or makes sure that it says the same.
func (l layout) once(name string, text []byte) error {
	old, err := os.ReadFile(l.path(name))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return writeFile(l.path(name), text, 0o600)
	case err != nil:
		return err
	case !bytes.Equal(old, text):
		return fmt.Errorf("%s holds a network that was made from another %s: start it with the same one, or another network in an empty folder", l.dir, name)
	}
	return nil
}

// whole refuses a folder of which a part was lost that cannot be made again.
func (l layout) whole() error {
	for _, ch := range l.channels() {
		if exists(l.firstBlock(ch)) && !exists(l.path("crypto")) {
			return fmt.Errorf("%s has a channel, but its keys (crypto) are gone: restore them from a copy, or start in an empty folder", l.dir)
		}
		if exists(l.path("nodes")) && !exists(l.firstBlock(ch)) {
			return fmt.Errorf("%s has nodes, but a channel's first block (%s) is gone: restore it from a copy, or start in an empty folder", l.dir, ch.file)
		}
	}
	return nil
}

// Made reads what the network in a folder was made from.
func Made(dir string) (Consortium, pledge.Genesis, error) {
	var g pledge.Genesis
	c, err := Load(filepath.Join(dir, "consortium.json"))
	if err != nil {
		return c, g, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "genesis.json"))
	if err != nil {
		return c, g, fmt.Errorf("reading the genesis: %w", err)
	}
	if err := pledge.StrictUnmarshal(text, &g); err != nil {
		return c, g, fmt.Errorf("%s: %w", filepath.Join(dir, "genesis.json"), err)
	}
	return c, g, nil
}
