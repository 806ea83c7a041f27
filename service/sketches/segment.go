package sketches

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
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
	near        bool            // they are in memory from the start
	checked     []atomic.Uint32 // a bit for each page that was found good
	torn        atomic.Bool     // a page was found damaged
}

const (
	trailerSize = 40
	magic       = 0x326b7374656b7364 // "dsketsk2": which hashes are in it changes the number, and others are made again
	prefix      = "segment-"
	// nearPages of a segment are mapped at once: with those of the young ones,
	// a search that finds them all untouched would wait for faults most.
	nearPages = 8192
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
	s.near = 0 < pages && pages <= nearPages && s.memory != nil && now(s.memory)
	return nil
}

// read makes p the page at i, for look-ups here and there. A page is checked
// once.
func (s *segment) read(i int, p *page) error {
	if s.memory == nil {
		return s.readFile(i, p)
	}
	p.b, p.n = s.memory[i*pageSize:][:pageSize], s.postingsOf(i)
	if s.good(i) {
		return nil
	}
	if err := s.check(i, p); err != nil {
		return err
	}
	s.checked[i/32].Or(1 << (i % 32))
	return nil
}

// good: the page was touched and checked.
func (s *segment) good(i int) bool { return s.checked[i/32].Load()&(1<<(i%32)) != 0 }

// readFile is for reading one page after the other: the system reads ahead.
func (s *segment) readFile(i int, p *page) error {
	if p.b == nil {
		p.b = make([]byte, pageSize)
	}
	p.n = s.postingsOf(i)
	if _, err := s.file.ReadAt(p.b, int64(i)*pageSize); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading a segment: %w", err)
	}
	return s.check(i, p)
}

func (s *segment) postingsOf(i int) int {
	return int(min(pagePostings, s.count-uint64(i)*pagePostings))
}

func (s *segment) check(i int, p *page) error {
	if p.good() {
		return nil
	}
	s.torn.Store(true)
	return fmt.Errorf("%s: page %d: %w", s.path, i, errTorn)
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
