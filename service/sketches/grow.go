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

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

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
	s.weight += len(sample(n.Rows).Hashes) + columnHashes*len(n.Cells)
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
