package table

import (
	"context"
	"encoding/json"
	"errors"
	"io"
)

// depth is how deep values may be nested.
const depth = 64

// objects cuts a text into JSON objects: those of one array, or those one
// after the other, on lines of their own or not.
type objects struct {
	text  *text
	in    []byte
	most  int // bytes of an object
	array bool
	begun bool
	after bool // an object: a comma or the end comes next
	ended bool // the array
	buf   []byte
}

// next gives the next object, checked and valid until the call after it.
func (o *objects) next(ctx context.Context) ([]byte, error) {
	for {
		b, err := o.skip(ctx)
		if err != nil {
			return nil, o.atEnd(err)
		}
		switch {
		case b == '[' && !o.begun:
			o.array = true
		case b == ']' && o.array && !o.ended:
			o.ended = true
		case b == ',' && o.array && o.after && !o.ended:
			o.after = false
		case b == '{' && !o.ended && (!o.array || !o.after):
			return o.object(ctx)
		default:
			return nil, failure(Malformed, "not an object, or not where one may be")
		}
		o.begun, o.in = true, o.in[1:]
	}
}

// atEnd tells the end of the text from one that comes too early.
func (o *objects) atEnd(err error) error {
	if errors.Is(err, io.EOF) && o.array && !o.ended {
		return failure(Truncated, "the array does not end")
	}
	return err
}

// skip gives the next byte that is no white space and leaves it.
func (o *objects) skip(ctx context.Context) (byte, error) {
	for {
		if o.in = space(o.in); len(o.in) > 0 {
			return o.in[0], nil
		}
		if err := o.more(ctx); err != nil {
			return 0, err
		}
	}
}

func (o *objects) more(ctx context.Context) (err error) {
	if err = ctx.Err(); err == nil {
		o.in, err = o.text.next()
	}
	return err
}

// object collects the bytes from the brace in front to the one that matches.
func (o *objects) object(ctx context.Context) ([]byte, error) {
	var s braces
	o.buf, o.begun, o.after = o.buf[:0], true, true
	for {
		n, err := s.scan(o.in)
		o.buf, o.in = append(o.buf, o.in[:n]...), o.in[n:]
		if err == nil && len(o.buf) > o.most {
			err = failure(CellTooLarge, "the object has more than %d bytes", o.most)
		}
		if err == nil && s.closed() && !json.Valid(o.buf) {
			err = failure(Malformed, "not JSON")
		}
		if err != nil || s.closed() {
			return o.buf, err
		}
		if err := o.more(ctx); errors.Is(err, io.EOF) {
			return nil, failure(Truncated, "the object does not end")
		} else if err != nil {
			return nil, err
		}
	}
}

// braces finds the end of a value: strings it passes over, all else is for
// the check that follows.
type braces struct {
	open, begun     int
	quoted, escaped bool
}

func (s *braces) closed() bool { return s.begun > 0 && s.open == 0 }

func (s *braces) scan(in []byte) (int, error) {
	for i, b := range in {
		switch {
		case s.escaped:
			s.escaped = false
		case s.quoted:
			s.escaped, s.quoted = b == '\\', b != '"'
		case b == '"':
			s.quoted = true
		case b == '{' || b == '[':
			s.open, s.begun = s.open+1, 1
		case b == '}' || b == ']':
			s.open--
		}
		if s.open > depth {
			return i, failure(Unsupported, "nested deeper than %d", depth)
		}
		if s.closed() {
			return i + 1, nil
		}
	}
	return len(in), nil
}
