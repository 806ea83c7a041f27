package sensitive

// travel recognizes passports and permits: a letter or two and seven to ten
// digits. Nothing checks them, so most rules want a column's name besides.
//   - passports: E, G, D, S, P, K and 8 digits; E and a letter, PE, SE, DE, KJ, MA and 7; 14 or 15 and 7
//   - permits of residents of Hong Kong and Macau: H or M and 8 or 10 digits
//   - exit-entry permits: C, W, T, L and 8 digits, C and a letter and 7
func travel(b []byte) (detector, outcome) {
	letters := 0
	for letters < len(b) && isUpper(b[letters]) {
		letters++
	}
	n := len(b) - letters
	switch {
	case !allDigits(b[letters:]) || letters == 0 || letters > 2:
		return passport, other
	case letters == 1 && n == 10 && (b[0] == 'H' || b[0] == 'M'):
		return hkPermit, hit
	case letters == 1 && n == 8:
		return travelLetter(b[0])
	case letters == 2 && n == 7:
		return travelLetters(b[0], b[1])
	}
	return passport, other
}

func travelLetter(c byte) (detector, outcome) {
	switch c {
	case 'E', 'G', 'D', 'S', 'P', 'K':
		return passport, hit
	case 'H', 'M':
		return hkPermit, hit
	case 'C', 'W', 'T', 'L':
		return exitPermit, hit
	}
	return passport, near
}

func travelLetters(a, b byte) (detector, outcome) {
	switch {
	case a == 'E' && b != 'I' && b != 'O', b == 'E' && (a == 'P' || a == 'S' || a == 'D'), a == 'K' && b == 'J', a == 'M' && b == 'A':
		return passport, hit
	case a == 'C' && b != 'I' && b != 'O':
		return exitPermit, hit
	}
	return passport, near
}
