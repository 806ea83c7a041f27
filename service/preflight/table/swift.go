package table

import (
	"encoding/binary"
	bit "math/bits"
	"sync"
)

// step is how many bytes the swift way looks at together, and ahead how many
// more it may read.
const (
	step  = 64
	ahead = 8
)

const (
	ones  = 0x0101010101010101
	lows  = 0x7F7F7F7F7F7F7F7F
	highs = 0x8080808080808080
)

// pairClasses are the classes of two bytes, the first in the low half; NUL,
// which no text has, is of none.
type pairClasses [1 << 16]Class

var classPairs = sync.OnceValue(func() *pairClasses {
	t := new(pairClasses)
	for i := range t {
		for _, b := range [2]byte{byte(i), byte(i >> 8)} {
			if b != 0 {
				t[i] |= classOf[b]
			}
		}
	}
	return t
})

// of is the classes of eight bytes.
func (t *pairClasses) of(w uint64) Class {
	return t[uint16(w)] | t[uint16(w>>16)] | t[uint16(w>>32)] | t[w>>48]
}

// marked has a bit for each of the bytes that is the separator, a line feed or
// a quote.
func marked(in *[step]byte, separator uint64) (set uint64) {
	for i := 0; i < step; i += 8 {
		w := binary.LittleEndian.Uint64(in[i:])
		s, l, q := w^separator, w^(ones*'\n'), w^(ones*'"')
		other := ((s & lows) + lows | s) & ((l & lows) + lows | l) & ((q & lows) + lows | q)
		set |= (^other & highs) >> 7 * 0x0102040810204080 >> 56 << i
	}
	return set
}

// swift is plain for whole steps of bytes, and takes cells in quotes as well: it
// finds the marks of a step at once, and copies and classifies cells eight bytes
// at a time. Nearly all of the time goes here: no calls, no growing. What it
// leaves, unfinished cells included, the bytewise way goes on with.
func (c *csvRows) swift(b *Batch, in []byte) int {
	if c.bytewise {
		return 0
	}
	text, ends, classes := b.Text[:cap(b.Text)], b.Ends[:cap(b.Ends)], b.Classes[:cap(b.Classes)]
	o, i, acc, t, separator := len(b.Text), len(b.Ends), Class(c.acc), c.pairs, ones*uint64(c.separator)
	p, from, quoted := 0, b.start(i), false
steps:
	for base := 0; base+step+ahead <= len(in); base += step {
		for set := marked((*[step]byte)(in[base:]), separator); set != 0; set &= set - 1 {
			at := base + bit.TrailingZeros64(set)
			char := in[at]
			if quoted && char != '"' {
				continue
			}
			n := at - p
			if char == '\n' && n > 0 && in[at-1] == '\r' {
				n-- // as endRow does; it gets it back when the row is its business
			}
			for ; n >= 8; n -= 8 {
				w := binary.LittleEndian.Uint64(in[p:])
				binary.LittleEndian.PutUint64(text[o:], w)
				acc |= t.of(w)
				p, o = p+8, o+8
			}
			w := binary.LittleEndian.Uint64(in[p:]) & (1<<(8*uint(n)&63) - 1)
			binary.LittleEndian.PutUint64(text[o:], w)
			acc |= t.of(w)
			p, o = p+n, o+n
			switch {
			case char == c.separator:
			case char == '\n':
				if !c.regular(b, text, o, i) {
					break steps
				}
				b.Rows++
				c.row, c.begun, c.closed = i+1, o, -1
			case !quoted && o == from && n == 0:
				quoted, p = true, at+1
				continue
			case quoted && (in[at+1] == c.separator || in[at+1] == '\n' || in[at+1] == '\r'):
				quoted, p, c.closed = false, at+1, o
				continue
			default: // a quote in a cell, or two in quotes
				break steps
			}
			ends[i], classes[i] = uint32(o), acc
			i, acc, p, from = i+1, 0, at+1, o
		}
	}
	if quoted {
		c.state = inQuotes
	}
	b.Text, b.Ends, b.Classes, c.acc = text[:o], ends[:i], classes[:i], uint32(acc)
	return p
}
