package table

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// appendCanonical appends a valid value in the canonical form of RFC 8785,
// but for integers beyond 2^53, which keep their digits.
func appendCanonical(dst, value []byte) ([]byte, error) {
	switch value[0] {
	case '{':
		return appendObject(dst, value)
	case '[':
		return appendArray(dst, value)
	case '"':
		text, err := appendString(nil, value)
		return appendQuoted(dst, text), err
	case 't', 'f', 'n':
		return append(dst, value...), nil
	}
	return appendLiteral(dst, value), nil
}

func appendArray(dst, array []byte) ([]byte, error) {
	var err error
	dst = append(dst, '[')
	for rest := space(array[1:]); rest[0] != ']'; {
		size := valueSize(rest)
		if dst, err = appendCanonical(dst, rest[:size]); err != nil {
			return nil, err
		}
		if rest = space(rest[size:]); rest[0] == ',' {
			dst, rest = append(dst, ','), space(rest[1:])
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst, object []byte) ([]byte, error) {
	all, err := members(object, nil)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b member) int { return compareUnits(a.name, b.name) })
	dst = append(dst, '{')
	for i, m := range all {
		if i > 0 {
			if bytes.Equal(m.name, all[i-1].name) {
				return nil, failure(Malformed, "a name twice in an object")
			}
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, m.name), ':')
		if dst, err = appendCanonical(dst, m.value); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// compareUnits compares as UTF-16, which is the order of RFC 8785 (3.2.3).
func compareUnits(a, b []byte) int {
	for len(a) > 0 && len(b) > 0 {
		r, n := utf8.DecodeRune(a)
		s, m := utf8.DecodeRune(b)
		if r != s {
			if (r > 0xffff) != (s > 0xffff) {
				r, s = first(r), first(s)
			}
			return cmp.Compare(r, s)
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

func first(r rune) rune {
	if r > 0xffff {
		r, _ = utf16.EncodeRune(r)
	}
	return r
}

// appendQuoted appends text as a JSON string, escaped as RFC 8785 has it.
func appendQuoted(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, b := range text {
		switch name := escapes[b]; {
		case name == 0:
			dst = append(dst, b)
		case name != 'u':
			dst = append(dst, '\\', name)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		}
	}
	return append(dst, '"')
}

// escapes is what stands behind the backslash of a byte; 0: it needs none.
var escapes = func() (t [256]byte) {
	for b := range ' ' {
		t[b] = 'u'
	}
	for i, b := range []byte("\b\f\n\r\t\"\\") {
		t[b] = "bfnrt\"\\"[i]
	}
	return t
}()
