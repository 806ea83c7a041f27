package sensitive

import (
	"bytes"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// running looks for numbers and e-mail addresses within a text. A number's
// digits end where the run of digits ends: nothing is found inside a longer one.
func (s *Scanner) running(b []byte, class table.Class) {
	if class&table.At != 0 {
		s.mails(b)
	}
	if class&table.Star != 0 {
		s.maskedRuns(b)
	}
	// Every number looked for has a run of four digits or more, and that
	// covers one of every four places.
	for i := 3; i < len(b); i += 4 {
		if isDigit(b[i]) {
			i = s.group(b, i)
		}
	}
}

func (s *Scanner) mails(b []byte) {
	for from := 0; from < len(b); {
		at := bytes.IndexByte(b[from:], '@')
		if at < 0 {
			return
		}
		s.note(email, mailAt(b, from+at))
		from += at + 1
	}
}

// maskedRuns looks for masked numbers within a text.
func (s *Scanner) maskedRuns(b []byte) {
	for i := 0; i < len(b); {
		star := bytes.IndexByte(b[i:], '*')
		if star < 0 {
			return
		}
		from, to := i+star, i+star
		for from > i && maskable(b[from-1]) {
			from--
		}
		for to < len(b) && maskable(b[to]) {
			to++
		}
		if d, ok := maskForm(b[from:to]); ok && to-from <= 24 {
			s.note(d, masked)
		}
		i = to + 1
	}
}

func maskable(c byte) bool { return isDigit(c) || c == '*' || c|0x20 == 'x' }

// groups is a number written in groups of digits: 138 0013 8000, 6222-0212-…
type groups struct {
	digits [24]byte
	sizes  [8]int
	n, end int // how many groups, and where in the text they end
	size   int
}

// group reads the number around b[at] and tries it; it gives where it ends.
func (s *Scanner) group(b []byte, at int) int {
	from := start(b, at)
	var g groups
	g.read(b, from)
	g.closeX(b)
	if g.n > 1 && s.grouped(&g) {
		return max(g.end, at+1)
	}
	to := from
	for to < len(b) && isDigit(b[to]) {
		to++
	}
	for to <= at { // the groups are no number: go on to the run that was met
		from = to + 1
		for to = from; to < len(b) && isDigit(b[to]); {
			to++
		}
	}
	s.run(b, from, to)
	return to
}

// start goes back to where a number in groups begins, at most 24 bytes.
func start(b []byte, at int) int {
	from := at
	for from > 0 && isDigit(b[from-1]) {
		from--
	}
	for limit := at - 24; from > 1 && from > limit && isGap(b[from-1]) && isDigit(b[from-2]); {
		back := from - 2
		for back > 0 && isDigit(b[back-1]) {
			if back--; from-back > 20 {
				return from // too long to be part of a number
			}
		}
		from = back
	}
	return from
}

func isGap(c byte) bool { return c == ' ' || c == '-' || c == ')' }

func (g *groups) read(b []byte, from int) {
	for i := from; i < len(b) && g.n < len(g.sizes); i++ {
		for i < len(b) && isDigit(b[i]) {
			if g.size < len(g.digits) {
				g.digits[g.size] = b[i]
			}
			g.size++
			g.sizes[g.n]++
			i++
		}
		g.n, g.end = g.n+1, i
		if i+1 >= len(b) || !isGap(b[i]) || !isDigit(b[i+1]) {
			return
		}
	}
}

// closeX takes the X that ends an identity number in groups: 110105 19491231 002X.
func (g *groups) closeX(b []byte) {
	if g.n == 3 && g.size == 17 && g.sizes[2] == 3 && edge(b, g.end)|0x20 == 'x' && !isAlpha(edge(b, g.end+1)) {
		g.digits[17] = 'X'
		g.size, g.sizes[2] = 18, 4
	}
}

// grouped tries the customary groups: 3-4-4 of mobile numbers, with 86 before
// or not, an area code and a number, 4-4-4-4 and up to three more of cards,
// 6-8-4 of identity numbers.
func (s *Scanner) grouped(g *groups) bool {
	if g.size > len(g.digits) {
		return false
	}
	d, z := g.digits[:g.size], g.sizes[:g.n]
	if z[0] == 2 && d[0] == '8' && d[1] == '6' {
		d, z = d[2:], z[1:]
	}
	switch {
	case sized(z, 11), sized(z, 3, 4, 4):
		return s.phone(d)
	case len(z) >= 2 && (z[0] == 3 || z[0] == 4) && d[0] == '0' && z[1] >= 7:
		return s.phone(d[:min(z[0]+z[1], len(d))])
	case len(z) >= 4 && sized(z[:4], 4, 4, 4, 4) && len(d) <= 19 && len(z) <= 5:
		return s.bankCard(d)
	case sized(z, 6, 8, 4):
		return s.eighteen(d)
	}
	return false
}

func sized(z []int, want ...int) bool {
	if len(z) != len(want) {
		return false
	}
	for i := range z {
		if z[i] != want[i] {
			return false
		}
	}
	return true
}

// run tries one run of digits within a text. Part of a decimal number it is
// nothing; beside a Latin letter it is part of a code, and only numbers with
// strong check digits are told.
func (s *Scanner) run(b []byte, from, to int) {
	n := to - from
	before, after := edge(b, from-1), edge(b, to)
	switch {
	case n < 7 || n > 19:
		s.creditCode(b, from, to)
	case before == '.' && from > 1 && isDigit(b[from-2]) || after == '.' && isDigit(edge(b, to+1)):
	case n == 17 && after|0x20 == 'x' && !isAlpha(edge(b, to+1)) && !isDigit(edge(b, to+1)):
		s.eighteen(b[from : to+1])
	case isAlpha(before) || isAlpha(after):
		if n == 18 {
			s.note(identity, s.lex.identity(b[from:to]))
		}
		s.creditCode(b, from, to)
	case n == 15:
		s.phone15(b[from:to])
	default:
		s.digits(b[from:to])
	}
}

// phone15 leaves out the IMEI, which needs a column of its own.
func (s *Scanner) phone15(b []byte) {
	if p := country(b); len(p) == 11 {
		s.phone(p)
	}
}

func edge(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// creditCode tries the letters and digits around a run as a code of 18.
func (s *Scanner) creditCode(b []byte, from, to int) {
	for from > 0 && to-from < 19 && (isDigit(b[from-1]) || isUpper(b[from-1])) {
		from--
	}
	for to < len(b) && to-from < 19 && (isDigit(b[to]) || isUpper(b[to])) {
		to++
	}
	if to-from == 18 {
		s.eighteen(b[from:to])
	}
}

// widePiece is how much of a text is made narrow at once, and wideOverlap how
// much of it is read again, so that no number is cut in two.
const (
	widePiece   = 4096
	wideOverlap = 256
)

// widened reads text in which digits may be written fullwidth, １３８: U+FF10 on.
func (s *Scanner) widened(b []byte, class table.Class) {
	if !hasWide(b) {
		if class&(table.Digit|table.At|table.Star) != 0 {
			s.running(b, class)
		}
		return
	}
	if s.wide == nil {
		s.wide = make([]byte, 0, widePiece)
	}
	for {
		piece := b[:min(len(b), widePiece)]
		s.wide = narrow(s.wide[:0], piece)
		s.running(s.wide, class|table.Digit)
		if len(piece) == len(b) {
			return
		}
		b = b[widePiece-wideOverlap:]
	}
}

func hasWide(b []byte) bool {
	for i := 0; i+2 < len(b); i++ {
		n := bytes.IndexByte(b[i:], 0xEF)
		if n < 0 {
			return false
		}
		if i += n; i+2 < len(b) && b[i+1] == 0xBC && b[i+2] >= 0x90 && b[i+2] <= 0x99 {
			return true
		}
	}
	return false
}

func narrow(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] == 0xEF && i+2 < len(b) && b[i+1] == 0xBC && b[i+2] >= 0x90 && b[i+2] <= 0x99 {
			dst = append(dst, b[i+2]-0x90+'0')
			i += 2
			continue
		}
		dst = append(dst, b[i])
	}
	return dst
}
