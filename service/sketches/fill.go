package sketches

import (
	"context"
	"slices"
)

// repair reads into memory what no segment has, and makes segments of it where
// it is much. Nobody searches meanwhile.
func (s *store) repair(ctx context.Context) error {
	s.mu.Lock()
	s.ready, s.fresh, s.behind, s.weight = false, nil, nil, 0
	torn := slices.IndexFunc(s.segments, func(seg *segment) bool { return seg.torn.Load() })
	s.mu.Unlock()
	if torn >= 0 {
		if err := s.forget(torn); err != nil {
			return err
		}
	}
	if err := s.loadLate(); err != nil {
		return err
	}
	for n := s.covered(); int(n) < len(s.cat.list); n++ {
		if err := s.load(n, &s.fresh); err != nil {
			return err
		}
		if err := s.flush(ctx, n+1); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.mu.Lock()
	s.ready = true
	s.mu.Unlock()
	return nil
}

// suspect holds all segments for torn when it is not known which is.
func (s *store) suspect() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if slices.ContainsFunc(s.segments, func(seg *segment) bool { return seg.torn.Load() }) {
		return
	}
	for _, seg := range s.segments {
		seg.torn.Store(true)
	}
}

// loadLate finds sketches that came after their segment was made. A segment
// for which many came is made again.
func (s *store) loadLate() error {
	for i, seg := range s.segments {
		for _, n := range seg.omitted {
			if err := s.load(n, &s.behind); err != nil {
				return err
			}
		}
		if len(s.behind) > s.late {
			s.behind = slices.DeleteFunc(s.behind, func(l numbered) bool { return l.number >= seg.first })
			return s.forget(i)
		}
	}
	return nil
}

// forget removes the segments from one on.
func (s *store) forget(from int) error {
	s.mu.Lock()
	gone := s.segments[from:]
	s.segments = slices.Clone(s.segments[:from])
	s.mu.Unlock()
	return removeAll(gone)
}

func (s *store) load(number uint32, into *[]numbered) error {
	if !s.cat.list[number].have {
		return nil
	}
	sk, err := s.cat.sketch(number)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	*into = append(*into, numbered{number, sk})
	if into == &s.fresh {
		s.weight += len(sample(sk.Rows).Hashes) + columnHashes*len(sk.Cells)
	}
	return nil
}

// flush makes a segment of what is in memory, up to a number, when it is much.
func (s *store) flush(ctx context.Context, until uint32) error {
	if s.weight < s.postings && len(s.fresh) < s.sketches {
		return nil
	}
	var list []posting
	var omitted []uint32
	first := s.covered()
	for _, f := range s.fresh {
		list = postings(list, f.number, f.Sketch)
	}
	for n := first; n < until; n++ {
		if !s.cat.list[n].have {
			omitted = append(omitted, n)
		}
	}
	seg, err := build(s.dir, first, until, list, omitted)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.segments, s.fresh, s.weight = append(slices.Clip(s.segments), seg), nil, 0
	many := len(s.segments) > s.most
	s.mu.Unlock()
	if many {
		return s.compact(ctx)
	}
	return nil
}
