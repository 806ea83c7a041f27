package sketches

import (
	"context"
	"io"
	"os"
)

// warm reads segments from front to back, which disks do a hundred times
// faster than page by page, so that the system has them in memory when
// searches come: those written later it has anyway. It returns the number of
// bytes. One that is gone was joined meanwhile; one that cannot be read, a
// search tells.
func (s *store) warm(ctx context.Context) (n int64) {
	s.mu.RLock()
	list := s.segments
	s.mu.RUnlock()
	for _, seg := range list {
		n += readThrough(ctx, seg.path)
	}
	return n
}

func readThrough(ctx context.Context, path string) (n int64) {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	for b := make([]byte, 1<<20); ctx.Err() == nil && err == nil; {
		var read int
		read, err = io.ReadFull(f, b)
		n += int64(read)
	}
	return n
}
