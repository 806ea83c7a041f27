package storage

import (
	"bytes"
	"context"
	"encoding"
	"errors"
	"fmt"
	"sync"
)

// buffers pass from write to write. Within one write they are kept at hand:
// the collector empties a pool every other cycle, and cycles are short here.
var buffers = sync.Pool{New: func() any {
	b := make([]byte, prefixRoom+sealedPart)
	return &b
}}

// part is content on its way: slots of one sealed chunk each, filled with
// plaintext in order that sealing happens in place.
type part struct {
	n      int
	buf    []byte
	pooled *[]byte
	head   int // bytes before the first slot
	plain  int // bytes of content
	record partRecord
}

// slot of chunk i; in a small buffer the last ones are short.
func (t *part) slot(i int) []byte {
	from := min(t.head+i*sealedChunk, len(t.buf))
	return t.buf[from:min(from+chunkSize, len(t.buf))]
}

// acquire waits for room for another part.
func (p *pipeline) acquire() (*part, error) {
	if p.next > maxParts {
		return nil, fmt.Errorf("%w: %q has more than %d bytes", ErrTooLarge, p.w.Path, int64(maxParts)*PartSize)
	}
	select {
	case p.tokens <- struct{}{}:
	case <-p.stop.Done():
		return nil, context.Cause(p.stop)
	}
	t := &part{n: p.next}
	if t.n == 1 {
		t.head = len(p.a.prefix)
	}
	t.buf, t.pooled = p.buffer(t.head)
	copy(t.buf, p.a.prefix[:t.head])
	return t, nil
}

// buffer is one used before, or just as large as a small rest needs.
func (p *pipeline) buffer(head int) ([]byte, *[]byte) {
	if left := p.body.left; left >= 0 && left < PartSize/4 {
		return make([]byte, int64(head)+sealedSize(left+1)), nil
	}
	if head > prefixRoom {
		return make([]byte, head+sealedPart), nil
	}
	select {
	case b := <-p.free:
		return *b, b
	default:
		b := buffers.Get().(*[]byte)
		return *b, b
	}
}

func (p *pipeline) release(t *part) {
	if t.pooled != nil {
		p.free <- t.pooled // there are no more of them than tokens
	}
	<-p.tokens
}

// returnBuffers is for the end.
func (p *pipeline) returnBuffers() {
	close(p.free)
	for b := range p.free {
		buffers.Put(b)
	}
}

// send commits to a part and puts it, in the background.
func (p *pipeline) send(t *part, final bool) error {
	state, err := p.whole.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		p.release(t)
		return fmt.Errorf("keeping the running digest: %w", err)
	}
	t.record = partRecord{1, p.total, final, state}
	if err := p.multipart(t); err != nil {
		p.release(t)
		return err
	}
	p.next++
	p.sent = true
	p.wg.Go(func() {
		defer p.release(t)
		if err := p.store(t); err != nil {
			p.cancel(err)
		}
	})
	p.a.last = t.record
	return nil
}

// multipart begins the object, unless its only part is the last one.
func (p *pipeline) multipart(t *part) error {
	if p.a.multipart != "" || (t.n == 1 && t.record.Final) {
		return nil
	}
	id, err := p.v.bucket.Begin(p.ctx, p.a.key)
	if err != nil {
		return fmt.Errorf("beginning %s: %w", p.a.key, err)
	}
	err = p.v.putBox(p.ctx, p.a.dir+"multipart", multipartRecord{1, id})
	if err == nil {
		p.a.multipart = id
		return nil
	}
	_ = p.v.bucket.Abort(p.ctx, p.a.key, id) // Sweep removes it otherwise
	if errors.Is(err, ErrExist) {
		return fmt.Errorf("%q: %w", p.w.Path, ErrBusy)
	}
	return err
}

// store commits before it seals: see attempt.
func (p *pipeline) store(t *part) error {
	if err := p.commit(t); err != nil {
		return err
	}
	data := p.seal(t)
	if p.a.multipart == "" {
		err := p.v.bucket.Create(p.ctx, p.a.key, bytes.NewReader(data))
		if errors.Is(err, ErrExist) {
			return fmt.Errorf("%q: %w", p.w.Path, ErrBusy)
		}
		return err
	}
	done, err := p.v.bucket.PutPart(p.ctx, p.a.key, p.a.multipart, t.n, p.a.partOff(t.n), data)
	if err != nil {
		return fmt.Errorf("storing part %d of %s: %w", t.n, p.a.key, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	done.Off = p.a.partOff(t.n)
	p.put[t.n] = done
	return nil
}

// commit records what this part holds, once. A record that was there when the
// request began must agree; one that was not is another request's.
func (p *pipeline) commit(t *part) error {
	key := p.a.partKey(t.n)
	if !p.a.records[t.n] {
		err := p.v.putBox(p.ctx, key, t.record)
		if errors.Is(err, ErrExist) {
			return fmt.Errorf("%q: %w", p.w.Path, ErrBusy)
		}
		return err
	}
	var before partRecord
	if err := p.v.getBox(p.ctx, key, &before); err != nil {
		return err
	}
	if !before.same(t.record) {
		return &ChangedError{p.w.Path}
	}
	return nil
}

// seal seals the chunks in place and returns the part's bytes.
func (p *pipeline) seal(t *part) []byte {
	first := int64(t.n-1) * partChunks
	chunks := int(chunkCount(int64(t.plain)))
	end := t.head
	for i := range chunks {
		from := t.head + i*sealedChunk
		plain := t.buf[from : from+min(chunkSize, t.plain-i*chunkSize)]
		last := t.record.Final && i == chunks-1
		end = from + len(p.a.payload.seal(plain, first+int64(i), last))
	}
	return t.buf[:end]
}
