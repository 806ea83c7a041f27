package sensitive

// luhn checks digits as ISO/IEC 7812-1 annex B says.
func luhn(b []byte) bool {
	sum := 0
	for i := range b {
		d := int(b[len(b)-1-i] - '0')
		if i&1 == 1 {
			d = luhnDouble[d]
		}
		sum += d
	}
	return sum%10 == 0
}

var luhnDouble = [10]int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}

// card recognizes a bank card's number, 16 to 19 digits.
func (x *lexicon) card(b []byte) outcome {
	if len(b) < 16 || len(b) > 19 || !allDigits(b) {
		return other
	}
	switch {
	case x.cards[two(b)*100+two(b[2:])]&(1<<(len(b)-16)) == 0:
		return pool
	case !luhn(b):
		return near
	}
	return hit
}

// imei recognizes 15 digits that begin as a reporting body does (3GPP TS 23.003 6.2).
func (x *lexicon) imei(b []byte) outcome {
	switch {
	case len(b) != 15 || !allDigits(b):
		return other
	case !x.bodies[two(b)]:
		return pool
	case !luhn(b):
		return near
	}
	return hit
}
