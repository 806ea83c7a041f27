package sensitive

// degrees is a coordinate in units of a tenth of a millionth of a degree.
type degrees struct {
	value    int64
	decimals int
}

const degree = 10_000_000

// readDegrees reads a decimal number at the beginning of b and says how many
// bytes it took, 0 when there is none. Digits beyond the seventh do not count.
func readDegrees(b []byte) (degrees, int) {
	i, d, minus := 0, degrees{}, false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		minus = b[i] == '-'
		i++
	}
	from := i
	for i < len(b) && isDigit(b[i]) && i-from < 4 {
		d.value = d.value*10 + int64(b[i]-'0')
		i++
	}
	if i == from || i+1 >= len(b) || b[i] != '.' || !isDigit(b[i+1]) {
		return d, 0
	}
	for i++; i < len(b) && isDigit(b[i]); i++ {
		if d.decimals < 7 {
			d.value, d.decimals = d.value*10+int64(b[i]-'0'), d.decimals+1
		}
	}
	for range 7 - d.decimals {
		d.value *= 10
	}
	if minus {
		d.value = -d.value
	}
	return d, i
}

// within says whether a coordinate is precise, four decimals or more (about
// ten metres), and at most limit degrees.
func (d degrees) within(limit int64) bool {
	return d.decimals >= 4 && d.value >= -limit*degree && d.value <= limit*degree
}

func (d degrees) small() bool { return d.value > -degree && d.value < degree }

// pair recognizes two coordinates of WGS 84 in one cell, in either order, with
// a comma, semicolon, slash or space between: "39.9042,116.4074", "POINT(116.4074
// 39.9042)". Two numbers below one are no place on land: rather a vector.
func pair(b []byte) outcome {
	i := 0
	for i < len(b) && !isDigit(b[i]) && b[i] != '-' && i < 16 {
		i++
	}
	first, n := readDegrees(b[i:])
	if n == 0 {
		return other
	}
	rest := b[i+n:]
	for len(rest) > 0 && pairSeps[rest[0]] {
		rest = rest[1:]
	}
	second, m := readDegrees(rest)
	if m == 0 || len(rest)-m > 8 || m < len(rest) && isDigit(rest[m]) {
		return other
	}
	inRange := first.within(90) && second.within(180) || first.within(180) && second.within(90)
	if !inRange || first.small() && second.small() {
		return near
	}
	return hit
}

var pairSeps = marks(",; /|")

// coordinate recognizes one coordinate of a column named as such.
func coordinate(b []byte, limit int64) outcome {
	d, n := readDegrees(b)
	switch {
	case n == 0 || n != len(b):
		if allDigits(b) && len(b) <= 3 {
			return masked // whole degrees: generalized
		}
		return other
	case d.within(limit):
		return hit
	case d.decimals < 4:
		return masked
	}
	return other
}
