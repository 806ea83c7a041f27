package table

import (
	"bytes"
	"math"
	"strconv"
)

// appendLiteral appends a number written in JSON or XLSX the one way that
// numbers have here: integers with all their digits, everything else as the
// shortest decimal of its IEEE 754 double.
func appendLiteral(dst, literal []byte) []byte {
	if len(bytes.Trim(literal, "-0123456789")) == 0 {
		if string(literal) == "-0" {
			return append(dst, '0')
		}
		return append(dst, literal...)
	}
	f, err := strconv.ParseFloat(string(literal), 64)
	if err != nil { // beyond a double: what is written is all there is
		return append(dst, literal...)
	}
	return appendFloat(dst, f, 64)
}

// appendFloat appends the shortest decimal that gives the number of so many
// bits again, as ECMAScript and RFC 8785 write it: an exponent only below
// 1e-6 and from 1e21.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch abs := math.Abs(f); {
	case f == 0:
		return append(dst, '0')
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 0):
		return append(dst, map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0]...)
	case abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, bits)
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') { // e-07
		dst = append(dst[:n-2], dst[n-1])
	}
	return dst
}
