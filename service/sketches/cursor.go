package sketches

import (
	"fmt"
	"runtime/debug"
	"slices"
)

// cursor looks hashes up in a segment, in ascending order: what it has at hand
// of the page before serves the next one.
type cursor struct {
	*segment
	at   int // the page at hand; -1: none
	page page
}

func (s *segment) cursor() *cursor { return &cursor{segment: s, at: -1} }

// find calls fn with the refs of a hash, ascending, until it returns false.
func (c *cursor) find(h uint64, fn func(ref uint32) bool) error {
	low := max(c.at, 0)
	i, _ := slices.BinarySearch(c.pages[low:], h) // the first page that begins with h or after
	for i = max(0, low+i-1); i < len(c.pages) && c.pages[i] <= h; i++ {
		if c.at != i {
			c.at = -1
			if err := c.read(i, &c.page); err != nil {
				return err
			}
			c.at = i
		}
		for k := c.page.from(h); k < c.page.n; k++ {
			if c.page.hash(k) != h || !fn(c.page.ref(k)) {
				return nil
			}
		}
	}
	return nil
}

// faults turns the fault of touching a page that cannot be read, because the
// disk fails or somebody cut the file, into an error.
func faults(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch f := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = fmt.Errorf("%w: %v", errTorn, f)
		default:
			panic(f)
		}
	}()
	return fn()
}
