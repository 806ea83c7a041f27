package quality

import (
	"bytes"
	"strings"
)

// decimal is a number as written, cut into its parts, so that numbers of any
// length compare exactly.
type decimal struct {
	negative    bool
	whole, rest []byte // digits before and after the point, without the zeros that say nothing
}

// parseDecimal reads [+-]digits[.digits], the only numbers that are compared.
func parseDecimal(s []byte) (d decimal, ok bool) {
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	whole, rest, point := bytes.Cut(s, []byte("."))
	if !digits(whole) || point && !digits(rest) {
		return decimal{}, false
	}
	d.whole, d.rest = bytes.TrimLeft(whole, "0"), bytes.TrimRight(rest, "0")
	if len(d.whole) == 0 && len(d.rest) == 0 {
		d.negative = false // -0 is 0
	}
	return d, true
}

// digits tells whether s is one digit at least, and nothing else.
func digits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}

// compare orders as cmp.Compare does.
func (d decimal) compare(o decimal) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	c := d.compareSize(o)
	if d.negative {
		return -c
	}
	return c
}

func (d decimal) compareSize(o decimal) int {
	if len(d.whole) != len(o.whole) {
		return sign(len(d.whole) - len(o.whole))
	}
	if c := bytes.Compare(d.whole, o.whole); c != 0 {
		return c
	}
	return bytes.Compare(d.rest, o.rest)
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// parseText is parseDecimal for what stands in an expectation.
func parseText(s string) (decimal, bool) { return parseDecimal([]byte(strings.TrimSpace(s))) }
