package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Content is a sealed dataset whose files are read at will.
type Content struct {
	v *Vault
	d dataset
}

// Content looks a dataset up once for many files. ErrNotExist, ErrCorrupt.
func (v *Vault) Content(ctx context.Context, fingerprint, owner string) (*Content, error) {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return nil, err
	}
	return &Content{v, d}, nil
}

// File opens a file that is read until ctx ends. ErrNotExist, ErrCorrupt.
func (c *Content) File(ctx context.Context, path string) (*FileAt, error) {
	f, ok := c.d.files[path]
	if !ok {
		return nil, fmt.Errorf("file %q in %s: %w", path, c.d.Fingerprint, ErrNotExist)
	}
	o, err := c.v.object(ctx, c.d, f.Object, f.Prefix)
	if err != nil {
		return nil, err
	}
	if o.size != f.Size {
		return nil, fmt.Errorf("%w: %s has %d bytes, not %d", ErrCorrupt, o.key, o.size, f.Size)
	}
	return &FileAt{ctx: ctx, o: o}, nil
}

// leavesHeld bounds the memory of a FileAt: so many runs of 1 MiB.
const leavesHeld = 8

// FileAt reads a sealed file anywhere. No byte is released before its chunk
// verified, and the object is the one that was sealed. It holds 8 MiB at most,
// and serves one read at a time.
type FileAt struct {
	ctx  context.Context
	o    *Object
	mu   sync.Mutex
	held []heldLeaf // the last used comes last
	err  error
}

type heldLeaf struct {
	index int64
	data  []byte
}

// Size of the file in bytes.
func (f *FileAt) Size() int64 { return f.o.size }

// Err is the first fault of a read: not of a reader who asked for more than
// there is. It tells a broken file from one that could not be read.
func (f *FileAt) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// ReadAt implements io.ReaderAt. ErrCorrupt, *RangeError.
func (f *FileAt) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, &RangeError{off, int64(len(p)), f.o.size}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for n < len(p) {
		at := off + int64(n)
		if at >= f.o.size {
			return n, io.EOF
		}
		leaf, err := f.leaf(at / LeafSize)
		if err != nil {
			f.err = errors.Join(f.err, err)
			return n, err
		}
		n += copy(p[n:], leaf[at%LeafSize:])
	}
	return n, nil
}

func (f *FileAt) leaf(index int64) ([]byte, error) {
	for i, h := range f.held {
		if h.index == index {
			f.held = append(append(f.held[:i:i], f.held[i+1:]...), h)
			return h.data, nil
		}
	}
	data, err := f.o.Leaf(f.ctx, index)
	if err != nil {
		return nil, err
	}
	if len(f.held) == leavesHeld {
		f.held = f.held[1:]
	}
	f.held = append(f.held, heldLeaf{index, data})
	return data, nil
}
