package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// appendJSON prints a value as RFC 8785 says: members by UTF-16 code units,
// no white space, the shortest escapes.
func appendJSON(b []byte, n node) []byte {
	switch n.kind {
	case '{':
		return appendObject(b, n)
	case '[':
		b = append(b, '[')
		for i, v := range n.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v)
		}
		return append(b, ']')
	case '"':
		return appendString(b, n.text)
	case '0':
		return strconv.AppendInt(b, n.num, 10)
	}
	return append(b, map[byte]string{'t': "true", 'f': "false", 'n': "null"}[n.kind]...)
}

func appendObject(b []byte, n node) []byte {
	order := make([]int, len(n.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return compareUTF16(n.keys[i], n.keys[j]) })
	b = append(b, '{')
	for i, at := range order {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, n.keys[at]), ':')
		b = appendJSON(b, n.list[at])
	}
	return append(b, '}')
}

// compareUTF16 orders by UTF-16 code units, as RFC 8785 says. Names in ASCII, the
// usual, need no conversion for it.
func compareUTF16(a, b string) int {
	if isASCII(a) && isASCII(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if at := strings.IndexByte("\"\\\b\f\n\r\t", c); at >= 0 {
			b = append(b, '\\', `"\bfnrt`[at])
		} else {
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return append(append(b, s[from:]...), '"')
}
