package evidence_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// zipTricks are other spellings of the same files. Stock tools open most of
// them, and show something else than what was signed.
var zipTricks = map[string]func(t *testing.T, f contents) []byte{
	"another order": func(t *testing.T, f contents) []byte {
		names := slices.Sorted(maps.Keys(f))
		return f.zipAs(t, append(slices.Clone(names[1:]), names[0]), nil)
	},
	"a file twice": func(t *testing.T, f contents) []byte {
		names := slices.Sorted(maps.Keys(f))
		return f.zipAs(t, append(slices.Clone(names), names[len(names)-1]), nil)
	},
	"two files of one name, the second another": renamed("record.json", "record.json2", []byte("{}")),
	"wrong checksums": headers(func(h *zip.FileHeader) { h.CRC32++ }),
	//lint:ignore SA1019 CreateRaw writes this field as it is, and Modified not at all
	"a date":                     headers(func(h *zip.FileHeader) { h.ModifiedDate++ }),
	"a comment of a file":        headers(func(h *zip.FileHeader) { h.Comment = "x" }),
	"an extra field":             headers(func(h *zip.FileHeader) { h.Extra = []byte{1, 0, 0, 0} }),
	"zip64 sizes":                headers(func(h *zip.FileHeader) { h.Extra = append([]byte{1, 0, 16, 0}, make([]byte, 16)...) }),
	"another mode":               headers(func(h *zip.FileHeader) { h.ExternalAttrs++ }),
	"a symbolic link":            headers(func(h *zip.FileHeader) { h.ExternalAttrs = 0xA1FF0000 }),
	"a folder's mode":            headers(func(h *zip.FileHeader) { h.ExternalAttrs = 0x41ED0010 }),
	"the flag of UTF-8":          headers(func(h *zip.FileHeader) { h.Flags |= 0x800 }),
	"the flag of encryption":     headers(func(h *zip.FileHeader) { h.Flags |= 1 }),
	"sizes after the content":    headers(func(h *zip.FileHeader) { h.Flags |= 8 }),
	"said to be compressed":      headers(func(h *zip.FileHeader) { h.Method = zip.Deflate }),
	"really compressed":          deflated,
	"a path that leads out":      renamed("../record.json", "", nil),
	"a path from the root":       renamed("/record.json", "", nil),
	"a path with backslashes":    renamed(`..\record.json`, "", nil),
	"an empty name":              renamed("", "", nil),
	"a name with a zero byte":    renamed("record.json\x00.txt", "", nil),
	"a name in capitals":         renamed("RECORD.JSON", "", nil),
	"a folder":                   bytesOf(func(d []byte) []byte { return bytes.ReplaceAll(d, []byte("README.txt"), []byte("READMEtxt/")) }),
	"a byte after the end":       bytesOf(func(d []byte) []byte { return append(d, 0) }),
	"a byte before the start":    bytesOf(func(d []byte) []byte { return append([]byte{0}, d...) }),
	"a second package after it":  bytesOf(func(d []byte) []byte { return append(d, d...) }),
	"a comment of the whole":     bytesOf(func(d []byte) []byte { d[len(d)-2] = 1; return append(d, 'x') }),
	"bytes before the directory": bytesOf(beforeDirectory),
	"the end record of zip64":    bytesOf(func(d []byte) []byte { return insert(d, len(d)-22, zip64End(d)) }),
	"another name in the directory": bytesOf(func(d []byte) []byte {
		copy(d[bytes.LastIndex(d, []byte("record.json")):], "recorx")
		return d
	}),
	"a directory that skips a file": bytesOf(func(d []byte) []byte { binary.LittleEndian.PutUint16(d[len(d)-12:], 1); return d }),
}

func headers(change func(*zip.FileHeader)) func(*testing.T, contents) []byte {
	return func(t *testing.T, f contents) []byte { return f.zipAs(t, slices.Sorted(maps.Keys(f)), change) }
}

// renamed gives a file, which is added where one is given, another name in the
// container only.
func renamed(name, added string, data []byte) func(*testing.T, contents) []byte {
	return func(t *testing.T, f contents) []byte {
		from := "record.json"
		if added != "" {
			from, f[added] = added, data
		}
		return headers(func(h *zip.FileHeader) {
			if h.Name == from {
				h.Name = name
			}
		})(t, f)
	}
}

func bytesOf(change func([]byte) []byte) func(*testing.T, contents) []byte {
	return func(t *testing.T, f contents) []byte { return change(f.zip(t)) }
}

func insert(d []byte, at int, more []byte) []byte { return slices.Insert(d, at, more...) }

func beforeDirectory(d []byte) []byte {
	end := d[len(d)-22:]
	at := binary.LittleEndian.Uint32(end[16:])
	binary.LittleEndian.PutUint32(end[16:], at+4)
	return insert(d, int(at), []byte("more"))
}

// zip64End is APPNOTE.TXT 4.3.14 and 4.3.15, saying the same as the end record.
func zip64End(d []byte) []byte {
	le, end := binary.LittleEndian, d[len(d)-22:]
	n, size, start := uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))
	b := le.AppendUint64(le.AppendUint32(nil, 0x06064b50), 44)
	b = le.AppendUint16(le.AppendUint16(b, 45), 45)
	b = le.AppendUint64(b, 0)
	for _, v := range []uint64{n, n, size, start} {
		b = le.AppendUint64(b, v)
	}
	b = le.AppendUint32(le.AppendUint32(b, 0x07064b50), 0)
	return le.AppendUint32(le.AppendUint64(b, start+size), 1)
}

func deflated(t *testing.T, f contents) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		var small bytes.Buffer
		z, _ := flate.NewWriter(&small, 9)
		_, _ = z.Write(f[name])
		_ = z.Close()
		part, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(f[name]), CompressedSize64: uint64(small.Len()),
			UncompressedSize64: uint64(len(f[name])), ReaderVersion: 20, CreatorVersion: 0x0314, ExternalAttrs: 0x81A40000})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(small.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inContainer are all of them, as rows.
func inContainer() (rows []tampering) {
	for _, name := range slices.Sorted(maps.Keys(zipTricks)) {
		rows = append(rows, tampering{"solo", name, nothing, evidence.CheckContainer, "", func(t *testing.T) evidence.Report {
			s := newStory(t)
			return check(t, zipTricks[name](t, s.sound.of(s.asset)), s.trust())
		}})
	}
	return rows
}
