package index

import (
	"bytes"
	"encoding/json"
	"errors"
)

// What a block holds was checked when it was applied. Here only a few members
// of large objects are wanted, and a rebuild passes over everything there
// ever was: so values that nobody asked for are stepped over, not parsed.

var errJSON = errors.New("malformed JSON")

// members calls fn for every member of an object, with the name as it stands
// between its quotes and the value as it is written.
func members(raw []byte, fn func(name string, value []byte) error) error {
	return items(raw, '{', '}', func(rest []byte) (int, error) {
		end := stringEnd(rest)
		if end < 0 {
			return 0, errJSON
		}
		at := skipSpace(rest, end)
		if at >= len(rest) || rest[at] != ':' {
			return 0, errJSON
		}
		from := skipSpace(rest, at+1)
		to := valueEnd(rest, from)
		if to < 0 {
			return 0, errJSON
		}
		return to, fn(string(rest[1:end-1]), rest[from:to])
	})
}

// elements calls fn for every element of an array.
func elements(raw []byte, fn func(value []byte) error) error {
	return items(raw, '[', ']', func(rest []byte) (int, error) {
		to := valueEnd(rest, 0)
		if to < 0 {
			return 0, errJSON
		}
		return to, fn(rest[:to])
	})
}

// items walks what stands between two brackets, separated by commas. one
// tells the length of the item at the start of rest.
func items(raw []byte, open, end byte, one func(rest []byte) (int, error)) error {
	at := skipSpace(raw, 0)
	if at >= len(raw) || raw[at] != open {
		return errJSON
	}
	if at = skipSpace(raw, at+1); at < len(raw) && raw[at] == end {
		return nil
	}
	for at < len(raw) {
		n, err := one(raw[at:])
		if err != nil {
			return err
		}
		if at = skipSpace(raw, at+n); at >= len(raw) || raw[at] != ',' {
			break
		}
		at = skipSpace(raw, at+1)
	}
	if at >= len(raw) || raw[at] != end {
		return errJSON
	}
	return nil
}

func skipSpace(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t') {
		at++
	}
	return at
}

// stringEnd is the place behind the string at the start of b, or -1.
func stringEnd(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return -1
	}
	for at := 1; ; at++ {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 {
			return -1
		}
		if esc := bytes.IndexByte(b[at:at+n], '\\'); esc >= 0 {
			at += esc + 1
			continue
		}
		return at + n + 1
	}
}

// valueEnd is the place behind the value at from, or -1.
func valueEnd(b []byte, from int) int {
	for at, depth := from, 0; at < len(b); at++ {
		switch b[at] {
		case '"':
			n := stringEnd(b[at:])
			if n < 0 {
				return -1
			}
			at += n - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return -1
			}
		default:
			if n := scalarEnd(b[at:]); n > 0 && depth == 0 {
				return at + n
			}
			continue
		}
		if depth == 0 {
			return at + 1
		}
	}
	return -1
}

// scalarEnd is the length of the number, true, false or null at the start of b.
func scalarEnd(b []byte) int {
	for n, c := range b {
		if c <= ' ' || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' {
			return n
		}
	}
	return len(b)
}

// text reads a string value.
func text(value []byte) (string, error) {
	if n := len(value); n >= 2 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : n-1]), nil
	}
	var s string
	err := json.Unmarshal(value, &s)
	return s, err
}

// texts reads the string members that are named in into.
func texts(raw []byte, into map[string]*string) error {
	return members(raw, func(name string, value []byte) error {
		target := into[name]
		if target == nil {
			return nil
		}
		s, err := text(value)
		*target = s
		return err
	})
}
