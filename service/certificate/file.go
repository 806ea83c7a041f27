package certificate

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf16"
)

// file is a PDF (ISO 32000-1) as gopdf wrote it, taken apart: its objects,
// number 1 at index 0, and its trailer dictionary without size.
type file struct {
	objects [][]byte
	trailer []byte
}

var (
	errLayout   = errors.New("the PDF is not laid out as expected")
	xrefStart   = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	trailerDict = regexp.MustCompile(`(?s)trailer\n<<\n/Size \d+\n(.*)>>\nstartxref\n`)
	objectText  = regexp.MustCompile(`(?s)^\d+ 0 obj\n(.*)endobj\s*$`)
	sizeLine    = regexp.MustCompile(`^0 (\d+)\n`)
)

// parse takes a file apart along its cross-reference table (7.5.4).
func parse(data []byte) (*file, error) {
	m := xrefStart.FindSubmatch(data)
	if m == nil {
		return nil, errLayout
	}
	at, err := strconv.Atoi(string(m[1]))
	if err != nil || at >= len(data) {
		return nil, errLayout
	}
	table, trailer := bytes.TrimPrefix(data[at:], []byte("xref\n")), trailerDict.FindSubmatch(data[at:])
	count := sizeLine.FindSubmatch(table)
	if trailer == nil || count == nil {
		return nil, errLayout
	}
	n, _ := strconv.Atoi(string(count[1]))
	return cutObjects(data, table[len(count[0]):], n, at, trailer[1])
}

func cutObjects(data, table []byte, n, end int, trailer []byte) (*file, error) {
	f := &file{trailer: trailer}
	offsets := make([]int, n)
	for i := 1; i < n; i++ {
		if len(table) < 20*(i+1) {
			return nil, errLayout
		}
		offsets[i], _ = strconv.Atoi(string(table[20*i : 20*i+10]))
	}
	offsets = append(offsets, end)
	for i := 1; i < n; i++ {
		if offsets[i] >= offsets[i+1] || offsets[i+1] > len(data) {
			return nil, errLayout
		}
		m := objectText.FindSubmatch(data[offsets[i]:offsets[i+1]])
		if m == nil {
			return nil, errLayout
		}
		f.objects = append(f.objects, m[1])
	}
	return f, nil
}

// write puts the file together: header, objects, table, trailer. The id (14.4)
// is the same for the same content.
func (f *file) write(id []byte) []byte {
	out := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for i, o := range f.objects {
		offsets[i] = len(out)
		out = fmt.Appendf(out, "%d 0 obj\n", i+1)
		out = append(out, bytes.TrimRight(o, "\n")...)
		out = append(out, "\nendobj\n"...)
	}
	at := len(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		out = fmt.Appendf(out, "%010d 00000 n \n", o)
	}
	return fmt.Appendf(out, "trailer\n<<\n/Size %d\n%s/ID [<%x><%x>]\n>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, f.trailer, id, id, at)
}

func (f *file) add(object string) int {
	f.objects = append(f.objects, []byte(object))
	return len(f.objects)
}

var (
	cmapRange  = regexp.MustCompile(`<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]{4,6})>\n`)
	cmapRanges = regexp.MustCompile(`(?s)\d+ beginbfrange\n.*endbfrange\n`)
	cmapStream = regexp.MustCompile(`(?s)^<<\n/Length \d+\n>>\nstream\n(.*)endstream`)
)

// mendUnicode rewrites what turns glyphs into text (9.10.3): gopdf writes
// characters beyond U+FFFF as five digits, where UTF-16 is due, and all in one
// section, where a section holds a hundred. Text would not copy right.
func (f *file) mendUnicode() {
	for i, o := range f.objects {
		m := cmapStream.FindSubmatch(o)
		if m == nil || !bytes.Contains(o, []byte("begincmap")) {
			continue
		}
		var sections []byte
		all := cmapRange.FindAllSubmatch(m[1], -1)
		for len(all) > 0 {
			n := min(len(all), 100)
			sections = fmt.Appendf(sections, "%d beginbfchar\n", n)
			for _, c := range all[:n] {
				sections = fmt.Appendf(sections, "<%s><%s>\n", c[1], utf16Hex(c[2]))
			}
			sections, all = append(sections, "endbfchar\n"...), all[n:]
		}
		body := cmapRanges.ReplaceAllLiteral(m[1], sections)
		body = codeSpace.ReplaceAllLiteral(body, []byte("<0000><FFFF>\nendcodespacerange"))
		f.objects[i] = fmt.Appendf(nil, "<<\n/Length %d\n>>\nstream\n%s\nendstream", len(body), body)
	}
}

var codeSpace = regexp.MustCompile(`<[0-9A-F]+><[0-9A-F]+>\nendcodespacerange`)

func utf16Hex(point []byte) string {
	r, _ := strconv.ParseUint(string(point), 16, 32)
	var b []byte
	for _, u := range utf16.Encode([]rune{rune(r)}) {
		b = append(b, byte(u>>8), byte(u))
	}
	return hex.EncodeToString(b)
}

// textString is a PDF text string (7.9.2.2) in UTF-16.
func textString(s string) string {
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return "<" + hex.EncodeToString(b) + ">"
}
