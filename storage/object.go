package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Headers are read in two steps: nearly all fit the first.
const (
	headerRead = 4 << 10
	headerMax  = 1 << 20
)

// Object is an age file in a bucket, opened for reading anywhere. Its size was
// authenticated by its last chunk, so a truncated or extended object fails
// when it is opened, before a byte of it is released.
type Object struct {
	bucket  Bucket
	key     string
	payload payload
	offset  int64 // of the payload
	size    int64 // of the plaintext
	prefix  Hash  // SHA-256 of header and nonce: names this very encryption
}

// OpenObject reads the header and the last chunk of the age file under key.
// ErrNotExist, ErrCorrupt; *age.NoIdentityMatchError when no identity fits.
func OpenObject(ctx context.Context, b Bucket, key string, with ...age.Identity) (*Object, error) {
	info, err := b.Stat(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", key, err)
	}
	o := &Object{bucket: b, key: key}
	if err := o.readPrefix(ctx, info.Size, with); err != nil {
		return nil, fmt.Errorf("opening %s: %w", key, err)
	}
	if o.size, err = plainSize(info.Size - o.offset); err != nil {
		return nil, fmt.Errorf("opening %s: %w", key, err)
	}
	last := chunkCount(o.size) - 1
	if _, err := o.chunks(ctx, last, last+1); err != nil {
		return nil, fmt.Errorf("opening %s: %w", key, err)
	}
	return o, nil
}

func (o *Object) readPrefix(ctx context.Context, total int64, with []age.Identity) error {
	var err error
	for _, n := range []int64{headerRead, headerMax} {
		var head []byte
		if head, err = o.read(ctx, 0, min(n, total)); err != nil {
			return err
		}
		if err = o.parsePrefix(head, with); err == nil || n >= total {
			return err
		}
	}
	return err
}

func (o *Object) parsePrefix(head []byte, with []age.Identity) error {
	header, err := age.ExtractHeader(bytes.NewReader(head))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	fileKey, err := age.DecryptHeader(header, with...)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	end := len(header) + nonceSize
	if len(head) < end {
		return fmt.Errorf("%w: it ends before its payload", ErrCorrupt)
	}
	o.offset, o.prefix = int64(end), sha256.Sum256(head[:end])
	o.payload, err = newPayload(fileKey, head[:end])
	return err
}

// read reads exactly n bytes; a bucket that returns fewer lied about the size.
func (o *Object) read(ctx context.Context, off, n int64) ([]byte, error) {
	r, err := o.bucket.Open(ctx, o.key, off, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := make([]byte, n)
	return b, readFull(r, b)
}

func readFull(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it is shorter than the bucket says", ErrCorrupt)
	}
	return err
}

// Size of the plaintext in bytes.
func (o *Object) Size() int64 { return o.size }

// sealedEnd is where chunk index ends in the object.
func (o *Object) sealedEnd(index int64) int64 {
	return o.offset + min((index+1)*sealedChunk, sealedSize(o.size))
}

func (o *Object) isLast(index int64) bool { return index == chunkCount(o.size)-1 }

// chunks reads and opens the chunks from first to before end.
func (o *Object) chunks(ctx context.Context, first, end int64) ([]byte, error) {
	from := o.offset + first*sealedChunk
	sealed, err := o.read(ctx, from, o.sealedEnd(end-1)-from)
	if err != nil {
		return nil, err
	}
	return o.openRun(sealed, first)
}

// openRun opens consecutive sealed chunks in place and closes the gaps where
// their tags stood.
func (o *Object) openRun(sealed []byte, first int64) ([]byte, error) {
	plain := sealed[:0]
	for i := first; len(sealed) > 0; i++ {
		n := min(sealedChunk, len(sealed))
		chunk, err := o.payload.open(sealed[:n:n], i, o.isLast(i))
		if err != nil {
			return nil, err
		}
		plain = append(plain, chunk...)
		sealed = sealed[n:]
	}
	return plain, nil
}

// Leaf reads and opens one run of LeafSize bytes, the last one shorter.
func (o *Object) Leaf(ctx context.Context, index int64) ([]byte, error) {
	if index < 0 || index >= leafCount(o.size) {
		return nil, &RangeError{index * LeafSize, LeafSize, o.size}
	}
	first := index * leafChunks
	b, err := o.chunks(ctx, first, min(first+leafChunks, chunkCount(o.size)))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o.key, err)
	}
	return b, nil
}

// Range reads n bytes from offset off, n < 0 meaning to the end, opening only
// the chunks it needs. No byte is released before its chunk verified.
func (o *Object) Range(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if n < 0 {
		n = o.size - off
	}
	if off < 0 || n < 0 || off > o.size || n > o.size-off {
		return nil, &RangeError{off, n, o.size}
	}
	if n == 0 {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	first, last := off/chunkSize, (off+n-1)/chunkSize
	from := o.offset + first*sealedChunk
	src, err := o.bucket.Open(ctx, o.key, from, o.sealedEnd(last)-from)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o.key, err)
	}
	return &rangeReader{o: o, src: src, next: first, skip: int(off % chunkSize), left: n}, nil
}

// rangeReader releases the plaintext of one chunk at a time.
type rangeReader struct {
	o     *Object
	src   io.ReadCloser
	next  int64 // chunk to read
	skip  int   // bytes before the range in that chunk
	left  int64 // bytes of the range not yet released
	buf   [sealedChunk]byte
	ready []byte
	err   error
}

func (r *rangeReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.ready) == 0 && r.err == nil {
		r.err = r.fill()
	}
	if len(r.ready) == 0 {
		return 0, r.err
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

func (r *rangeReader) fill() error {
	if r.left == 0 {
		return io.EOF
	}
	sealed := r.buf[:r.o.sealedEnd(r.next)-r.o.offset-r.next*sealedChunk]
	if err := readFull(r.src, sealed); err != nil {
		return fmt.Errorf("reading %s: %w", r.o.key, err)
	}
	plain, err := r.o.payload.open(sealed, r.next, r.o.isLast(r.next))
	if err != nil {
		return fmt.Errorf("reading %s: %w", r.o.key, err)
	}
	plain = plain[r.skip:]
	r.ready = plain[:min(int64(len(plain)), r.left)]
	r.left -= int64(len(r.ready))
	r.next, r.skip = r.next+1, 0
	return nil
}

func (r *rangeReader) Close() error { return r.src.Close() }
