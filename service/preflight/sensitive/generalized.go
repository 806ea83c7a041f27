package sensitive

// generalized recognizes what is left of a number or a date when it was made
// coarser: 20-30, [20,30), >=60, 1985, 1985-**, 1985-03, 3301**, 80后, 1980s.
func generalized(b []byte) bool {
	digits, marks := 0, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case isDigit(c):
			digits++
		case coarse[c]:
			marks++
		case c >= 0x80 && i+2 < len(b):
			i += 2 // 岁, 后, 年, 以上: one character
			marks++
		default:
			return false
		}
	}
	switch {
	case digits == 4 && marks == 0:
		return two(b) == 19 || two(b) == 20
	case digits == 0 || digits > 8 || marks == 0 || len(b) > 24:
		return false
	}
	return digits <= 6 || !isDayText(b)
}

var coarse = marks("-~*[](),<>=+/s. ")

// isDayText recognizes a whole day: 1985-03-12, 1985/3/12, 19850312, 1985年3月12日,
// with or without a time after it.
func isDayText(b []byte) bool {
	var parts [3]int
	n, digits := 0, 0
	for i := 0; i < len(b) && n < 3; i++ {
		switch c := b[i]; {
		case isDigit(c) && digits < 8:
			parts[n] = parts[n]*10 + int(c-'0')
			digits++
		case isDigit(c):
			return false
		case digits == 8 && n == 0:
			return isDate(b[:8])
		case digits > 0:
			n, digits = n+1, 0
		}
	}
	if n == 0 && digits == 8 && len(b) == 8 {
		return isDate(b)
	}
	return (n == 3 || n == 2 && digits > 0) && parts[0] >= 1900 && parts[0] < 2040 && isDay(parts[0], parts[1], parts[2])
}
