package solo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// The file is one of bbolt (format version 2, little-endian as on all
// supported machines). bbolt maps it into memory and trusts its pages, so
// they are read and checked here, with ordinary reads, before it may: that
// every page is used once or free, lies inside the file, and that the keys
// are in order. What the pages carry is checked later, block by block.
const (
	pageHeader  = 16
	elementSize = 16
	branchPage  = 0x01
	leafPage    = 0x02
	metaPage    = 0x04
	freePage    = 0x10
	bucketFlag  = 0x01
	maxDepth    = 64
	maxKey      = 1 << 10
	boltMagic   = 0xED0CDAED
	boltVersion = 2
)

var le = binary.LittleEndian

// pages checks one file.
type pages struct {
	file io.ReaderAt
	size int64
	page int64 // bytes in a page
	meta meta
	seen []uint64 // a bit for each page that is in use or free
}

// meta is what bbolt's newest meta page says.
type meta struct {
	root, freelist, end, txid uint64
}

type page struct {
	id       uint64
	flags    uint16
	count    int
	overflow uint64
}

// checkPages checks the whole structure of a ledger file of that size.
func checkPages(file io.ReaderAt, size int64) error {
	p := &pages{file: file, size: size}
	if err := p.readMeta(); err != nil {
		return err
	}
	p.seen = make([]uint64, p.meta.end/64+1)
	p.seen[0] = 3 // the meta pages
	if err := p.checkRoot(); err != nil {
		return err
	}
	if err := p.checkFree(); err != nil {
		return err
	}
	for id := uint64(0); id < p.meta.end; id++ {
		if p.seen[id/64]&(1<<(id%64)) == 0 {
			return damagedFile("page %d is neither used nor free", id)
		}
	}
	return nil
}

// readMeta takes the newer meta page. Both must be whole: bbolt would fall
// back to the older one silently, and the last block would be gone.
func (p *pages) readMeta() error {
	first, pageSize, err := p.metaAt(0)
	if err != nil {
		return damagedFile("meta page 0: %v", err)
	}
	p.page = pageSize
	second, other, err := p.metaAt(pageSize)
	if err != nil {
		return damagedFile("meta page 1: %v", err)
	}
	if other != pageSize {
		return damagedFile("meta pages speak of pages of %d and of %d bytes", pageSize, other)
	}
	p.meta = first
	if second.txid > first.txid {
		p.meta = second
	}
	if first.txid%2 != 0 || second.txid%2 != 1 || max(first.txid, second.txid)-min(first.txid, second.txid) != 1 {
		return damagedFile("meta pages of transactions %d and %d do not follow each other", first.txid, second.txid)
	}
	if need := p.meta.end; need > uint64(p.size)/uint64(p.page) {
		return damagedFile("cut short: %d bytes, but %d pages of %d are in use", p.size, need, p.page)
	}
	return nil
}

// metaAt reads the meta page at an offset in bytes.
func (p *pages) metaAt(offset int64) (m meta, pageSize int64, err error) {
	b := make([]byte, pageHeader+64)
	if _, err := p.file.ReadAt(b, offset); err != nil {
		return m, 0, fmt.Errorf("cannot be read: %w", err)
	}
	body := b[pageHeader:]
	sum := fnv.New64a()
	sum.Write(body[:56])
	switch {
	case le.Uint16(b[8:])&metaPage == 0:
		return m, 0, fmt.Errorf("has no meta flag")
	case le.Uint32(body) != boltMagic || le.Uint32(body[4:]) != boltVersion:
		return m, 0, fmt.Errorf("not a ledger file")
	case le.Uint64(body[56:]) != sum.Sum64():
		return m, 0, fmt.Errorf("checksum is wrong")
	}
	pageSize = int64(le.Uint32(body[8:]))
	if pageSize < 512 || pageSize > 1<<16 || pageSize&(pageSize-1) != 0 {
		return m, 0, fmt.Errorf("page size %d", pageSize)
	}
	return meta{le.Uint64(body[16:]), le.Uint64(body[32:]), le.Uint64(body[40:]), le.Uint64(body[48:])}, pageSize, nil
}

// claim marks the pages of pg as used; each may be only once.
func (p *pages) claim(id, overflow uint64) error {
	if id < 2 || id >= p.meta.end || overflow >= p.meta.end-id {
		return damagedFile("page %d with %d more is outside the file", id, overflow)
	}
	for n := id; n <= id+overflow; n++ {
		if p.seen[n/64]&(1<<(n%64)) != 0 {
			return damagedFile("page %d is used twice", n)
		}
		p.seen[n/64] |= 1 << (n % 64)
	}
	return nil
}

// load claims a page and reads its header and its list of elements.
func (p *pages) load(id uint64, kinds uint16) (page, []byte, error) {
	if id < 2 || id >= p.meta.end {
		return page{}, nil, damagedFile("page %d is outside the file", id)
	}
	head := make([]byte, p.page)
	if _, err := p.file.ReadAt(head, int64(id)*p.page); err != nil {
		return page{}, nil, damagedFile("page %d: %v", id, err)
	}
	pg := page{le.Uint64(head), le.Uint16(head[8:]), int(le.Uint16(head[10:])), uint64(le.Uint32(head[12:]))}
	if pg.id != id || pg.flags&kinds == 0 || pg.flags&(pg.flags-1) != 0 {
		return page{}, nil, damagedFile("page %d has id %d and flags %#x", id, pg.id, pg.flags)
	}
	if err := p.claim(id, pg.overflow); err != nil {
		return page{}, nil, err
	}
	if kinds == freePage {
		return pg, head, nil // a list of page numbers, and no elements
	}
	need := pageHeader + elementSize*pg.count
	if int64(need) > p.span(pg) {
		return page{}, nil, damagedFile("page %d: %d elements do not fit", id, pg.count)
	}
	if need > len(head) {
		head = make([]byte, need)
		if _, err := p.file.ReadAt(head, int64(id)*p.page); err != nil {
			return page{}, nil, damagedFile("page %d: %v", id, err)
		}
	}
	return pg, head, nil
}

func (p *pages) span(pg page) int64 { return int64(pg.overflow+1) * p.page }

// key reads size bytes at an offset within a page, of which head is known.
func (p *pages) key(pg page, head []byte, offset, size int64) ([]byte, error) {
	if size > maxKey || offset < pageHeader || offset+size > p.span(pg) {
		return nil, damagedFile("page %d: a key lies outside", pg.id)
	}
	if offset+size <= int64(len(head)) {
		return head[offset : offset+size], nil
	}
	b := make([]byte, size)
	if _, err := p.file.ReadAt(b, int64(pg.id)*p.page+offset); err != nil {
		return nil, damagedFile("page %d: %v", pg.id, err)
	}
	return b, nil
}

// element is what a leaf or a branch says at one index.
type element struct {
	flags        uint32
	key          []byte
	child        uint64 // of a branch
	value, vsize int64  // of a leaf: where in the page, how long
}

func (p *pages) element(pg page, head []byte, i int) (e element, err error) {
	at := int64(pageHeader + elementSize*i)
	b := head[at : at+elementSize]
	if pg.flags&branchPage != 0 {
		e.child = le.Uint64(b[8:])
		e.key, err = p.key(pg, head, at+int64(le.Uint32(b)), int64(le.Uint32(b[4:])))
		return e, err
	}
	e.flags = le.Uint32(b)
	offset, ksize := at+int64(le.Uint32(b[4:])), int64(le.Uint32(b[8:]))
	e.value, e.vsize = offset+ksize, int64(le.Uint32(b[12:]))
	if e.value+e.vsize > p.span(pg) {
		return e, damagedFile("page %d: a value lies outside", pg.id)
	}
	e.key, err = p.key(pg, head, offset, ksize)
	return e, err
}

// bounds are what the branch above allows: from <= key < to; nil is open.
type bounds struct{ from, to []byte }

// walk checks a tree of pages and calls leaf for each element at its ends.
func (p *pages) walk(id uint64, in bounds, depth int, leaf func(pg page, head []byte, e element) error) error {
	if depth > maxDepth {
		return damagedFile("page %d is nested too deep", id)
	}
	pg, head, err := p.load(id, branchPage|leafPage)
	if err != nil {
		return err
	}
	if pg.flags&branchPage != 0 && pg.count == 0 {
		return damagedFile("page %d: a branch without children", id)
	}
	return p.each(pg, head, in, func(e element, next []byte) error {
		if pg.flags&leafPage != 0 {
			return leaf(pg, head, e)
		}
		return p.walk(e.child, bounds{e.key, next}, depth+1, leaf)
	})
}

// each goes through the elements of a page in order, with the key after.
func (p *pages) each(pg page, head []byte, in bounds, fn func(e element, next []byte) error) error {
	if pg.count == 0 {
		return nil
	}
	e, err := p.element(pg, head, 0)
	if err != nil {
		return err
	}
	if bytes.Compare(e.key, in.from) < 0 {
		return damagedFile("page %d: keys are out of order", pg.id)
	}
	for i := 0; i < pg.count; i++ {
		next, to := element{}, in.to
		if i+1 < pg.count {
			if next, err = p.element(pg, head, i+1); err != nil {
				return err
			}
			to = next.key
		}
		if to != nil && bytes.Compare(e.key, to) >= 0 {
			return damagedFile("page %d: keys are out of order", pg.id)
		}
		if err := fn(e, to); err != nil {
			return err
		}
		e = next
	}
	return nil
}
