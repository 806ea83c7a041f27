package solo

import (
	"bytes"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// layers are the newest parts of the state index, kept in memory until they
// are worth writing: random puts are what a B+tree is slowest at. A key is
// looked up in active, then in frozen, then in the file. After a crash the
// layers are rebuilt from the blocks.
type layers struct {
	limits limits
	active map[keyHash]location
	frozen *frozen // being written to the file, a little with every block
	values cache
}

// frozen is a layer that takes no more changes.
type frozen struct {
	places map[keyHash]location
	order  []keyHash
	next   int
	height uint64 // the index in the file is whole up to here once it is written
}

func newLayers(l limits) layers {
	return layers{limits: l, active: map[keyHash]location{}, values: newCache(l.values)}
}

func (s *layers) find(h keyHash) (location, bool) {
	if l, ok := s.active[h]; ok {
		return l, true
	}
	if s.frozen != nil {
		l, ok := s.frozen.places[h]
		return l, ok
	}
	return location{}, false
}

// freeze starts writing the active layer once it is full.
func (s *layers) freeze(height uint64, full int) {
	if s.frozen != nil || len(s.active) < full {
		return
	}
	f := &frozen{places: s.active, order: make([]keyHash, 0, len(s.active)), height: height}
	for h := range s.active {
		f.order = append(f.order, h)
	}
	slices.SortFunc(f.order, func(a, b keyHash) int { return bytes.Compare(a[:], b[:]) })
	s.frozen, s.active = f, make(map[keyHash]location, len(s.active))
}

func (s *layers) unwritten() bool { return s.frozen != nil || len(s.active) > 0 }

// written notes that the first n of the frozen layer are in the file.
func (s *layers) written(n int) {
	if s.frozen == nil {
		return
	}
	if s.frozen.next = n; n == len(s.frozen.order) {
		s.frozen = nil
	}
}

// cache keeps values that were used lately, about limit bytes: what was not
// used during one generation is forgotten with the next.
type cache struct {
	limit, size int
	young, old  map[string][]byte
}

func newCache(limit int) cache { return cache{limit: limit / 2, young: map[string][]byte{}} }

func (c *cache) get(key string) ([]byte, bool) {
	if v, ok := c.young[key]; ok {
		return v, true
	}
	v, ok := c.old[key]
	return v, ok
}

func (c *cache) put(w pledge.Write) {
	const overhead = 64
	if c.size += len(w.Key) + len(w.Value) + overhead; c.size > c.limit {
		c.size, c.old, c.young = 0, c.young, make(map[string][]byte, len(c.young))
	}
	c.young[w.Key] = w.Value
}
