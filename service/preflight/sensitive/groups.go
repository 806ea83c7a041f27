package sensitive

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
