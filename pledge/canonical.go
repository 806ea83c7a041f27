package pledge

import (
	"fmt"
	"reflect"
	"strconv"
	"unicode/utf8"
)

// CanonicalJSON prints v as RFC 8785 canonical JSON: members sorted, no
// white space, no HTML escaping, integers only. Every record and every
// digest over JSON uses this one spelling. An error names a value that has
// no such spelling: a float, an integer beyond 2^53-1, a type that prints
// itself.
func CanonicalJSON(v any) ([]byte, error) {
	e := encoder{buf: make([]byte, 0, 1024)}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	if !rv.IsValid() {
		return []byte("null"), nil
	}
	e.value(rv, layoutOf(rv.Type()))
	if e.err != nil {
		return nil, e.err
	}
	return e.buf, nil
}

type encoder struct {
	buf []byte
	err error
}

func (e *encoder) value(v reflect.Value, l *layout) {
	switch l.kind {
	case kindString:
		e.text(v.String())
	case kindInt:
		e.integer(v.Int())
	case kindUint:
		if u := v.Uint(); u > maxInteger {
			e.err = fmt.Errorf("%d has no exact JSON spelling", u)
		} else {
			e.integer(int64(u))
		}
	case kindBool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case kindRaw:
		e.raw(v.Bytes())
	case kindPointer:
		e.pointer(v, l)
	case kindSlice:
		e.slice(v, l)
	case kindStruct:
		e.object(v, l)
	default:
		e.err = fmt.Errorf("%s has no canonical JSON spelling", v.Type())
	}
}

func (e *encoder) text(s string) {
	if !utf8.ValidString(s) {
		e.err = fmt.Errorf("%q is not UTF-8", s)
	}
	e.buf = appendString(e.buf, s)
}

func (e *encoder) integer(n int64) {
	if n > maxInteger || n < -maxInteger {
		e.err = fmt.Errorf("%d has no exact JSON spelling", n)
	}
	e.buf = strconv.AppendInt(e.buf, n, 10)
}

// raw is JSON that the rules made themselves (a normalized key) and that is
// canonical already.
func (e *encoder) raw(b []byte) {
	if b == nil {
		b = []byte("null")
	}
	e.buf = append(e.buf, b...)
}

func (e *encoder) pointer(v reflect.Value, l *layout) {
	if v.IsNil() {
		e.buf = append(e.buf, "null"...)
		return
	}
	e.value(v.Elem(), l.elem)
}

// slice prints a nil slice as [], so that there is one spelling of "none".
func (e *encoder) slice(v reflect.Value, l *layout) {
	e.buf = append(e.buf, '[')
	for i := range v.Len() {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.value(v.Index(i), l.elem)
	}
	e.buf = append(e.buf, ']')
}

func (e *encoder) object(v reflect.Value, l *layout) {
	e.buf = append(e.buf, '{')
	first := true
	for i := range l.fields {
		f := &l.fields[i]
		fv := f.in(v)
		if f.omit && empty(fv, f.of) {
			continue
		}
		if !first {
			e.buf = append(e.buf, ',')
		}
		first = false
		e.buf = append(e.buf, '"')
		e.buf = append(e.buf, f.name...)
		e.buf = append(e.buf, '"', ':')
		e.value(fv, f.of)
	}
	e.buf = append(e.buf, '}')
}

func empty(v reflect.Value, l *layout) bool {
	switch l.kind {
	case kindString, kindSlice, kindRaw, kindMap:
		return v.Len() == 0
	case kindInt:
		return v.Int() == 0
	case kindUint:
		return v.Uint() == 0
	case kindBool:
		return !v.Bool()
	case kindPointer:
		return v.IsNil()
	}
	return false
}

const hexDigits = "0123456789abcdef"

// appendString prints a JSON string as RFC 8785 section 3.2.2.2 says.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, c)
		from = i + 1
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\f':
		return append(dst, '\\', 'f')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
