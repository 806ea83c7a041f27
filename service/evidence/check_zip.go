package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// Limits of a package. Files are stored, never compressed, so that what a
// package takes in memory is bounded by its size: there are no zip bombs.
const (
	maxPackage = 64 << 20
	maxChannel = 256 << 20 // of a consortium, whose blocks are whole
	maxFiles   = 20000
	maxName    = 200
)

// Fixed values of every zip header (APPNOTE.TXT 4.3.7 and 4.3.12): version
// 2.0, made on Unix, stored, 1980-01-01 00:00, a plain file of mode 0644.
const (
	zipVersion = 20
	zipMadeBy  = 3<<8 | zipVersion
	zipDate    = 1<<5 | 1
	zipMode    = 0o100644 << 16
)

type file struct {
	name string
	data []byte
}

// damage is a fault of the container, in the zip entry of file.
type damage struct{ file, field, detail string }

func (d *damage) Error() string { return d.file + ": " + d.field + ": " + d.detail }

// readZip reads the one zip that FORMAT.md allows for its files. It does not
// search for headers: it says what each byte must be, one after the other, so
// that none can change or be added unseen. A wrong CRC alone is told but
// does not stop it: the digests then say more.
func readZip(data []byte) (files []file, faults []*damage) {
	z := zipReader{data: data}
	for z.left() >= 4 && binary.LittleEndian.Uint32(z.data[z.pos:]) == 0x04034b50 {
		if fatal := z.local(); fatal != nil {
			return nil, append(z.faults, fatal)
		}
	}
	if fatal := z.directory(); fatal != nil {
		return nil, append(z.faults, fatal)
	}
	return z.files, z.faults
}

type zipReader struct {
	data   []byte
	pos    int
	files  []file
	crcs   []uint32
	at     []int
	faults []*damage
}

func (z *zipReader) left() int { return len(z.data) - z.pos }

// last names the part after which the damage lies.
func (z *zipReader) last() string {
	if len(z.files) == 0 {
		return "(start)"
	}
	return z.files[len(z.files)-1].name
}

func (z *zipReader) local() *damage {
	if len(z.files) == maxFiles {
		return &damage{z.last(), "local header", fmt.Sprintf("more than %d files", maxFiles)}
	}
	if z.left() < 30 {
		return &damage{z.last(), "local header", "the package ends inside the header after this file"}
	}
	h := z.data[z.pos:]
	size, n := int64(binary.LittleEndian.Uint32(h[18:])), int(binary.LittleEndian.Uint16(h[26:]))
	if n > maxName || z.left() < 30+n {
		return &damage{z.last(), "local header", "the name after this file is too long"}
	}
	name := string(h[30 : 30+n])
	if d := z.name(name); d != nil {
		return d
	}
	if int64(z.left()) < 30+int64(n)+size {
		return &damage{name, "size", "the package ends inside this file"}
	}
	data := h[30+n : 30+n+int(size)]
	crc := binary.LittleEndian.Uint32(h[14:])
	if !bytes.Equal(h[:30+n], localHeader(name, data, crc)) {
		return &damage{name, "local header", "is not the canonical one"}
	}
	if crc32.ChecksumIEEE(data) != crc {
		z.faults = append(z.faults, &damage{name, "crc", "the content was changed"})
	}
	z.files, z.crcs, z.at = append(z.files, file{name, data}), append(z.crcs, crc), append(z.at, z.pos)
	z.pos += 30 + n + int(size)
	return nil
}

// name refuses what no package has: an unknown path (so no tricks with
// paths), a name twice, a wrong order.
func (z *zipReader) name(name string) *damage {
	switch {
	case name != nameManifest && name != nameSignature && roleOf(name) == "":
		return &damage{fmt.Sprintf("%q", name), "name", "no package has a file of this name"}
	case len(z.files) > 0 && name <= z.last():
		return &damage{name, "name", fmt.Sprintf("does not come after %s, which stands before it: files are in order, each once", z.last())}
	}
	return nil
}

func localHeader(name string, data []byte, crc uint32) []byte {
	h := binary.LittleEndian.AppendUint32(nil, 0x04034b50)
	h = appendCommon(h, name, len(data), crc)
	return append(h, name...)
}

// appendCommon is what both headers of a file have in common.
func appendCommon(h []byte, name string, size int, crc uint32) []byte {
	le := binary.LittleEndian
	for _, v := range []uint16{zipVersion, 0, 0, 0, zipDate} {
		h = le.AppendUint16(h, v)
	}
	for _, v := range []uint32{crc, uint32(size), uint32(size)} {
		h = le.AppendUint32(h, v)
	}
	return le.AppendUint16(le.AppendUint16(h, uint16(len(name))), 0)
}

func (z *zipReader) directory() *damage {
	if len(z.files) == 0 {
		return &damage{"(start)", "local header", "this is not an evidence package"}
	}
	if z.left() < 4 || binary.LittleEndian.Uint32(z.data[z.pos:]) != 0x02014b50 {
		return &damage{z.last(), "end", "what follows this file is neither another file nor the directory"}
	}
	start := z.pos
	for i, f := range z.files {
		if !z.expect(directoryHeader(f, z.crcs[i], z.at[i])) {
			return &damage{f.name, "directory", "the entry is not the canonical one: it names " + z.entryName()}
		}
	}
	if !z.expect(endRecord(len(z.files), start, z.pos-start)) || z.left() != 0 {
		return &damage{"(end)", "end record", "is not the canonical one, or something follows it"}
	}
	return nil
}

// entryName is the name in the directory entry at hand, for the report only.
func (z *zipReader) entryName() string {
	if z.left() < 46 {
		return "nothing"
	}
	n := int(binary.LittleEndian.Uint16(z.data[z.pos+28:]))
	return fmt.Sprintf("%q", z.data[z.pos+46:z.pos+46+min(n, maxName, z.left()-46)])
}

func (z *zipReader) expect(want []byte) bool {
	if !bytes.HasPrefix(z.data[z.pos:], want) {
		return false
	}
	z.pos += len(want)
	return true
}

func directoryHeader(f file, crc uint32, at int) []byte {
	le := binary.LittleEndian
	h := le.AppendUint16(le.AppendUint32(nil, 0x02014b50), zipMadeBy)
	h = appendCommon(h, f.name, len(f.data), crc)
	h = append(h, 0, 0, 0, 0, 0, 0) // comment, disk, internal attributes
	h = le.AppendUint32(le.AppendUint32(h, zipMode), uint32(at))
	return append(h, f.name...)
}

func endRecord(n, start, size int) []byte {
	le := binary.LittleEndian
	h := append(le.AppendUint32(nil, 0x06054b50), 0, 0, 0, 0)
	h = le.AppendUint16(le.AppendUint16(h, uint16(n)), uint16(n))
	h = le.AppendUint32(le.AppendUint32(h, uint32(size)), uint32(start))
	return append(h, 0, 0)
}

// readPackage reads the container and notes its damage in the report; false
// when there is nothing to go on with. A fault to read is an error.
func readPackage(r io.ReaderAt, size int64, report *Report) ([]file, bool, error) {
	if limit := report.limit(); size > limit {
		report.fail(CheckContainer, Failure{File: "(package)", Field: "size", Detail: fmt.Sprintf("is over %d bytes", limit)})
		return nil, false, nil
	}
	data := make([]byte, max(size, 0))
	if n, err := r.ReadAt(data, 0); err != nil && (err != io.EOF || n != len(data)) {
		return nil, false, fmt.Errorf("reading the package: %w", err)
	}
	files, faults := readZip(data)
	for _, d := range faults {
		report.fail(CheckContainer, Failure{d.file, d.field, d.detail})
	}
	if len(faults) == 0 {
		report.pass(CheckContainer)
	}
	return files, files != nil, nil
}

// limit is how large a package may be.
func (r *Report) limit() int64 {
	if r.ofConsortium() {
		return maxChannel
	}
	return maxPackage
}

func find(files []file, name string) ([]byte, bool) {
	i, ok := slices.BinarySearchFunc(files, name, func(f file, name string) int {
		return bytes.Compare([]byte(f.name), []byte(name))
	})
	if !ok {
		return nil, false
	}
	return files[i].data, true
}
