package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
)

const (
	// partsInFlight bounds the memory of a write: one part is read and hashed
	// while the others are sealed and put, 8.4 MiB each.
	partsInFlight = 4
	prefixRoom    = 4 << 10 // of a pooled buffer, before the first chunk
)

// pipeline moves one request's bytes into the bucket. Reading and the SHA-256
// of the whole, which cannot be split, go on in order; sealing, committing and
// putting follow part by part, several at a time.
type pipeline struct {
	v      *Vault
	a      *attempt
	w      WriteRequest
	ctx    context.Context // of the request
	stop   context.Context // ends the reading when a part has failed
	cancel context.CancelCauseFunc

	body  *sizedReader
	whole hash.Hash // the file up to here
	run1  hash.Hash // this request, when it is not the same and a digest is wanted
	next  int       // number of the part to read
	total int64     // bytes of the file up to here
	sent  bool      // some part of this request was committed to

	tokens chan struct{}
	free   chan *[]byte
	wg     sync.WaitGroup
	mu     sync.Mutex // of put
	put    map[int]Part
}

func newPipeline(ctx context.Context, v *Vault, a *attempt, w WriteRequest) (*pipeline, error) {
	whole, err := a.last.digest()
	if err != nil {
		return nil, err
	}
	p := &pipeline{v: v, a: a, w: w, whole: whole, next: len(a.parts) + 1, total: w.Off,
		body:   &sizedReader{r: w.Body, left: -1, err: &SizeError{w.Path, w.Size}},
		tokens: make(chan struct{}, partsInFlight), free: make(chan *[]byte, partsInFlight), put: make(map[int]Part)}
	if w.Size >= 0 {
		p.body.left = w.Size - w.Off
	}
	if w.Digest != nil && w.Off > 0 {
		p.run1 = sha256.New()
	}
	p.ctx = ctx
	p.stop, p.cancel = context.WithCancelCause(ctx)
	return p, nil
}

// run reads to the end of the body and waits for what it sent on.
func (p *pipeline) run() error {
	err := p.read()
	p.wg.Wait()
	p.returnBuffers()
	if failed := context.Cause(p.stop); failed != nil {
		err = failed // what a part ran into says more than that reading stopped
	}
	p.cancel(nil)
	if err != nil {
		return err
	}
	return p.collect()
}

// collect hands the parts on to the attempt in order.
func (p *pipeline) collect() error {
	for n := len(p.a.parts) + 1; n < p.next; n++ {
		p.a.parts = append(p.a.parts, p.put[n])
	}
	return nil
}

// read fills part after part. A part is sent on as not the last one only when
// a byte after it was seen or announced: an age file may not end with an empty
// chunk, so what follows must exist.
func (p *pipeline) read() error {
	var ahead []byte
	for {
		t, err := p.acquire()
		if err != nil {
			return err
		}
		t.plain, err = p.fill(t, ahead)
		ahead = nil
		if err == nil {
			if ahead, err = p.peek(); err == nil {
				if err = p.send(t, false); err != nil {
					return err
				}
				continue
			}
		}
		return p.end(t, err)
	}
}

func (p *pipeline) peek() ([]byte, error) {
	one := make([]byte, 1)
	_, err := fillFrom(p.body, one)
	return one, err
}

// end deals with the last run of bytes, which err (io.EOF or worse) followed.
func (p *pipeline) end(t *part, err error) error {
	whole := t.plain == PartSize && p.w.Size > p.total
	if !errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading %q: %w", p.w.Path, err)
		if whole {
			return errors.Join(err, p.send(t, false))
		}
		p.release(t)
		return err
	}
	if err := p.checkDigest(); err != nil {
		p.release(t)
		return err
	}
	if t.plain == 0 && t.n > 1 {
		p.release(t)
		if p.w.Size == p.total {
			return &ChangedError{p.w.Path} // more was there the last time
		}
		return nil // nothing came, and more was announced: not the end
	}
	if last := p.w.Size < 0 || p.w.Size == p.total; last || whole {
		return p.send(t, last)
	}
	p.release(t)
	return nil
}

func (p *pipeline) checkDigest() error {
	if p.w.Digest == nil {
		return nil
	}
	h := p.whole
	if p.run1 != nil {
		h = p.run1
	}
	if [sha256.Size]byte(h.Sum(nil)) == *p.w.Digest {
		return nil
	}
	if p.sent {
		return &DigestError{p.w.Path, 0}
	}
	return &DigestError{p.w.Path, p.w.Off}
}

// fill reads up to a whole part into its slots, hashing on the way.
func (p *pipeline) fill(t *part, ahead []byte) (int, error) {
	src := io.Reader(p.body)
	if len(ahead) > 0 {
		src = io.MultiReader(bytes.NewReader(ahead), p.body)
	}
	for i := range partChunks {
		slot := t.slot(i)
		n, err := fillFrom(src, slot)
		p.hash(slot[:n])
		t.plain += n
		if err != nil {
			return t.plain, err
		}
		if i == 0 {
			src = p.body
		}
	}
	return t.plain, p.stop.Err()
}

// fillFrom fills b or says why not, in the reader's own words: io.ReadFull
// would make an io.EOF within b look like the io.ErrUnexpectedEOF of a body
// that was cut off, and a cut file must never pass for a whole one.
func fillFrom(r io.Reader, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = r.Read(b[n:])
		n += m
	}
	if n == len(b) && errors.Is(err, io.EOF) {
		err = nil // the next read says so again
	}
	return n, err
}

func (p *pipeline) hash(b []byte) {
	_, _ = p.whole.Write(b)
	if p.run1 != nil {
		_, _ = p.run1.Write(b)
	}
	p.total += int64(len(b))
}

// sizedReader ends with err when there is more than left bytes; left < 0
// means that any length is right.
type sizedReader struct {
	r    io.Reader
	left int64
	err  error
}

func (s *sizedReader) Read(b []byte) (int, error) {
	if s.left < 0 || len(b) == 0 {
		return s.r.Read(b)
	}
	if s.left == 0 {
		n, err := io.ReadFull(s.r, make([]byte, 1))
		if n > 0 {
			err = s.err
		}
		return 0, err
	}
	n, err := s.r.Read(b[:min(int64(len(b)), s.left)])
	s.left -= int64(n)
	return n, err
}
