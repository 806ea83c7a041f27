package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// chunksHeld bounds the memory of a FileAt: so many chunks of 64 KiB.
const chunksHeld = 128

// FileAt reads a sealed file anywhere. No byte is released before its chunk
// verified, and the object is the one that was sealed. It holds 8 MiB at most,
// and serves one read at a time.
//
// Whoever goes from place to place has a chunk opened for each; whoever goes on
// from one has more fetched at once, up to 1 MiB. Of a reader with very many places
// in turn what was fetched ahead is dropped before it is asked for: then less is.
type FileAt struct {
	ctx   context.Context
	o     *Object
	mu    sync.Mutex
	held  []heldChunk // the last used comes last
	ahead int64       // chunks fetched at once, at most
	err   error
}

type heldChunk struct {
	index int64
	data  []byte
	run   int64 // chunks that were fetched with it
	used  bool
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
		chunk, err := f.chunk(at / chunkSize)
		if err != nil {
			f.err = errors.Join(f.err, err)
			return n, err
		}
		n += copy(p[n:], chunk[at%chunkSize:])
	}
	return n, nil
}

func (f *FileAt) chunk(index int64) ([]byte, error) {
	i := f.find(index)
	if i < 0 {
		if err := f.fetch(index); err != nil {
			return nil, err
		}
		i = f.find(index)
	}
	c := f.held[i]
	c.used = true
	if i < len(f.held)-1 {
		f.held = append(append(f.held[:i:i], f.held[i+1:]...), c)
	}
	f.held[len(f.held)-1] = c
	return c.data, nil
}

func (f *FileAt) find(index int64) int {
	for i := len(f.held) - 1; i >= 0; i-- {
		if f.held[i].index == index {
			return i
		}
	}
	return -1
}

// run is how many chunks to fetch: more when the one before was in use, and none
// that is held.
func (f *FileAt) run(index int64) int64 {
	most := int64(1)
	if i := f.find(index - 1); i >= 0 && f.held[i].used {
		most = min(2*f.held[i].run, f.ahead, chunkCount(f.o.size)-index)
	}
	n := int64(1)
	for n < most && f.find(index+n) < 0 {
		n++
	}
	return n
}

// fetch opens a chunk and those of its run.
func (f *FileAt) fetch(index int64) error {
	run := f.run(index)
	plain, err := f.o.chunks(f.ctx, index, index+run)
	if err != nil {
		return fmt.Errorf("reading %s: %w", f.o.key, err)
	}
	for i := index + run - 1; i >= index; i-- { // the one that is wanted stays longest
		from := int((i - index) * chunkSize)
		f.hold(heldChunk{index: i, run: run, data: bytes.Clone(plain[from:min(from+chunkSize, len(plain))])})
	}
	return nil
}

// hold keeps a chunk in the place of what was not used for longest. A chunk's
// own memory goes with it: it is no part of a run's.
func (f *FileAt) hold(c heldChunk) {
	if len(f.held) == chunksHeld {
		if !f.held[0].used {
			f.ahead = max(1, f.ahead/2)
		}
		f.held = append(f.held[:0], f.held[1:]...)
	}
	f.held = append(f.held, c)
}
