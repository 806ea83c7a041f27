package solo

import "github.com/datapledge/datapledge/pledge"

// layers are the newest parts of the state index, kept in memory until they
// are worth writing: random puts are what a B+tree is slowest at, since each
// costs a page; the more there are at once, the more of them share one. A key
// is looked up in active, then in frozen, then in the file. After a crash the
// layers are rebuilt from the blocks.
type layers struct {
	limits limits
	active layer
	frozen *frozen // being written to the file, a little with every block
	values cache
}

// hashed is a line of the state index.
type hashed struct {
	hash keyHash
	location
}

// layer takes changes. A map of numbers into a list takes half the memory of
// a map of locations.
type layer struct {
	at    map[keyHash]uint32
	lines []hashed
}

func newLayers(l limits) layers {
	return layers{limits: l, active: layer{at: map[keyHash]uint32{}}, values: newCache(l.values)}
}

func (l *layer) get(h keyHash) (location, bool) {
	if i, ok := l.at[h]; ok {
		return l.lines[i].location, true
	}
	return location{}, false
}

func (l *layer) put(h keyHash, at location) {
	if i, ok := l.at[h]; ok {
		l.lines[i].location = at
		return
	}
	l.at[h] = uint32(len(l.lines))
	l.lines = append(l.lines, hashed{h, at})
}

func (s *layers) find(h keyHash) (location, bool) {
	if l, ok := s.active.get(h); ok || s.frozen == nil {
		return l, ok
	}
	return s.frozen.get(h)
}

// freeze starts writing the active layer once it is full. Its room is used again.
func (s *layers) freeze(height uint64, full int) {
	if s.frozen != nil || len(s.active.lines) < full {
		return
	}
	s.frozen = newFrozen(s.active.lines, height)
	clear(s.active.at)
	s.active.lines = s.active.lines[:0]
}

func (s *layers) unwritten() bool { return s.frozen != nil || len(s.active.lines) > 0 }

// written notes that the first n of the frozen layer are in the file.
func (s *layers) written(n int) {
	if s.frozen == nil {
		return
	}
	if s.frozen.next = n; n == len(s.frozen.lines) {
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
