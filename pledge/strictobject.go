package pledge

import (
	"reflect"
	"strconv"
)

// maxMembers bounds the fields of one Go struct (ours have at most 30).
const maxMembers = 128

func (d *decoder) enter(open byte, what string) error {
	if d.data[d.pos] != open {
		return d.fail("must be " + what)
	}
	if d.depth++; d.depth > maxDepth {
		return d.fail("nested deeper than 32 levels")
	}
	d.pos++
	return nil
}

// object fills a struct. Members come in any order, but in a canonical
// record in sorted order, complete, and none that would be omitted.
func (d *decoder) object(v reflect.Value, l *layout) error {
	if err := d.enter('{', "an object"); err != nil {
		return err
	}
	if len(l.fields) > maxMembers {
		return d.fail(l.typ.String() + " has too many members")
	}
	var seen [maxMembers]bool
	next := 0
	for first := true; ; first = false {
		done, err := d.more('}', first)
		if err != nil {
			return err
		}
		if done {
			d.depth--
			return d.complete(l, seen[:], next)
		}
		i, err := d.member(l, next)
		if err != nil {
			return err
		}
		f := &l.fields[i]
		if seen[i] {
			return d.fail(strconv.Quote(f.name) + " stands twice")
		}
		if d.canonical && d.skipped(l, next, i) {
			return d.fail(strconv.Quote(f.name) + " is out of place")
		}
		seen[i], next = true, i+1
		fv := f.in(v)
		if err := d.value(fv, f.of); err != nil {
			return within(f.name, err)
		}
		if d.canonical && f.omit && empty(fv, f.of) {
			return d.fail(strconv.Quote(f.name) + " is empty and should not be there")
		}
	}
}

// member reads a name and its colon and finds the field, trying first the
// one that a canonical writer would write next.
func (d *decoder) member(l *layout, next int) (int, error) {
	name, err := d.name()
	if err != nil {
		return 0, err
	}
	for k := range l.fields {
		i := next + k
		if i >= len(l.fields) {
			i -= len(l.fields)
		}
		if l.fields[i].name == string(name) {
			return i, nil
		}
	}
	return 0, d.fail("unknown member " + strconv.Quote(string(name)))
}

// skipped says whether a canonical writer could not come from field next to
// field i: it went back, or a field between must always be there.
func (d *decoder) skipped(l *layout, next, i int) bool {
	if i < next {
		return true
	}
	for k := next; k < i; k++ {
		if !l.fields[k].omit {
			return true
		}
	}
	return false
}

func (d *decoder) complete(l *layout, seen []bool, next int) error {
	if d.canonical && d.skipped(l, next, len(l.fields)) {
		return d.fail(l.typ.String() + " is incomplete")
	}
	return nil
}

// name reads a member name and the colon behind it.
func (d *decoder) name() ([]byte, error) {
	d.space()
	name, err := d.str()
	if err != nil {
		return nil, err
	}
	d.space()
	if d.pos >= len(d.data) || d.data[d.pos] != ':' {
		return nil, d.fail("a colon is missing")
	}
	d.pos++
	return name, nil
}

// more steps to the next element; done is true behind the closing bracket.
func (d *decoder) more(end byte, first bool) (done bool, err error) {
	d.space()
	if d.pos >= len(d.data) {
		return false, d.fail("the JSON ends too early")
	}
	switch c := d.data[d.pos]; {
	case c == end:
		d.pos++
		return true, nil
	case first:
		return false, nil
	case c != ',':
		return false, d.fail("a comma is missing")
	}
	d.pos++
	d.space()
	if d.pos < len(d.data) && d.data[d.pos] == end {
		return false, d.fail("a comma too many")
	}
	return false, nil
}

func (d *decoder) slice(v reflect.Value, l *layout) error {
	if err := d.enter('[', "a list"); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(l.typ, 0, 0))
	for i := 0; ; i++ {
		done, err := d.more(']', i == 0)
		if err != nil {
			return err
		}
		if done {
			d.depth--
			return nil
		}
		v.Grow(1)
		v.SetLen(i + 1)
		v.Index(i).SetZero()
		if err := d.value(v.Index(i), l.elem); err != nil {
			return within(strconv.Itoa(i), err)
		}
	}
}

func (d *decoder) dictionary(v reflect.Value, l *layout) error {
	if err := d.enter('{', "an object"); err != nil {
		return err
	}
	v.Set(reflect.MakeMap(l.typ))
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
		key := reflect.ValueOf(string(name)).Convert(l.typ.Key())
		if v.MapIndex(key).IsValid() {
			return d.fail(strconv.Quote(string(name)) + " stands twice")
		}
		elem := reflect.New(l.elem.typ).Elem()
		if err := d.value(elem, l.elem); err != nil {
			return within(string(name), err)
		}
		v.SetMapIndex(key, elem)
	}
}
