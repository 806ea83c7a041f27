package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"time"
)

// blockType is the typ header of a solo ledger's signed block headers.
const blockType = "datapledge-block+jws"

// timeLayout is the one spelling of times in blocks and manifests.
const timeLayout = "2006-01-02T15:04:05.000Z"

// header is a solo ledger's block header, as its operator signed it.
type header struct {
	jws    signed
	hash   string // hex SHA-256 of the payload
	number uint64
	prev   string
	chanl  string
	time   time.Time
	stamp  string
	count  uint64
	root   [32]byte
}

// proof is an onchain file: an entry and its place in a signed block.
type proof struct {
	file  string
	head  header
	tx    uint64 // of a consortium's block; a solo ledger has none
	index uint64
	path  [][32]byte
	entry []byte
	doc   node // the entry, parsed
}

func parseProof(name string, data []byte) (proof, error) {
	n, err := parseCanonical(data)
	if err != nil {
		return proof{}, faultf("", "%v", err)
	}
	f := fieldsOf(n, "")
	f.is("kind", "solo")
	p := proof{file: name, index: uint64(f.number("index")), entry: []byte(f.text("entry"))}
	count := uint64(f.number("count"))
	for _, step := range f.list("path") {
		sum, ok := digestOf(step.text)
		if !ok {
			f.fail("path", "holds something that is not a SHA-256 in lowercase hex")
		}
		p.path = append(p.path, sum)
	}
	jws := f.text("header")
	if err := f.rest(); err != nil {
		return p, err
	}
	if p.head, err = parseHeader(jws); err != nil {
		return p, err
	}
	if p.head.count != count {
		return p, faultf("count", "is not the header's")
	}
	if p.doc, err = parseCanonical(p.entry); err != nil {
		return p, faultf("entry", "%v", err)
	}
	return p, nil
}

func digestOf(text string) (sum [32]byte, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 32 || hex.EncodeToString(b) != text {
		return sum, false
	}
	return [32]byte(b), true
}

func parseHeader(text string) (header, error) {
	jws, err := parseJWS(text, blockType)
	if err != nil {
		return header{}, err
	}
	n, err := parseCanonical(jws.payload)
	if err != nil {
		return header{}, faultf("header", "%v", err)
	}
	sum := sha256.Sum256(jws.payload)
	h := header{jws: jws, hash: hex.EncodeToString(sum[:])}
	f := fieldsOf(n, "header")
	f.version()
	f.digest("prev")
	h.chanl, h.number, h.prev = f.text("channel"), uint64(f.number("number")), f.text("prev")
	h.stamp, h.count = f.text("time"), uint64(f.number("count"))
	copy(h.root[:], f.digest("root"))
	if h.count == 0 || h.count > math.MaxInt32 {
		f.fail("count", "is out of range")
	}
	var ok bool
	if h.time, ok = parseTime(h.stamp); !ok {
		f.fail("time", "is not a time in UTC with milliseconds")
	}
	return h, f.rest()
}

func parseTime(s string) (time.Time, bool) {
	t, err := time.Parse(timeLayout, s)
	return t, err == nil && t.Format(timeLayout) == s
}

// operator notes whether the header is signed by the trusted operator.
// Headers that were seen before are not counted again.
func (c *checker) operator(p proof) {
	if c.headers[p.head.jws.wrote] {
		return
	}
	c.headers[p.head.jws.wrote] = true
	c.note(CheckOperator, p.file, p.head.jws.verify(c.key))
	if p.head.chanl != c.trust.Channel {
		c.note(CheckChannel, p.file, faultf("header.channel", "is %.80q", p.head.chanl))
		return
	}
	c.pass(CheckChannel)
}

// included notes whether the entry is in the block that the header names.
func (c *checker) included(p proof) {
	root, ok := rootFromPath(leafHash(p.entry), p.index, p.head.count, p.path)
	switch {
	case !ok:
		c.note(CheckInclusion, p.file, faultf("path", "does not fit entry %d of %d", p.index, p.head.count))
	case root != p.head.root:
		c.note(CheckInclusion, p.file, faultf("entry", "is not in block %d: its path leads to another root", p.head.number))
	default:
		c.pass(CheckInclusion)
	}
}
