package sensitive

// maskForm recognizes numbers of which digits were replaced: 138****8000,
// 110105********002X, 6222************123. It says of which rule they are the
// desensitized form, by length and beginning. At least four digits must be
// hidden, stars, # or X, in one run (two for a number's ends).
func maskForm(b []byte) (detector, bool) {
	digits, veils := 0, 0
	for i, c := range b {
		switch {
		case isDigit(c):
			digits++
		case c == '*' || c == '#' || c|0x20 == 'x' && (veils > 0 || i < len(b)-1):
			veils++
		case c != '-' && c != ' ' && (c|0x20 != 'x' || i != len(b)-1):
			return 0, false
		}
	}
	if digits < 3 || veils < 4 {
		return 0, false
	}
	return maskOf(b, digits+veils)
}

func maskOf(b []byte, n int) (detector, bool) {
	switch {
	case n == 11 && b[0] == '1':
		return mobile, true
	case (n == 11 || n == 12) && b[0] == '0':
		return fixed, true
	case n == 16 || n == 19 || (n == 17 || n == 18) && b[0] == '6' && b[1] == '2' && b[len(b)-1]|0x20 != 'x':
		return card, true
	case n == 15 || n == 17 || n == 18:
		return identity, true
	}
	return 0, false
}
