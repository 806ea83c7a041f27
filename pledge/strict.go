package pledge

import (
	"encoding/json"
	"reflect"
	"strings"
)

// StrictUnmarshal decodes JSON of which no two readers can think different
// things: member names match exactly, an unknown or repeated member at any
// depth is refused, and so are trailing data, invalid UTF-8, unpaired
// surrogates, fractions where an integer is meant, and nesting deeper than
// 32. A refusal is an *Error with code Malformed that says where.
func StrictUnmarshal(data []byte, v any) error {
	return unmarshal(data, v, false)
}

// unmarshalCanonical accepts, beyond that, only the spelling that
// CanonicalJSON prints. Records are read with it: a record that was not
// written by these rules is not one.
func unmarshalCanonical(data []byte, v any) error {
	return unmarshal(data, v, true)
}

func unmarshal(data []byte, v any, canonical bool) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return Errorf(Malformed, "cannot decode into %T", v)
	}
	d := decoder{data: data, canonical: canonical}
	err := d.value(rv.Elem(), layoutOf(rv.Type().Elem()))
	if err == nil {
		d.space()
		if d.pos < len(data) {
			err = d.fail("there is something after the end of the JSON")
		}
	}
	if err != nil {
		rv.Elem().SetZero()
		return err
	}
	return nil
}

// decoder walks the bytes once, filling values and checking as it goes.
type decoder struct {
	data      []byte
	pos       int
	depth     int
	canonical bool
	src       string // data, once it was needed as text
}

func (d *decoder) fail(what string) error {
	return Errorf(Malformed, "%s (at byte %d)", clip(what), d.pos)
}

// clip keeps a detail readable when it quotes what somebody sent.
func clip(s string) string {
	const longest = 160
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

// within names the member that an error came from, outermost first. No
// error stays none.
func within(name string, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	return &Error{e.Code, name + ": " + e.Detail}
}

func (d *decoder) value(v reflect.Value, l *layout) error {
	d.space()
	if d.pos >= len(d.data) {
		return d.fail("the JSON ends too early")
	}
	switch l.kind {
	case kindString:
		s, err := d.text()
		if err == nil {
			v.SetString(s)
		}
		return err
	case kindInt:
		return d.integer(v)
	case kindUint:
		return d.unsigned(v)
	case kindBool:
		return d.boolean(v)
	case kindPointer:
		return d.pointer(v, l)
	case kindSlice:
		return d.slice(v, l)
	case kindStruct:
		return d.object(v, l)
	case kindMap:
		return d.dictionary(v, l)
	}
	return d.other(v, l)
}

// other takes raw JSON, and types that read themselves, after a full check.
func (d *decoder) other(v reflect.Value, l *layout) error {
	from := d.pos
	if err := d.skip(); err != nil {
		return err
	}
	raw := d.data[from:d.pos]
	if l.kind == kindRaw {
		v.SetBytes(append([]byte(nil), raw...))
		return nil
	}
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		return d.fail("not a " + l.typ.String())
	}
	return nil
}

func (d *decoder) boolean(v reflect.Value) error {
	switch {
	case d.literal("true"):
		v.SetBool(true)
	case d.literal("false"):
		v.SetBool(false)
	default:
		return d.fail("must be true or false")
	}
	return nil
}

func (d *decoder) pointer(v reflect.Value, l *layout) error {
	if d.literal("null") {
		v.SetZero()
		return nil
	}
	p := reflect.New(l.elem.typ)
	if err := d.value(p.Elem(), l.elem); err != nil {
		return err
	}
	v.Set(p)
	return nil
}

func (d *decoder) integer(v reflect.Value) error {
	s, err := d.digits()
	if err != nil {
		return err
	}
	n, ok := exact(s)
	if !ok || v.OverflowInt(n) {
		return d.fail(string(s) + " is too big; the largest is 9007199254740991")
	}
	v.SetInt(n)
	return nil
}

func (d *decoder) unsigned(v reflect.Value) error {
	s, err := d.digits()
	if err != nil {
		return err
	}
	n, ok := exact(s)
	if !ok || n < 0 || v.OverflowUint(uint64(n)) {
		return d.fail(string(s) + " is out of range")
	}
	v.SetUint(uint64(n))
	return nil
}

// digits reads an integer in its only spelling: no fraction, exponent,
// leading zero or negative zero. Amounts must never pass through a float.
func (d *decoder) digits() ([]byte, error) {
	from := d.pos
	if err := d.number(); err != nil {
		return nil, d.fail("must be a whole number")
	}
	s := d.data[from:d.pos]
	for _, c := range s {
		if c == '.' || c == 'e' || c == 'E' {
			return nil, d.fail(string(s) + " is not a whole number; give minor units without a fraction")
		}
	}
	if string(s) == "-0" {
		return nil, d.fail("-0 is not a number")
	}
	return s, nil
}

// exact is the value of digits that digits returned; false beyond 2^53-1.
func exact(s []byte) (n int64, ok bool) {
	negative := s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) > len("9007199254740991") {
		return 0, false
	}
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	ok = n <= maxInteger
	if negative {
		n = -n
	}
	return n, ok
}
