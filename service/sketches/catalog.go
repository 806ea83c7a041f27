package sketches

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// catalog are the two files that grow: lines, and the sketches they point to.
type catalog struct {
	lines, bodies *os.File
	list          []held
	last          entry // zero without any
	keys          [][32]byte
	end           int64 // of the bodies
}

const (
	fileCatalog  = "catalog"
	fileSketches = "sketches"
)

// openCatalog reads all lines. What is after the last good one was never
// finished, or is damaged: it is cut off, and comes again from the ledger.
func openCatalog(dir string) (*catalog, error) {
	c := &catalog{}
	var err error
	if c.lines, err = os.OpenFile(filepath.Join(dir, fileCatalog), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, fmt.Errorf("opening the catalog of sketches: %w", err)
	}
	if c.bodies, err = os.OpenFile(filepath.Join(dir, fileSketches), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the file of sketches: %w", err), c.lines.Close())
	}
	if err := c.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the catalog of sketches: %w", err), c.close())
	}
	return c, nil
}

func (c *catalog) read() error {
	info, err := c.bodies.Stat()
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(io.NewSectionReader(c.lines, 0, 1<<62), 1<<16)
	line := make([]byte, entrySize)
	for {
		_, err := io.ReadFull(in, line)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		var e entry
		if err != nil || e.decode(line) != nil || e.have && e.offset+int64(e.length) > info.Size() {
			break
		}
		c.note(e)
	}
	return errors.Join(c.lines.Truncate(int64(len(c.list))*entrySize), c.bodies.Truncate(c.end))
}

func (c *catalog) note(e entry) {
	e.keyNo = c.keyNumber(e.key)
	c.list, c.last = append(c.list, e.held), e
	if e.have {
		c.end = max(c.end, e.offset+int64(e.length))
	}
}

func (c *catalog) keyNumber(key [32]byte) int {
	if i := slices.Index(c.keys, key); i >= 0 {
		return i
	}
	c.keys = append(c.keys, key)
	return len(c.keys) - 1
}

// write adds lines with their sketches, nil where there is none, and returns
// when they survive a crash: first what the lines point to, then the lines.
// They count once they are noted.
func (c *catalog) write(list []entry, sketches []*sketch.Sketch) error {
	at, bodies := c.end, []byte(nil)
	var lines []byte
	for i := range list {
		if sketches[i] != nil {
			list[i].place(*sketches[i], at+int64(len(bodies)), &bodies)
		}
		lines = append(lines, list[i].encode()...)
	}
	if err := write(c.bodies, bodies, at); err != nil {
		return fmt.Errorf("keeping sketches: %w", err)
	}
	if err := write(c.lines, lines, int64(len(c.list))*entrySize); err != nil {
		return fmt.Errorf("keeping lines of the catalog: %w", err)
	}
	return nil
}

func (e *entry) place(s sketch.Sketch, offset int64, bodies *[]byte) {
	body := encodeBody(s)
	e.have, e.offset, e.length, e.sum = true, offset, uint32(len(body)), crc32.Checksum(body, castagnoli)
	e.rows, e.limit = uint32(len(s.Rows.Hashes)), s.Rows.Limit
	*bodies = append(*bodies, body...)
}

func write(f *os.File, b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	if _, err := f.WriteAt(b, at); err != nil {
		return err
	}
	return f.Sync()
}

// rewrite puts a sketch that was missing in its place. The line is written in
// one piece within a sector. It counts once it is replaced.
func (c *catalog) rewrite(number uint32, s sketch.Sketch, key [32]byte) (e entry, err error) {
	if e, err = c.line(number); err != nil {
		return e, err
	}
	var body []byte
	e.place(s, c.end, &body)
	e.key = key
	if err := write(c.bodies, body, e.offset); err != nil {
		return e, fmt.Errorf("keeping a sketch: %w", err)
	}
	if err := write(c.lines, e.encode(), int64(number)*entrySize); err != nil {
		return e, fmt.Errorf("keeping a line of the catalog: %w", err)
	}
	return e, nil
}

func (c *catalog) replace(number uint32, e entry) {
	e.keyNo, c.end = c.keyNumber(e.key), e.offset+int64(e.length)
	c.list[number] = e.held
}

// line reads one of them again.
func (c *catalog) line(number uint32) (e entry, err error) {
	b := make([]byte, entrySize)
	if _, err = c.lines.ReadAt(b, int64(number)*entrySize); err == nil {
		err = e.decode(b)
	}
	if err != nil {
		return e, fmt.Errorf("reading line %d of the catalog: %w", number, asDamage(err))
	}
	return e, nil
}

// sketch reads one; it has no key id.
func (c *catalog) sketch(number uint32) (s sketch.Sketch, err error) {
	h := c.list[number]
	b := make([]byte, h.length)
	if _, err = c.bodies.ReadAt(b, h.offset); err == nil && crc32.Checksum(b, castagnoli) != h.sum {
		err = errDamaged
	}
	if err == nil {
		s, err = decodeBody(b)
	}
	if err != nil {
		return s, fmt.Errorf("reading sketch %d: %w", number, asDamage(err))
	}
	return s, nil
}

// asDamage: a file that ends too early is damaged, too.
func asDamage(err error) error {
	if errors.Is(err, io.EOF) {
		return errDamaged
	}
	return err
}

func (c *catalog) close() error {
	if c.lines == nil {
		return nil
	}
	return errors.Join(c.lines.Close(), c.bodies.Close())
}
