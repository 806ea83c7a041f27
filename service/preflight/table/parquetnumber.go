package table

import (
	"bytes"
	"math"
	"math/big"
)

// appendDecimal appends unscaled / 10^scale without zeros at the end.
func (l *leaf) appendDecimal(dst, v []byte) []byte {
	n := new(big.Int)
	if l.kind == int32Kind || l.kind == int64Kind {
		n.SetInt64(integer(v))
	} else if n.SetBytes(v); len(v) > 0 && v[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
	}
	digits := n.Abs(n).Append(nil, 10)
	if zeros := l.scale + 1 - len(digits); zeros > 0 {
		digits = append(bytes.Repeat([]byte{'0'}, zeros), digits...)
	}
	dst = append(dst, digits[:len(digits)-l.scale]...)
	rest := digits[len(digits)-l.scale:]
	for len(rest) > 0 && rest[len(rest)-1] == '0' {
		rest = rest[:len(rest)-1]
	}
	if len(rest) > 0 {
		dst = append(append(dst, '.'), rest...)
	}
	return dst
}

// half is a number of 16 bits (IEEE 754 binary16).
func half(b uint16) float64 {
	sign, exponent, fraction := 1-2*float64(b>>15), int(b>>10&31), float64(b&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}
