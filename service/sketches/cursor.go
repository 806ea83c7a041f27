package sketches

import (
	"context"
	"fmt"
	"runtime/debug"
)

// cursor looks hashes up in a segment, in ascending order: what it has at hand
// of the page before serves the next one.
type cursor struct {
	*segment
	at   int // the page at hand; -1: none
	page page
}

// findAll calls fn with the place of each hash and its refs, ascending, until
// it returns false for the hash. The hashes are sorted, and in the pages of
// these numbers.
func (s *segment) findAll(ctx context.Context, hashes []uint64, pages []int32, fn func(i int, ref uint32) bool) error {
	c := &cursor{segment: s, at: -1}
	for i, h := range hashes {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.find(h, int(pages[i]), func(ref uint32) bool { return fn(i, ref) }); err != nil {
			return err
		}
	}
	return nil
}

// find looks from a page on.
func (c *cursor) find(h uint64, first int, fn func(ref uint32) bool) error {
	for i := first; i < len(c.pages) && c.pages[i] <= h; i++ {
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
