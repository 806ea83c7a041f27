package table

import (
	"archive/zip"
	"errors"
	"io"
	"strings"
)

// Limits of a zip file. A part, or all of them together, that unpack to more
// than Options.Free are taken for a bomb when that is ratioMost times what they
// hold, or unpackedMost.
const (
	directoryMost = 4 << 20
	unpackedMost  = 64 << 30
	ratioMost     = 200
)

// parts are the files of a zip file that was checked for bombs.
type parts struct {
	files map[string]*zip.File
	size  int64
	free  int64
	left  int64 // bytes that all parts together may yet unpack to
}

// allowance reads until it is used up: what a directory may take.
type allowance struct {
	r    io.ReaderAt
	left int
	over bool
}

var errOver = errors.New("more than allowed")

func (a *allowance) ReadAt(p []byte, off int64) (int, error) {
	if a.left -= len(p); a.left < 0 {
		a.over = true
		return 0, errOver
	}
	return a.r.ReadAt(p, off)
}

func openParts(r io.ReaderAt, size int64, o Options) (*parts, error) {
	a := &allowance{r: r, left: directoryMost}
	z, err := zip.NewReader(a, size)
	switch {
	case a.over:
		return nil, failure(Bomb, "the directory of the zip file is larger than %d bytes", directoryMost)
	case err != nil:
		return nil, failure(Truncated, "not a whole zip file")
	}
	a.left = 1<<63 - 1
	p := &parts{files: map[string]*zip.File{}, size: size, free: int64(o.Free)}
	p.left = min(unpackedMost, max(p.free, ratioMost*size))
	for _, f := range z.File {
		p.files[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	return p, nil
}

// open gives a part unpacked; nil if there is none of that name.
func (p *parts) open(name string) (*unpacked, error) {
	f := p.files[strings.ToLower(name)]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, failure(Unsupported, "a part of the zip file is packed in an unknown way")
	}
	return &unpacked{ReadCloser: r, parts: p, packed: int64(min(f.CompressedSize64, uint64(p.size)))}, nil
}

// unpacked counts what comes out of a part.
type unpacked struct {
	io.ReadCloser
	parts         *parts
	packed, count int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.count += int64(n)
	u.parts.left -= int64(n)
	if u.count > u.parts.free && u.count/ratioMost > u.packed || u.parts.left < 0 {
		return n, failure(Bomb, "a zip file or a part of it unpacks to more than %d times its size", ratioMost)
	}
	return n, err
}
