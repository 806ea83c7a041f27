package sketches

import (
	"hash/crc32"
	"sort"
)

// A page holds the hashes of its postings, then their refs, then the CRC-32C
// of all before.
const (
	pageSize     = 4096
	pagePostings = 341
	refsAt       = 8 * pagePostings
	sumAt        = refsAt + 4*pagePostings
)

// page is one of a segment, of n postings.
type page struct {
	b []byte
	n int
}

func (p *page) hash(i int) uint64 { return little.Uint64(p.b[8*i:]) }
func (p *page) ref(i int) uint32  { return little.Uint32(p.b[refsAt+4*i:]) }

func (p *page) put(x posting) {
	little.PutUint64(p.b[8*p.n:], x.hash)
	little.PutUint32(p.b[refsAt+4*p.n:], x.ref)
	p.n++
}

// seal adds the checksum.
func (p *page) seal() []byte {
	little.PutUint32(p.b[sumAt:], crc32.Checksum(p.b[:sumAt], castagnoli))
	return p.b
}

func (p *page) good() bool {
	return little.Uint32(p.b[sumAt:]) == crc32.Checksum(p.b[:sumAt], castagnoli)
}

// from is the place of the first posting whose hash is not smaller.
func (p *page) from(h uint64) int {
	return sort.Search(p.n, func(i int) bool { return p.hash(i) >= h })
}
