package sketches

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
)

// segmentWriter writes a segment beside its place; finish puts it there.
type segmentWriter struct {
	*segment
	dir  string
	out  *bufio.Writer
	page page
}

func newSegmentWriter(dir string, first, last uint32) (*segmentWriter, error) {
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return nil, fmt.Errorf("making a segment: %w", err)
	}
	return &segmentWriter{segment: &segment{file: f, first: first, last: last}, dir: dir, out: bufio.NewWriterSize(f, 1<<18), page: page{b: make([]byte, pageSize)}}, nil
}

// add takes postings in ascending order.
func (w *segmentWriter) add(x posting) error {
	if w.page.n == 0 {
		w.pages = append(w.pages, x.hash)
	}
	w.count++
	if w.page.put(x); w.page.n == pagePostings {
		return w.flush()
	}
	return nil
}

func (w *segmentWriter) flush() error {
	_, err := w.out.Write(w.page.seal())
	clear(w.page.b)
	w.page.n = 0
	return err
}

// finish returns the segment, opened again and on the disk. Without it, drop
// is due.
func (w *segmentWriter) finish(omitted []uint32) (*segment, error) {
	w.omitted = omitted
	err := w.close()
	if err == nil {
		err = os.Rename(w.file.Name(), filepath.Join(w.dir, segmentName(w.first, w.last)))
	}
	if err == nil {
		err = syncDir(w.dir)
	}
	if err != nil {
		return nil, fmt.Errorf("writing a segment: %w", err)
	}
	return openSegment(w.dir, w.first, w.last)
}

func (w *segmentWriter) close() error {
	if w.page.n > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	_, err := w.out.Write(w.tail())
	if err == nil {
		err = w.out.Flush()
	}
	if err == nil {
		err = w.file.Sync()
	}
	return errors.Join(err, w.file.Close())
}

// tail is what follows the pages.
func (w *segmentWriter) tail() (b []byte) {
	for _, h := range w.pages {
		b = little.AppendUint64(b, h)
	}
	for _, n := range w.omitted {
		b = little.AppendUint32(b, n)
	}
	b = little.AppendUint64(b, magic)
	b = little.AppendUint32(little.AppendUint32(b, w.first), w.last)
	b = little.AppendUint64(b, w.count)
	b = little.AppendUint32(little.AppendUint32(b, uint32(len(w.pages))), uint32(len(w.omitted)))
	return append(little.AppendUint32(b, crc32.Checksum(b, castagnoli)), 0, 0, 0, 0)
}

// drop removes what was not finished.
func (w *segmentWriter) drop() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// build writes postings that fit in memory.
func build(dir string, first, last uint32, list []posting, omitted []uint32) (*segment, error) {
	slices.SortFunc(list, byHash)
	w, err := newSegmentWriter(dir, first, last)
	if err != nil {
		return nil, err
	}
	defer w.drop()
	for _, x := range list {
		if err := w.add(x); err != nil {
			return nil, fmt.Errorf("writing a segment: %w", err)
		}
	}
	return w.finish(omitted)
}
