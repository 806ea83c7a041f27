package table

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// member is one member of an object: its name decoded, its value as written.
type member struct {
	name  []byte
	value []byte
}

// members gives the members of a valid object.
func members(object []byte, into []member) ([]member, error) {
	into, rest := into[:0], space(object[1:])
	for rest[0] != '}' {
		size := valueSize(rest)
		name, err := rest[1:size-1], error(nil)
		if bytes.IndexByte(name, '\\') >= 0 {
			name, err = appendString(nil, rest[:size])
		}
		if err != nil {
			return nil, err
		}
		rest = space(space(rest[size:])[1:]) // the colon
		size = valueSize(rest)
		into = append(into, member{name, rest[:size]})
		if rest = space(rest[size:]); rest[0] == ',' {
			rest = space(rest[1:])
		}
	}
	return into, nil
}

// space passes white space over.
func space(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\r' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// valueSize is the length of the valid value in front.
func valueSize(b []byte) int {
	switch b[0] {
	case '{', '[':
		n, _ := new(braces).scan(b)
		return n
	case '"':
		n := 1
		for ; b[n] != '"'; n++ {
			if b[n] == '\\' {
				n++
			}
		}
		return n + 1
	}
	for n, c := range b {
		switch c {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return n
		}
	}
	return len(b)
}

// appendCell appends a value as the text of a cell: a string's letters, a
// number as appendLiteral has it, an object or array in canonical form.
func appendCell(dst, value []byte) (out []byte, c Class, err error) {
	switch value[0] {
	case 'n':
		return dst, Null, nil
	case '{', '[':
		out, err = appendCanonical(dst, value)
	case '"':
		out, err = appendString(dst, value)
	case 't', 'f':
		out = append(dst, value...)
	default:
		out, c = appendLiteral(dst, value), Number
	}
	if err != nil {
		return dst, 0, err
	}
	return out, c | Bytes(out[len(dst):]), nil
}

// appendString appends what a valid JSON string stands for.
func appendString(dst, quoted []byte) ([]byte, error) {
	rest := quoted[1 : len(quoted)-1]
	for {
		n := bytes.IndexByte(rest, '\\')
		if n < 0 {
			return append(dst, rest...), nil
		}
		dst = append(dst, rest[:n]...)
		r, size := escaped(rest[n:])
		if size == 0 {
			return nil, failure(BrokenEncoding, "half a surrogate pair in a string")
		}
		dst, rest = utf8.AppendRune(dst, r), rest[n+size:]
	}
}

// escaped decodes the escape in front; size 0 says that it is half a letter.
func escaped(b []byte) (r rune, size int) {
	if b[1] != 'u' {
		const names, letters = `bfnrt`, "\b\f\n\r\t"
		if i := bytes.IndexByte([]byte(names), b[1]); i >= 0 {
			return rune(letters[i]), 2
		}
		return rune(b[1]), 2
	}
	if r = unit(b); !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(b) < 12 || b[6] != '\\' || b[7] != 'u' {
		return 0, 0
	}
	if r = utf16.DecodeRune(r, unit(b[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// unit is the number in \uXXXX.
func unit(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n)
}
