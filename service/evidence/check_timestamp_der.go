package evidence

import (
	"encoding/asn1"
)

// der reads the elements of a DER value one after the other and remembers the
// first fault. Nothing is passed over: what is not asked for is a fault, so
// that no byte can change or be added unseen.
type der struct {
	field string
	items []asn1.RawValue
	err   *fault
}

// maxItems bounds the elements of one value.
const maxItems = 256

func derOf(field string, data []byte) *der {
	d := &der{field: field}
	for len(data) > 0 && d.err == nil {
		var item asn1.RawValue
		rest, err := asn1.Unmarshal(data, &item)
		if err != nil || len(d.items) == maxItems {
			d.fail("is not DER, or has too many elements")
			break
		}
		d.items, data = append(d.items, item), rest
	}
	return d
}

// only opens the one element that data consists of.
func only(field string, data []byte, tag int) *der {
	d := derOf(field, data)
	in := d.in(field, tag)
	if len(d.items) > 0 {
		in.fail("is followed by something")
	}
	in.adopt(d)
	return in
}

// done wants d read to its end, and returns its fault.
func (d *der) done() error {
	var outer der
	outer.end(d)
	return outer.error()
}

func (d *der) fail(format string, args ...any) {
	if d.err == nil {
		d.err = faultf(d.field, format, args...)
	}
}

// has says whether an element of a class and tag is next.
func (d *der) has(class, tag int) bool {
	return d.err == nil && len(d.items) > 0 && d.items[0].Class == class && d.items[0].Tag == tag
}

func (d *der) take(class, tag int, compound bool) asn1.RawValue {
	if !d.has(class, tag) || d.items[0].IsCompound != compound {
		d.fail("the element of class %d, tag %d is missing or another is in its place", class, tag)
		return asn1.RawValue{}
	}
	item := d.items[0]
	d.items = d.items[1:]
	return item
}

// in opens a SEQUENCE or SET, by its tag.
func (d *der) in(field string, tag int) *der {
	v := d.take(asn1.ClassUniversal, tag, true)
	inner := derOf(field, v.Bytes)
	inner.adopt(d)
	return inner
}

// context opens a context-specific element.
func (d *der) context(field string, tag int) *der {
	v := d.take(asn1.ClassContextSpecific, tag, true)
	inner := derOf(field, v.Bytes)
	inner.adopt(d)
	return inner
}

func (d *der) oid() string {
	var oid asn1.ObjectIdentifier
	v := d.take(asn1.ClassUniversal, asn1.TagOID, false)
	if _, err := asn1.Unmarshal(v.FullBytes, &oid); err != nil {
		d.fail("has no object identifier where one belongs")
	}
	return oid.String()
}

// integer is an INTEGER as its DER content.
func (d *der) integer() []byte {
	v := d.take(asn1.ClassUniversal, asn1.TagInteger, false)
	if b := v.Bytes; len(b) == 0 || len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		d.fail("has no whole number where one belongs")
	}
	return v.Bytes
}

// version demands a small INTEGER.
func (d *der) version(want byte) {
	if v := d.integer(); len(v) != 1 || v[0] != want {
		d.fail("has the version %x, not %d", v, want)
	}
}

func (d *der) octets() []byte {
	return d.take(asn1.ClassUniversal, asn1.TagOctetString, false).Bytes
}

// algorithm is an AlgorithmIdentifier without parameters, or with NULL.
func (d *der) algorithm() string {
	a := d.in(d.field, asn1.TagSequence)
	id := a.oid()
	if a.has(asn1.ClassUniversal, asn1.TagNull) {
		if len(a.take(asn1.ClassUniversal, asn1.TagNull, false).Bytes) > 0 {
			a.fail("a NULL holds something")
		}
	}
	d.end(a)
	return id
}

func (d *der) adopt(other *der) {
	if d.err == nil {
		d.err = other.err
	}
}

// end wants inner read to its end, and takes over its fault.
func (d *der) end(inner *der) {
	if len(inner.items) > 0 {
		inner.fail("has %d elements too many", len(inner.items))
	}
	d.adopt(inner)
}

func (d *der) error() error {
	if d.err == nil {
		return nil
	}
	return d.err
}
