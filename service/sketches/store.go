package sketches

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// Bounds of what is held in memory before it becomes a segment, of how many
// segments wait to be joined, and of the assets, in ledger order, that count for
// one hash of a row: a column's value that more have is common, and finds
// nobody.
type bounds struct{ postings, sketches, late, most, perHash int }

var usual = bounds{postings: 1 << 18, sketches: 4096, late: 64, most: 24, perHash: 1024}

// store is everything in the folder. One goroutine adds, one joins segments,
// any number search.
type store struct {
	dir string
	bounds

	// mu is held for reading by searches, and for writing while what they see
	// changes.
	mu       sync.RWMutex
	cat      *catalog
	segments []*segment // without a gap from 0, the oldest first
	fresh    []numbered // newer than the segments
	behind   []numbered // were missing when their segment was made
	weight   int        // postings of fresh
	ready    bool       // false: it is not whole, and only repair may touch it
	broken   bool       // the files could not be opened again

	joining sync.Mutex // held while segments are joined
}

// numbered is a sketch in memory.
type numbered struct {
	number uint32
	sketch.Sketch
}

// openStore opens the folder. What segments lack is filled in by repair.
func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of sketches: %w", err)
	}
	s := &store{dir: dir, bounds: usual}
	var err error
	if s.cat, err = openCatalog(dir); err != nil {
		return nil, err
	}
	if err := s.openSegments(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// openSegments takes the longest good ones that follow one another, and
// removes all others: what they held is still in the file of sketches.
func (s *store) openSegments() error {
	names, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("listing segments: %w", err)
	}
	found := map[uint32][]uint32{}
	for _, e := range names {
		if first, last, ok := parseName(e.Name()); ok {
			found[first] = append(found[first], last) // ascending, as the names are
		}
	}
	for next, ok := uint32(0), true; ok; {
		next, ok = s.openFrom(next, found[next])
	}
	return s.removeOthers(names)
}

func (s *store) openFrom(first uint32, lasts []uint32) (uint32, bool) {
	for _, last := range slices.Backward(lasts) {
		if int(last) > len(s.cat.list) {
			continue
		}
		if seg, err := openSegment(s.dir, first, last); err == nil {
			s.segments = append(s.segments, seg)
			return last, true
		}
	}
	return 0, false
}

func (s *store) removeOthers(names []os.DirEntry) error {
	var errs []error
	for _, e := range names {
		ours := strings.HasPrefix(e.Name(), prefix) || strings.HasPrefix(e.Name(), "new-")
		path := filepath.Join(s.dir, e.Name())
		if ours && !slices.ContainsFunc(s.segments, func(seg *segment) bool { return seg.path == path }) {
			errs = append(errs, os.Remove(path))
		}
	}
	return errors.Join(errs...)
}

// covered is the number of the first asset that is in no segment.
func (s *store) covered() uint32 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.end()
}

func (s *store) end() uint32 {
	if n := len(s.segments); n > 0 {
		return s.segments[n-1].last
	}
	return 0
}

func (s *store) close() error {
	errs := []error{s.cat.close()}
	for _, seg := range s.segments {
		errs = append(errs, seg.close())
	}
	return errors.Join(errs...)
}
