package sketches

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync/atomic"
)

// segment holds the postings of the assets first to last-1, sorted, in pages;
// after them the first hash of each page, then the numbers of the assets that
// had no sketch when it was made, then a trailer. It never changes.
type segment struct {
	file        *os.File
	path        string
	first, last uint32
	count       uint64   // postings
	pages       []uint64 // the first hash of each
	omitted     []uint32
	memory      []byte          // the pages; nil where files cannot be mapped
	checked     []atomic.Uint32 // a bit for each page that was found good
	torn        atomic.Bool     // a page was found damaged
}

const (
	trailerSize = 40
	magic       = 0x316b7374656b7364 // "dsketsk1"
	prefix      = "segment-"
)

func segmentName(first, last uint32) string {
	return fmt.Sprintf("%s%010d-%010d", prefix, first, last)
}

func parseName(name string) (first, last uint32, ok bool) {
	n, err := fmt.Sscanf(name, prefix+"%010d-%010d", &first, &last)
	return first, last, err == nil && n == 2 && first < last && name == segmentName(first, last)
}

func openSegment(dir string, first, last uint32) (*segment, error) {
	s := &segment{path: filepath.Join(dir, segmentName(first, last)), first: first, last: last}
	var err error
	if s.file, err = os.Open(s.path); err != nil {
		return nil, err
	}
	if err = s.load(); err != nil {
		_ = s.file.Close()
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	return s, nil
}

// load reads the trailer and what it vouches for.
func (s *segment) load() error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	var t [trailerSize]byte
	if _, err := s.file.ReadAt(t[:], max(0, info.Size()-trailerSize)); err != nil {
		return asDamage(err)
	}
	pages, omitted := int64(little.Uint32(t[24:])), int64(little.Uint32(t[28:]))
	s.count = little.Uint64(t[16:])
	if little.Uint64(t[:]) != magic || little.Uint32(t[8:]) != s.first || little.Uint32(t[12:]) != s.last ||
		info.Size() != pages*(pageSize+8)+omitted*4+trailerSize || s.count > uint64(pages)*pagePostings {
		return errDamaged
	}
	head := make([]byte, pages*8+omitted*4)
	if _, err := s.file.ReadAt(head, pages*pageSize); err != nil {
		return asDamage(err)
	}
	if sum := crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, t[:trailerSize-8]); sum != little.Uint32(t[trailerSize-8:]) {
		return errDamaged
	}
	for i := range pages {
		s.pages = append(s.pages, little.Uint64(head[8*i:]))
	}
	for i := range omitted {
		s.omitted = append(s.omitted, little.Uint32(head[8*pages+4*i:]))
	}
	s.checked = make([]atomic.Uint32, pages/32+1)
	s.memory = mapped(s.file, pages*pageSize)
	return nil
}

// read makes p the page at i. It is checked once.
func (s *segment) read(i int, p *page) error {
	p.n = int(min(pagePostings, s.count-uint64(i)*pagePostings))
	if s.memory != nil {
		p.b = s.memory[i*pageSize:][:pageSize]
	} else {
		p.b = append(p.b[:0], make([]byte, pageSize)...)
		if _, err := s.file.ReadAt(p.b, int64(i)*pageSize); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading a segment: %w", err)
		}
	}
	bit := uint32(1) << (i % 32)
	if s.checked[i/32].Load()&bit != 0 {
		return nil
	}
	if !p.good() {
		s.torn.Store(true)
		return fmt.Errorf("%s: page %d: %w", s.path, i, errTorn)
	}
	s.checked[i/32].Or(bit)
	return nil
}

// faults turns the fault of touching a page that cannot be read, because the
// disk fails or somebody cut the file, into an error.
func faults(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch f := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = fmt.Errorf("%w: %v", errTorn, f)
		default:
			panic(f)
		}
	}()
	return fn()
}

// cursor looks hashes up in a segment, in ascending order: what it has at hand
// of the page before serves the next one.
type cursor struct {
	*segment
	at   int // the page at hand; -1: none
	page page
}

func (s *segment) cursor() *cursor { return &cursor{segment: s, at: -1} }

// find calls fn with the refs of a hash, ascending, until it returns false.
func (c *cursor) find(h uint64, fn func(ref uint32) bool) error {
	low := max(c.at, 0)
	i, _ := slices.BinarySearch(c.pages[low:], h) // the first page that begins with h or after
	for i = max(0, low+i-1); i < len(c.pages) && c.pages[i] <= h; i++ {
		if c.at != i {
			c.at = -1
			if err := c.read(i, &c.page); err != nil {
				return err
			}
			c.at = i
		}
		for k := c.page.from(h); k < c.page.n; k++ {
			if c.page.hash(k) != h || !fn(c.page.ref(k)) {
				return nil
			}
		}
	}
	return nil
}

// close: nobody reads any more.
func (s *segment) close() error {
	err := unmap(s.memory)
	s.memory = nil
	return errors.Join(err, s.file.Close())
}

func (s *segment) remove() error {
	err := s.close()
	if err == nil {
		err = os.Remove(s.path)
	}
	return err
}

func removeAll(list []*segment) error {
	var errs []error
	for _, s := range list {
		errs = append(errs, s.remove())
	}
	return errors.Join(errs...)
}
