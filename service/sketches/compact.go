package sketches

import (
	"context"
	"fmt"
	"slices"
)

// growth is how many times all younger segments together are smaller than one,
// at least: then there are few, and each posting is written about as many
// times for each of them.
const growth = 8

// unbalanced is the place of the oldest segment that is to be joined with all
// younger ones; -1 when none is.
func unbalanced(list []*segment) int {
	at, younger := -1, uint64(0)
	for i := len(list) - 1; i >= 0; i-- {
		if i < len(list)-1 && list[i].count < growth*younger {
			at = i
		}
		younger += list[i].count
	}
	return at
}

// compact joins segments until they are balanced.
func (s *store) compact(ctx context.Context) error {
	s.joining.Lock()
	defer s.joining.Unlock()
	for {
		s.mu.RLock()
		list := s.segments
		s.mu.RUnlock()
		at := unbalanced(list)
		if at < 0 {
			return nil
		}
		one, err := join(ctx, s.dir, list[at:])
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.segments = append(append(slices.Clone(list[:at]), one), s.segments[len(list):]...)
		s.mu.Unlock()
		if err := removeAll(list[at:]); err != nil {
			return err
		}
	}
}

// join makes one segment of several that follow one another.
func join(ctx context.Context, dir string, list []*segment) (*segment, error) {
	w, err := newSegmentWriter(dir, list[0].first, list[len(list)-1].last)
	if err != nil {
		return nil, err
	}
	defer w.drop()
	heads := make([]*reader, len(list))
	var omitted []uint32
	for i, s := range list {
		heads[i], omitted = &reader{segment: s}, append(omitted, s.omitted...)
		if err := heads[i].next(); err != nil {
			return nil, err
		}
	}
	for {
		r := least(heads)
		if r == nil {
			return w.finish(omitted)
		}
		if err := w.add(r.head); err != nil {
			return nil, fmt.Errorf("writing a segment: %w", err)
		}
		if err := r.next(); err != nil {
			return nil, err
		}
		if w.count%(1<<16) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// least is the reader whose head comes next; nil when all are at their ends.
func least(heads []*reader) (first *reader) {
	for _, r := range heads {
		if !r.done && (first == nil || byHash(r.head, first.head) < 0) {
			first = r
		}
	}
	return first
}

// reader reads a segment from front to back.
type reader struct {
	*segment
	head posting
	done bool
	page page
	read int // pages
	at   int // in the page
}

func (r *reader) next() error {
	if r.at == r.page.n {
		if r.read == len(r.pages) {
			r.done = true
			return nil
		}
		if err := r.segment.readFile(r.read, &r.page); err != nil {
			return err
		}
		r.read, r.at = r.read+1, 0
	}
	r.head = posting{r.page.hash(r.at), r.page.ref(r.at)}
	r.at++
	return nil
}
