package sketches

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const (
	fileLedger     = "ledger.json"
	fileCheckpoint = "checkpoint.json"
)

// origin is which ledger the folder was made from.
type origin struct {
	V       int    `json:"v"`
	Channel string `json:"channel"`
	Genesis string `json:"genesis_hash"`
}

// checkpoint is a block up to which the ledger was followed, and how many
// assets there were then: where lines of the catalog are lost, it is void.
type checkpoint struct {
	V      int    `json:"v"`
	Hash   string `json:"hash"`
	Number uint64 `json:"number"`
	Assets int    `json:"assets"`
}

// belongs gives errForked for a folder of another ledger. A new one is marked.
func (s *store) belongs(info service.LedgerInfo) error {
	want := origin{1, info.Channel, info.GenesisHash}
	var have origin
	ok, err := s.readJSON(fileLedger, &have)
	if err != nil || ok && have == want {
		return err
	}
	if ok || len(s.cat.list) > 0 {
		return fmt.Errorf("%w: its first block is %.64s, was %.64s", errForked, want.Genesis, have.Genesis)
	}
	return s.writeJSON(fileLedger, want)
}

// readJSON takes a file that is damaged for one that is not there.
func (s *store) readJSON(name string, into any) (bool, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the index of content: %w", err)
	}
	return pledge.StrictUnmarshal(data, into) == nil, nil
}

// writeJSON replaces a file: a crash leaves the old or the new one, whole.
func (s *store) writeJSON(name string, v any) error {
	data, err := pledge.CanonicalJSON(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, "new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(s.dir, name))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	return syncDir(s.dir)
}

func (s *store) setCheckpoint(h service.Head) error {
	return s.writeJSON(fileCheckpoint, checkpoint{1, h.Hash, h.Height, len(s.cat.list)})
}

// head is the newest block that is known to be in the folder; nil when none is.
func (s *store) head() (*service.Head, error) {
	var c checkpoint
	ok, err := s.readJSON(fileCheckpoint, &c)
	if err != nil {
		return nil, err
	}
	n := len(s.cat.list)
	if ok = ok && n >= c.Assets; ok && (n == 0 || c.Number > s.cat.last.block) {
		return &service.Head{Height: c.Number, Hash: c.Hash}, nil
	}
	if n == 0 {
		return nil, nil
	}
	return headOf(s.cat.last), nil
}
