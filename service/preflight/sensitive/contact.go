package sensitive

// mobileForm recognizes a mobile number of 11 digits: 1, then 3 to 9.
func mobileForm(b []byte) outcome {
	switch {
	case len(b) != 11 || !allDigits(b):
		return other
	case b[0] != '1' || b[1] < '3':
		return near
	}
	return hit
}

// country takes the prefix 86, 086 or 0086 from a run of digits.
func country(b []byte) []byte {
	for _, p := range []string{"0086", "086", "86"} {
		if len(b) == len(p)+11 && string(b[:len(p)]) == p {
			return b[len(p):]
		}
	}
	return b
}

// fixedForm recognizes an area code and a number of seven or eight digits
// that begins with neither 0 nor 1.
func (x *lexicon) fixedForm(b []byte) bool {
	if len(b) < 11 || len(b) > 12 || b[0] != '0' || !allDigits(b) || !x.area[two(b)*10+int(b[2]-'0')] {
		return false
	}
	code := 4
	if b[1] < '3' {
		code = 3
	}
	local := b[code:]
	return (len(local) == 8 || len(local) == 7 && code == 4) && local[0] >= '2'
}

// atoms marks what the local part of an address is made of (RFC 5321 4.1.2,
// without quoted strings) and, for masks, the star.
var atoms = marks("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._%+-*")

func marks(set string) (t [256]bool) {
	for i := range len(set) {
		t[set[i]] = true
	}
	return t
}

// mailAt recognizes an e-mail address around the @ at b[at]; one with stars
// before the @ is masked.
func mailAt(b []byte, at int) outcome {
	from, star := at, false
	for from > 0 && at-from < 64 && atoms[b[from-1]] {
		from--
		star = star || b[from] == '*'
	}
	to, dot := at+1, 0
	for to < len(b) && to-at < 256 && (isAlpha(b[to]) || isDigit(b[to]) || b[to] == '-' || b[to] == '.') {
		if b[to] == '.' {
			dot = to
		}
		to++
	}
	for dot == to-1 && dot > at { // the full stop of a sentence
		to, dot = to-1, lastDot(b[:to-1], at)
	}
	if from == at || dot <= at+1 || to-dot < 3 || !isAlpha(b[dot+1]) {
		return other
	}
	if star {
		return masked
	}
	return hit
}

func lastDot(b []byte, after int) int {
	for i := len(b) - 1; i > after; i-- {
		if b[i] == '.' {
			return i
		}
	}
	return 0
}
