package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting and maxNodes the values of one JSON text, so that
// hostile JSON can exhaust neither stack nor memory (about 100 bytes a value).
const (
	maxDepth = 32
	maxNodes = 1 << 20
)

// node is a JSON value. Everything that the format writes is RFC 8785 JSON
// with integers only, so a number is an int64 and there is one spelling.
type node struct {
	kind byte // one of { [ " 0 t f n
	text string
	num  int64
	list []node
	keys []string // of an object, beside list
	raw  []byte
}

func (n node) get(key string) (node, bool) {
	if n.kind != '{' {
		return node{}, false
	}
	i := slices.Index(n.keys, key)
	if i < 0 {
		return node{}, false
	}
	return n.list[i], true
}

// members says where in list the value of each name is, for who looks up more
// names than a few: get reads all of them each time.
func (n node) members() map[string]int {
	at := make(map[string]int, len(n.keys))
	for i, key := range n.keys {
		at[key] = i
	}
	return at
}

// parseCanonical reads RFC 8785 JSON: strict, and exactly the bytes that
// printing the value again would give.
func parseCanonical(data []byte) (node, error) {
	n, err := parseJSON(data)
	if err != nil {
		return node{}, err
	}
	if !bytes.Equal(appendJSON(make([]byte, 0, len(data)), n), data) {
		return node{}, errors.New("not canonical JSON (RFC 8785)")
	}
	return n, nil
}

// parseJSON reads one JSON value: valid UTF-8, no name twice, no trailing
// data, integers only, bounded depth.
func parseJSON(data []byte) (node, error) {
	if !utf8.Valid(data) {
		return node{}, errors.New("not valid UTF-8")
	}
	p := parser{data: data}
	n, err := p.value(0)
	if err == nil && p.skip() != 0 {
		err = p.errorf("trailing data")
	}
	if err != nil {
		return node{}, err
	}
	return n, nil
}

type parser struct {
	data  []byte
	pos   int
	nodes int
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", p.pos, fmt.Sprintf(format, args...))
}

// skip passes white space and returns the next byte, 0 at the end.
func (p *parser) skip() byte {
	for ; p.pos < len(p.data); p.pos++ {
		switch c := p.data[p.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (p *parser) value(depth int) (n node, err error) {
	if depth > maxDepth {
		return n, p.errorf("nested too deeply")
	}
	if p.nodes++; p.nodes > maxNodes {
		return n, p.errorf("more than %d values", maxNodes)
	}
	c := p.skip()
	start := p.pos
	switch {
	case c == '{':
		n, err = p.object(depth)
	case c == '[':
		n, err = p.array(depth)
	case c == '"':
		n.kind = '"'
		n.text, err = p.string()
	case c == '-' || c >= '0' && c <= '9':
		n, err = p.number()
	default:
		n, err = p.literal()
	}
	n.raw = p.data[start:p.pos]
	return n, err
}

func (p *parser) object(depth int) (node, error) {
	n := node{kind: '{'}
	seen := map[string]bool{}
	p.pos++
	if p.skip() == '}' {
		p.pos++
		return n, nil
	}
	for {
		if p.skip() != '"' {
			return n, p.errorf("a member name is expected")
		}
		key, err := p.string()
		if err != nil {
			return n, err
		}
		if seen[key] {
			return n, p.errorf("member %q twice", key)
		}
		seen[key] = true
		if p.skip() != ':' {
			return n, p.errorf("a colon is expected")
		}
		p.pos++
		v, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.keys, n.list = append(n.keys, key), append(n.list, v)
		if more, err := p.next('}'); err != nil || !more {
			return n, err
		}
	}
}

func (p *parser) array(depth int) (node, error) {
	n := node{kind: '['}
	p.pos++
	if p.skip() == ']' {
		p.pos++
		return n, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.list = append(n.list, v)
		if more, err := p.next(']'); err != nil || !more {
			return n, err
		}
	}
}

// next passes a comma (true) or the closing byte (false).
func (p *parser) next(end byte) (bool, error) {
	c := p.skip()
	if c != ',' && c != end {
		return false, p.errorf("a comma or %q is expected", end)
	}
	p.pos++
	return c == ',', nil
}

func (p *parser) number() (node, error) {
	start := p.pos
	for p.pos < len(p.data) && (p.data[p.pos] == '-' || p.data[p.pos] >= '0' && p.data[p.pos] <= '9') {
		p.pos++
	}
	text := string(p.data[start:p.pos])
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(v, 10) != text {
		return node{}, p.errorf("%.40q is not an integer", text)
	}
	return node{kind: '0', num: v}, nil
}

func (p *parser) literal() (node, error) {
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(p.data[p.pos:], []byte(word)) {
			p.pos += len(word)
			return node{kind: word[0]}, nil
		}
	}
	return node{}, p.errorf("a value is expected")
}

func (p *parser) string() (string, error) {
	p.pos++ // the quote
	start := p.pos
	var out []byte
	for p.pos < len(p.data) {
		c := p.data[p.pos]
		switch {
		case c == '"':
			out = append(out, p.data[start:p.pos]...)
			p.pos++
			return string(out), nil
		case c < 0x20:
			return "", p.errorf("control character in a string")
		case c == '\\':
			out = append(out, p.data[start:p.pos]...)
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
			start = p.pos
		default:
			p.pos++
		}
	}
	return "", p.errorf("the string has no end")
}

func (p *parser) escape() (rune, error) {
	if p.pos+1 >= len(p.data) {
		return 0, p.errorf("the string has no end")
	}
	c := p.data[p.pos+1]
	if i := bytes.IndexByte([]byte(`"\/bfnrt`), c); i >= 0 {
		p.pos += 2
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	r, err := p.unicode()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	low, err := p.unicode()
	if err != nil {
		return 0, err
	}
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, p.errorf("lone surrogate")
	}
	return r, nil
}

func (p *parser) unicode() (rune, error) {
	if p.pos+6 > len(p.data) || p.data[p.pos] != '\\' || p.data[p.pos+1] != 'u' {
		return 0, p.errorf("bad escape")
	}
	v, err := strconv.ParseUint(string(p.data[p.pos+2:p.pos+6]), 16, 16)
	if err != nil {
		return 0, p.errorf("bad escape")
	}
	p.pos += 6
	return rune(v), nil
}
