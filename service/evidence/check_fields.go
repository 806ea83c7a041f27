package evidence

import (
	"encoding/hex"
	"fmt"
	"slices"
)

// fields reads the members of an object by name and remembers the first
// fault, so that a reader can take all it needs and ask once.
type fields struct {
	n    node
	path string
	used []string
	err  *fault
}

// fault is a field that is not what the format says.
type fault struct{ field, detail string }

func (f *fault) Error() string { return f.field + ": " + f.detail }

func faultf(field, format string, args ...any) *fault {
	return &fault{field, fmt.Sprintf(format, args...)}
}

func fieldsOf(n node, path string) *fields {
	f := &fields{n: n, path: path}
	if n.kind != '{' {
		f.err = faultf(path, "an object is expected")
	}
	return f
}

func (f *fields) at(name string) string {
	if f.path == "" {
		return name
	}
	return f.path + "." + name
}

func (f *fields) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = faultf(f.at(name), format, args...)
	}
}

func (f *fields) take(name string, kind byte) node {
	f.used = append(f.used, name)
	v, ok := f.n.get(name)
	if !ok {
		f.fail(name, "is missing")
	} else if kind != 0 && v.kind != kind {
		f.fail(name, "has the wrong type")
		return node{}
	}
	return v
}

func (f *fields) has(name string) bool { _, ok := f.n.get(name); return ok }

func (f *fields) text(name string) string  { return f.take(name, '"').text }
func (f *fields) list(name string) []node  { return f.take(name, '[').list }
func (f *fields) object(name string) node  { return f.take(name, '{') }
func (f *fields) number(name string) int64 { return f.natural(name, f.take(name, '0').num) }

// truth is a boolean member.
func (f *fields) truth(name string) bool {
	v := f.take(name, 0)
	if v.kind != 't' && v.kind != 'f' {
		f.fail(name, "has the wrong type")
	}
	return v.kind == 't'
}

func (f *fields) natural(name string, v int64) int64 {
	if v < 0 {
		f.fail(name, "is negative")
	}
	return v
}

// optional is the text of a member that may be absent.
func (f *fields) optional(name string) string {
	if !f.has(name) {
		f.used = append(f.used, name)
		return ""
	}
	return f.text(name)
}

// is demands one value of a text member.
func (f *fields) is(name, want string) {
	if got := f.text(name); f.err == nil && got != want {
		f.fail(name, "is %.80q, not %q", got, want)
	}
}

func (f *fields) version() {
	if v := f.number("v"); f.err == nil && v != Version {
		f.fail("v", "is %d, not %d", v, Version)
	}
}

// digest is a SHA-256 in lowercase hex.
func (f *fields) digest(name string) []byte {
	text := f.text(name)
	sum, err := hex.DecodeString(text)
	if f.err == nil && (err != nil || len(sum) != 32 || hex.EncodeToString(sum) != text) {
		f.fail(name, "is not a SHA-256 in lowercase hex")
	}
	return sum
}

// rest refuses members that were not asked for, and returns the first fault.
func (f *fields) rest() error {
	for _, key := range f.n.keys {
		if !slices.Contains(f.used, key) {
			f.fail(key, "is unknown")
		}
	}
	return f.error()
}

func (f *fields) error() error {
	if f.err == nil {
		return nil
	}
	return f.err
}
