package storage

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
)

// scanAhead bounds what a scan holds: so many leaves of 1 MiB at once.
const (
	scanAhead   = 8
	scanWorkers = 2
)

// scan is one read of a whole object. Leaves are opened and hashed by workers;
// the SHA-256 of the whole, which cannot be split, follows in order.
type scan struct {
	o     *Object
	sums  digests
	jobs  chan *scanJob // to the workers
	order chan *scanJob // the same jobs, to the one that follows
	free  chan []byte   // buffers to use again
}

type scanJob struct {
	index int64
	data  []byte // sealed, then plain
	leaf  Hash
	err   error
	done  chan struct{}
}

// Digest reads and opens everything and returns the SHA-256 and the Merkle
// leaves of the plaintext, holding some 8 MiB however large the object is.
func (o *Object) Digest(ctx context.Context) (Hash, []Hash, error) {
	sums, leaves, err := o.digest(ctx, nil)
	if err != nil {
		return Hash{}, nil, err
	}
	return Hash(sums.whole.Sum(nil)), leaves, nil
}

// digest lets another read along, and closes him before it returns.
func (o *Object) digest(ctx context.Context, beside io.WriteCloser, extras ...Extra) (digests, []Hash, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &scan{o: o, sums: newDigests(sha256.New(), extras), jobs: make(chan *scanJob),
		order: make(chan *scanJob, scanAhead), free: make(chan []byte, scanAhead)}
	if beside != nil {
		defer beside.Close()
		s.sums.beside = beside
	}
	go s.read(ctx)
	for range scanWorkers {
		go s.work()
	}
	leaves := make([]Hash, 0, leafCount(o.size))
	var first error
	for j := range s.order {
		<-j.done
		if first != nil {
			continue // let the others end
		}
		if first = j.err; first != nil {
			cancel()
			continue
		}
		s.sums.write(j.data)
		leaves = append(leaves, j.leaf)
		s.release(j.data)
	}
	if first == nil {
		first = ctx.Err()
	}
	if first != nil {
		return digests{}, nil, fmt.Errorf("reading %s: %w", o.key, first)
	}
	return s.sums, leaves, nil
}

// read hands out leaf after leaf until the end, an error, or ctx ends.
func (s *scan) read(ctx context.Context) {
	defer close(s.order)
	defer close(s.jobs)
	n := leafCount(s.o.size)
	if n == 0 {
		return
	}
	src, err := s.o.bucket.Open(ctx, s.o.key, s.o.offset, sealedSize(s.o.size))
	if err != nil {
		s.fail(err)
		return
	}
	defer src.Close()
	for i := range n {
		j, err := s.next(src, i)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			s.fail(err)
			return
		}
		s.order <- j
		s.jobs <- j
	}
}

func (s *scan) next(src io.Reader, i int64) (*scanJob, error) {
	start := i * leafChunks * sealedChunk
	end := min(start+leafChunks*sealedChunk, sealedSize(s.o.size))
	j := &scanJob{index: i, data: s.buffer(end - start), done: make(chan struct{})}
	return j, readFull(src, j.data)
}

func (s *scan) buffer(n int64) []byte {
	select {
	case b := <-s.free:
		if int64(cap(b)) >= n {
			return b[:n]
		}
	default:
	}
	return make([]byte, n)
}

func (s *scan) release(b []byte) {
	select {
	case s.free <- b:
	default:
	}
}

func (s *scan) fail(err error) {
	j := &scanJob{err: err, done: make(chan struct{})}
	close(j.done)
	s.order <- j
}

func (s *scan) work() {
	for j := range s.jobs {
		if j.data, j.err = s.o.openRun(j.data, j.index*leafChunks); j.err == nil {
			j.leaf = leafHash(j.data)
		}
		close(j.done)
	}
}
