package secondreader

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// object is a JSON object; values are object, []any, string, int64, bool, nil.
type object map[string]any

// parse reads strict JSON: integers, no member twice, at most 32 deep.
func parse(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more after the JSON text")
	}
	return v, loneSurrogates(text)
}

// loneSurrogates finds the escapes that Go reads as U+FFFD.
func loneSurrogates(text []byte) error {
	for rest := string(text); ; {
		i := strings.IndexByte(rest, '\\')
		if i < 0 {
			return nil
		}
		if rest[i+1] != 'u' {
			rest = rest[i+2:]
			continue
		}
		n, _ := strconv.ParseUint(rest[i+2:i+6], 16, 32)
		rest = rest[i+6:]
		if utf16.IsSurrogate(rune(n)) {
			if len(rest) < 6 || rest[:2] != `\u` {
				return errors.New("half a surrogate pair")
			}
			low, _ := strconv.ParseUint(rest[2:6], 16, 32)
			if utf16.DecodeRune(rune(n), rune(low)) == utf8.RuneError {
				return errors.New("half a surrogate pair")
			}
			rest = rest[6:]
		}
	}
}

func value(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil || depth > 32 {
		return nil, fmt.Errorf("not JSON at depth %d: %v", depth, err)
	}
	switch t := t.(type) {
	case json.Number:
		return strconv.ParseInt(string(t), 10, 64)
	case json.Delim:
		if t == '{' {
			return members(d, depth)
		}
		list := []any{}
		for d.More() {
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func members(d *json.Decoder, depth int) (any, error) {
	o := object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		if _, twice := o[name.(string)]; twice {
			return nil, fmt.Errorf("%s stands twice", name)
		}
		if o[name.(string)], err = value(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, err
}

// canonical reads an RFC 8785 object with exactly these members; one that ends
// in ? may be absent.
func canonical(text []byte, names ...string) (object, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	if print(v) != string(text) {
		return nil, errors.New("not canonical JSON")
	}
	o, ok := v.(object)
	if !ok {
		return nil, errors.New("no object")
	}
	return o, o.only(names...)
}

func (o object) only(names ...string) error {
	have := 0
	for _, n := range names {
		name, optional := strings.CutSuffix(n, "?")
		if _, ok := o[name]; ok {
			have++
		} else if !optional {
			return fmt.Errorf("no %s", name)
		}
	}
	return must(have == len(o), "an unknown member")
}

func (o object) text(name string) string { s, _ := o[name].(string); return s }
func (o object) list(name string) []any  { l, _ := o[name].([]any); return l }
func (o object) object(name string) object {
	m, _ := o[name].(object)
	return m
}

// number is a count or a place; -1 when it is none.
func (o object) number(name string) int64 {
	n, ok := o[name].(int64)
	if !ok || n < 0 {
		return -1
	}
	return n
}

func (o object) objects(name string) []object {
	var out []object
	for _, v := range o.list(name) {
		m, _ := v.(object)
		out = append(out, m)
	}
	return out
}

func (o object) texts(name string) []string {
	var out []string
	for _, v := range o.list(name) {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// print is RFC 8785.
func print(v any) string {
	switch v := v.(type) {
	case object:
		var names, parts []string
		for n := range v {
			names = append(names, n)
		}
		slices.SortFunc(names, func(a, b string) int { return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))) })
		for _, n := range names {
			parts = append(parts, quote(n)+":"+print(v[n]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, print(e))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case string:
		return quote(v)
	case nil:
		return "null"
	}
	return fmt.Sprint(v)
}

func quote(s string) string {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}
	var b strings.Builder
	for _, c := range s {
		switch esc, ok := short[c]; {
		case ok:
			b.WriteString(esc)
		case c < 0x20:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	return `"` + b.String() + `"`
}
