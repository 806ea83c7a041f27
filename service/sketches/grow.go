package sketches

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
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

// new are the lines that are not there yet: a block may have been cut in two.
func (s *store) new(list []entry) []entry {
	if len(s.cat.list) == 0 {
		return list
	}
	last := s.cat.last
	return slices.DeleteFunc(list, func(e entry) bool {
		return e.block < last.block || e.block == last.block && e.order <= last.order
	})
}

// add keeps lines with their sketches.
func (s *store) add(ctx context.Context, list []entry, found []*sketch.Sketch) error {
	first := len(s.cat.list)
	if first+len(list) > mostAssets {
		return errors.New("more assets than the index of content has numbers for")
	}
	if err := s.cat.write(list, found); err != nil {
		return err
	}
	s.mu.Lock()
	for i, e := range list {
		s.cat.note(e)
		if found[i] != nil {
			s.keep(numbered{uint32(first + i), *found[i]})
		}
	}
	s.mu.Unlock()
	return s.flush(ctx, uint32(len(s.cat.list)))
}

// keep puts a sketch among the newest, in order. The caller holds the lock.
func (s *store) keep(n numbered) {
	at, _ := sort.Find(len(s.fresh), func(i int) int { return int(n.number) - int(s.fresh[i].number) })
	s.fresh = slices.Insert(s.fresh, at, n)
	s.weight += len(n.Rows.Hashes) + columnHashes*len(n.Cells)
}

// missing are the numbers of assets without sketch.
func (s *store) missing() (list []uint32) {
	for n, h := range s.cat.list {
		if !h.have {
			list = append(list, uint32(n))
		}
	}
	return list
}

// found keeps a sketch that was missing. When many have come, what has them
// not is made again.
func (s *store) found(ctx context.Context, number uint32, sk sketch.Sketch, key [32]byte) error {
	e, err := s.cat.rewrite(number, sk, key)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.cat.replace(number, e)
	if number >= s.end() {
		s.keep(numbered{number, sk})
	} else {
		s.behind = append(s.behind, numbered{number, sk})
	}
	late := len(s.behind)
	s.mu.Unlock()
	if late > s.late {
		return errLate
	}
	return nil
}

// wipe empties the folder. Nobody else uses it but searches.
func (s *store) wipe() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = false
	err := s.close()
	s.cat, s.segments, s.fresh, s.behind, s.weight, s.broken = &catalog{}, nil, nil, nil, 0, true
	for _, name := range []string{fileCheckpoint, fileLedger, fileCatalog, fileSketches} {
		if e := os.Remove(filepath.Join(s.dir, name)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return fmt.Errorf("emptying the index of content: %w", err)
	}
	return nil
}

// reopen takes what is in the folder, after wipe.
func (s *store) reopen() error {
	if !s.broken {
		return nil
	}
	again, err := openStore(s.dir)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cat, s.segments, s.broken = again.cat, again.segments, false
	return nil
}
