package table

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

const (
	window = 1 << 20   // of bytes that decide the encoding
	block  = 256 << 10 // of text given out at once
	small  = 16 << 10  // of most files of a dataset of very many
)

// text turns a stream of bytes in any encoding into blocks of valid UTF-8
// without NUL. A byte order mark decides; else the first megabyte that is not
// all ASCII does: UTF-8 if it is valid, GB18030 if not.
type text struct {
	r        io.Reader
	raw      []byte // read and not yet decoded
	store    []byte
	out      []byte
	begun    bool
	ended    bool
	encoding string // "" as long as everything was ASCII
	decode   decoder
	used     int64 // bytes decoded so far
	err      error // what comes after the blocks given out
}

// decoder turns the front of src into UTF-8: the text (part of dst or of src)
// and the bytes used. Nothing used means that src begins with half a letter,
// or, with bad, with what is none.
type decoder func(dst, src []byte) (out []byte, used int, bad bool)

func newText(r io.Reader) *text {
	return &text{r: r, decode: decodeASCII}
}

// name is the encoding found so far; ASCII is UTF-8.
func (t *text) name() string {
	if t.encoding == "" {
		return "utf-8"
	}
	return t.encoding
}

// next gives the next block, valid until the call after it. The error is
// io.EOF, an *Error without a row, or the reader's.
func (t *text) next() ([]byte, error) {
	for t.err == nil {
		out, used, bad := t.decode(t.out, t.raw[:min(len(t.raw), block)])
		t.raw, t.used = t.raw[used:], t.used+int64(used)
		if bad {
			t.err = failure(BrokenEncoding, "bytes that are not %s", t.name())
		}
		if nul := bytes.IndexByte(out, 0); nul >= 0 {
			out, t.err = out[:nul], failure(BrokenEncoding, "a NUL byte in the text")
		}
		if len(out) > 0 {
			return out, nil
		}
		if used == 0 && t.err == nil {
			t.err = t.refill()
		}
	}
	return nil, t.err
}

// refill reads the next block behind what is left of the last.
func (t *text) refill() error {
	if t.ended {
		if len(t.raw) > 0 {
			return failure(Truncated, "the file ends within a letter")
		}
		return io.EOF
	}
	if t.store == nil {
		t.store = make([]byte, small)
	}
	t.raw = t.store[:copy(t.store, t.raw)]
	if err := t.read(block); err != nil {
		return err
	}
	if !t.begun {
		t.mark()
	}
	if t.encoding != "" || isASCII(t.raw) {
		return nil
	}
	if err := t.read(window - block); err != nil {
		return err
	}
	t.detect()
	return nil
}

// read reads so many bytes more, fewer only at the end.
func (t *text) read(size int) error {
	for whole := len(t.raw) + size; len(t.raw) < whole && !t.ended; {
		n := len(t.raw)
		if n == len(t.store) {
			t.store = append(make([]byte, 0, min(8*n, window+block)), t.raw...)
			t.store = t.store[:cap(t.store)]
		}
		m, err := io.ReadFull(t.r, t.store[n:min(whole, len(t.store))])
		t.raw = t.store[:n+m]
		t.ended = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !t.ended {
			return err
		}
	}
	return nil
}

// detect decides the encoding by the window just read.
func (t *text) detect() {
	if whole := t.raw[:len(t.raw)-halfLetter(t.raw)]; utf8.Valid(whole) && (len(whole) == len(t.raw) || !t.ended) {
		t.encoding, t.decode = "utf-8", decodeUTF8
		return
	}
	t.encoding, t.decode, t.out = "gb18030", decodeGB18030(), make([]byte, 2*block)
}

// mark takes a byte order mark off the front.
func (t *text) mark() {
	t.begun = true
	for _, m := range []struct {
		bytes, encoding string
		decode          decoder
	}{
		{"\xef\xbb\xbf", "utf-8-bom", decodeUTF8},
		{"\xff\xfe", "utf-16le", decodeUTF16(0)},
		{"\xfe\xff", "utf-16be", decodeUTF16(1)},
	} {
		if bytes.HasPrefix(t.raw, []byte(m.bytes)) {
			t.raw, t.encoding, t.decode, t.out = t.raw[len(m.bytes):], m.encoding, m.decode, make([]byte, 2*block)
			return
		}
	}
}
