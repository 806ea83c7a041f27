package receiver

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/datapledge/datapledge/service/imprint"
)

// maxSets is how many ways of cutting one block into parts are held at once:
// several senders may each have theirs, while one who makes up numbers of parts
// must not fill the disk.
const maxSets = 4

// partFile is a file of a block.
type partFile struct {
	path        string
	part, parts int
	at          time.Time
}

// partsOf lists the files of a block, of whatever number of parts.
func (s *store) partsOf(number uint64) (list []partFile, err error) {
	paths, err := filepath.Glob(s.path("blocks", number, ".*json"))
	if err != nil {
		return nil, fmt.Errorf("listing the parts of block %d: %w", number, err)
	}
	for _, path := range paths {
		p := partFile{path: path, part: 1, parts: 1}
		if path != s.path("blocks", number, ".json") {
			p.part, p.parts = placeOf(path, s.path("blocks", number, ""))
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("listing the parts of block %d: %w", number, err)
		}
		if p.at = info.ModTime(); p.part > 0 {
			list = append(list, p)
		}
	}
	return list, nil
}

// placeOf reads the name that partEnding gives, 0 for any other.
func placeOf(path, stem string) (part, parts int) {
	_, err := fmt.Sscanf(path[len(stem):], ".%d-of-%d.json", &part, &parts)
	if err != nil || path != stem+partEnding(part, parts) {
		return 0, 0
	}
	return part, parts
}

// inOrder wants the part before this one to be held, and at the first one of a
// set makes room for it.
func (s *store) inOrder(d imprint.Delivery) error {
	if d.Part == 1 {
		return s.makeRoom(d)
	}
	_, err := os.Stat(s.path("blocks", d.Number, partEnding(d.Part-1, d.Parts)))
	if errors.Is(err, fs.ErrNotExist) {
		return missing(d.Number, d.Part-1)
	}
	return err
}

// makeRoom takes away the sets of parts that have waited longest for their next
// one, while there would be too many: their senders begin again.
func (s *store) makeRoom(d imprint.Delivery) error {
	list, err := s.partsOf(d.Number)
	if err != nil {
		return err
	}
	sets := map[int]time.Time{}
	for _, p := range list {
		if p.at.After(sets[p.parts]) {
			sets[p.parts] = p.at
		}
	}
	delete(sets, d.Parts)
	for len(sets) >= maxSets {
		n := oldest(sets)
		if err := s.forget(list, n); err != nil {
			return err
		}
		delete(sets, n)
	}
	return nil
}

func oldest(sets map[int]time.Time) (parts int) {
	for n, at := range sets {
		if c := at.Compare(sets[parts]); parts == 0 || cmp.Or(c, cmp.Compare(n, parts)) < 0 {
			parts = n
		}
	}
	return parts
}

// forget takes the first part away last: what is left after a crash still counts
// as a set.
func (s *store) forget(list []partFile, parts int) error {
	slices.SortFunc(list, func(a, b partFile) int { return cmp.Compare(b.part, a.part) })
	for _, p := range list {
		if p.parts != parts {
			continue
		}
		if err := os.Remove(p.path); err != nil {
			return fmt.Errorf("removing parts that were not followed up: %w", err)
		}
	}
	return nil
}
