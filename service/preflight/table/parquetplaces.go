package table

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// locateFooter reads the end of the file: the footer, its length, and PAR1.
func locateFooter(r io.ReaderAt, size int64, o Options) (f footer, err error) {
	var head [4]byte
	var tail [8]byte
	if size < 12 {
		return f, failure(Truncated, "shorter than any Parquet file")
	}
	if err := readAt(r, head[:], 0); err != nil {
		return f, err
	}
	if err := readAt(r, tail[:], size-8); err != nil {
		return f, err
	}
	if string(tail[4:]) == "PARE" {
		return f, failure(Unsupported, "an encrypted Parquet file")
	}
	if string(tail[4:]) != "PAR1" || string(head[:]) != "PAR1" {
		return f, failure(Truncated, "no Parquet footer at the end")
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	if length > size-12 {
		return f, failure(Truncated, "the footer claims to be larger than the file")
	}
	if length > footerMost {
		return f, failure(Unsupported, "a footer of more than %d bytes", footerMost)
	}
	b := make([]byte, length)
	if err := readAt(r, b, size-8-length); err != nil {
		return f, err
	}
	return readFooter(b, o)
}

// readAt fills p.
func readAt(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return failure(Truncated, "the file ends too early")
	}
	return err
}

// check compares what the footer claims to the size of the file.
func (f *footer) check(columns int, size int64) error {
	if f.sealed {
		return failure(Unsupported, "an encrypted Parquet file")
	}
	rows := int64(0)
	for _, g := range f.groups {
		if g.rows < 0 || g.rows > f.rows-rows || len(g.chunks) != columns {
			return failure(Malformed, "the row groups do not fit the file")
		}
		rows += g.rows
		for _, c := range g.chunks {
			if err := c.check(size); err != nil {
				return err
			}
		}
	}
	if err := f.disjoint(); err != nil {
		return err
	}
	if rows != f.rows {
		return failure(Malformed, "the row groups do not fit the file")
	}
	if cells := float64(rows) * float64(columns); cells > cellsFree && cells/cellsRatio > float64(size) {
		return failure(Bomb, "more than %d cells for each byte of the file", cellsRatio)
	}
	return nil
}

// disjoint refuses chunks that share bytes: many columns of one chunk would
// take work without end.
func (f *footer) disjoint() error {
	var all [][2]int64
	for _, g := range f.groups {
		for _, c := range g.chunks {
			if c.size > 0 {
				all = append(all, [2]int64{c.begin(), c.begin() + c.size})
			}
		}
	}
	slices.SortFunc(all, func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) })
	for i := 1; i < len(all); i++ {
		if all[i][0] < all[i-1][1] {
			return failure(Malformed, "two columns share their bytes")
		}
	}
	return nil
}

func (c *chunkRef) check(size int64) error {
	begin := c.begin()
	if c.apart {
		return failure(Unsupported, "columns encrypted or in another file")
	}
	if begin < 4 || c.size < 0 || begin > size-8 || c.size > size-8-begin {
		return failure(Truncated, "a column is not within the file")
	}
	return nil
}

// begin is where the first page is: the dictionary, if there is one.
func (c *chunkRef) begin() int64 {
	if c.dictionary > 0 && c.dictionary < c.data {
		return c.dictionary
	}
	return c.data
}
