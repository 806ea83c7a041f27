package pledge

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var errNumber = errors.New("not a number")

// space skips white space; canonical JSON has none.
func (d *decoder) space() {
	if d.canonical {
		return
	}
	for d.pos < len(d.data) {
		switch d.data[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

func (d *decoder) literal(word string) bool {
	end := d.pos + len(word)
	if end > len(d.data) || string(d.data[d.pos:end]) != word {
		return false
	}
	d.pos = end
	return true
}

// text reads a string as a part of one copy of the whole input: a record of
// fifty strings costs one allocation.
func (d *decoder) text() (string, error) {
	from := d.pos + 1
	b, err := d.str()
	if err != nil {
		return "", err
	}
	if len(b) != d.pos-1-from {
		return string(b), nil // had escapes
	}
	if d.src == "" {
		d.src = string(d.data)
	}
	return d.src[from : d.pos-1], nil
}

// str reads a string; without escapes the answer is a part of the input.
func (d *decoder) str() ([]byte, error) {
	if d.pos >= len(d.data) || d.data[d.pos] != '"' {
		return nil, d.fail("must be a string")
	}
	from, ascii := d.pos+1, true
	for i := from; i < len(d.data); i++ {
		switch c := d.data[i]; {
		case c == '"':
			d.pos = i + 1
			if !ascii && !utf8.Valid(d.data[from:i]) {
				return nil, d.fail("the text is not UTF-8")
			}
			return d.data[from:i], nil
		case c == '\\':
			return d.escaped(from)
		case c < 0x20:
			return nil, d.fail("a control character must be escaped")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, d.fail("the text does not end")
}

func (d *decoder) escaped(from int) ([]byte, error) {
	var out []byte
	for i := from; i < len(d.data); {
		switch c := d.data[i]; {
		case c == '"':
			return d.endEscaped(from, i, out)
		case c == '\\':
			r, n := unescape(d.data[i:])
			if n == 0 {
				return nil, d.fail("a wrong escape in the text")
			}
			out = utf8.AppendRune(out, r)
			i += n
		case c < 0x20:
			return nil, d.fail("a control character must be escaped")
		default:
			out = append(out, c)
			i++
		}
	}
	return nil, d.fail("the text does not end")
}

func (d *decoder) endEscaped(from, end int, out []byte) ([]byte, error) {
	d.pos = end + 1
	if !utf8.Valid(out) {
		return nil, d.fail("the text is not UTF-8")
	}
	if d.canonical && !bytes.Equal(appendString(nil, string(out)), d.data[from-1:end+1]) {
		return nil, d.fail("the text is not spelled canonically")
	}
	return out, nil
}

// unescape reads one escape and its length; 0 when it is none. A surrogate
// without its other half has no UTF-8 form (RFC 7493 section 2.1).
func unescape(b []byte) (rune, int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := hex4(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, ok := hex4(b[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}

// number steps over a JSON number (RFC 8259 section 6).
func (d *decoder) number() error {
	d.accept('-')
	switch {
	case d.accept('0'):
	case d.run() == 0:
		return errNumber
	}
	if d.accept('.') && d.run() == 0 {
		return errNumber
	}
	if d.accept('e') || d.accept('E') {
		if !d.accept('+') {
			d.accept('-')
		}
		if d.run() == 0 {
			return errNumber
		}
	}
	return nil
}

func (d *decoder) accept(c byte) bool {
	if d.pos < len(d.data) && d.data[d.pos] == c {
		d.pos++
		return true
	}
	return false
}

func (d *decoder) run() int {
	from := d.pos
	for d.pos < len(d.data) && d.data[d.pos] >= '0' && d.data[d.pos] <= '9' {
		d.pos++
	}
	return d.pos - from
}

// skip steps over any value, checking all that StrictUnmarshal promises.
func (d *decoder) skip() error {
	d.space()
	if d.pos >= len(d.data) {
		return d.fail("the JSON ends too early")
	}
	switch c := d.data[d.pos]; c {
	case '{':
		return d.skipObject()
	case '[':
		return d.skipList()
	case '"':
		_, err := d.str()
		return err
	case 't', 'f', 'n':
		if d.literal("true") || d.literal("false") || d.literal("null") {
			return nil
		}
	default:
		if d.number() == nil {
			return nil
		}
	}
	return d.fail("not a JSON value")
}

func (d *decoder) skipList() error {
	if err := d.enter('[', "a list"); err != nil {
		return err
	}
	for first := true; ; first = false {
		done, err := d.more(']', first)
		if err != nil {
			return err
		}
		if done {
			d.depth--
			return nil
		}
		if err := d.skip(); err != nil {
			return err
		}
	}
}

func (d *decoder) skipObject() error {
	if err := d.enter('{', "an object"); err != nil {
		return err
	}
	var names nameSet
	for first := true; ; first = false {
		done, err := d.more('}', first)
		if err != nil {
			return err
		}
		if done {
			d.depth--
			return nil
		}
		name, err := d.name()
		if err != nil {
			return err
		}
		if !names.add(name, d.canonical) {
			return d.fail(strconv.Quote(string(name)) + " stands twice or out of order")
		}
		if err := d.skip(); err != nil {
			return err
		}
	}
}

// nameSet finds a name that stands twice: by looking back over a few, by a
// map over many, so that no input makes it slow.
type nameSet struct {
	few  [16][]byte
	n    int
	many map[string]bool
}

func (s *nameSet) add(name []byte, sorted bool) bool {
	if s.n < len(s.few) {
		for _, old := range s.few[:s.n] {
			if bytes.Equal(old, name) {
				return false
			}
		}
		ok := !sorted || s.n == 0 || bytes.Compare(s.few[s.n-1], name) < 0
		s.few[s.n] = name
		s.n++
		return ok
	}
	if s.many == nil {
		s.many = make(map[string]bool)
		for _, old := range s.few {
			s.many[string(old)] = true
		}
	}
	if s.many[string(name)] {
		return false
	}
	s.many[string(name)] = true
	return !sorted
}
