package preflight

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestKindsOfFiles: what is no table is named for what it is, and the fix list
// says what to do about it.
func TestKindsOfFiles(t *testing.T) {
	var wide []byte
	for _, u := range utf16.Encode([]rune("id,name\n1,one\n2,two\n3,three\n")) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	for name, c := range map[string]struct{ content, kind, word string }{
		"a.pdf":    {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", kindDocument, "document"},
		"a.png":    {"\x89PNG\r\n\x1a\n\x00\x00", kindPicture, "picture"},
		"a.jpg":    {"\xff\xd8\xff\xe0\x00\x10JFIF", kindPicture, "picture"},
		"a.csv.gz": {"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", kindPacked, "unpack"},
		"a.zst":    {"\x28\xb5\x2f\xfd\x00\x00", kindPacked, "unpack"},
		"a.tar":    {strings.Repeat("a", 257) + "ustar\x0000" + strings.Repeat("\x00", 249), kindPacked, "unpack"},
		"a.zip":    {"PK\x03\x04\x14\x00", kindPacked, "unpack"},
		"a.docx":   {"PK\x03\x04\x14\x00", kindDocument, "document"},
		"a.ods":    {"PK\x03\x04\x14\x00", kindSheet, "XLSX"},
		"a.XLS":    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", kindSheet, "XLSX"},
		"a.ole":    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", kindOther, "person"},
		"a.db":     {"SQLite format 3\x00\x10\x00", kindDatabase, "export"},
		"a.txt":    {"some words that are no table\nand more\n", kindText, "text"},
		"a.utf16":  {string(wide), kindWide, "UTF-8"},
		"a.mp4":    {"\x00\x00\x00\x18ftypmp42\x00", kindMedia, "sound"},
		"a.heic":   {"\x00\x00\x00\x18ftypheic\x00", kindPicture, "picture"},
		"a.bin":    {"\x01\x02\x00\x03\xff\x00\x00\xfe\x07", kindOther, "person"},
		"a.dat":    {"", kindEmpty, "empty"},
	} {
		_, p := pass(t, Options{}, [2]string{name, c.content})
		f := p.Exclusion.Files[0]
		if f.Examined || f.Kind != c.kind {
			t.Errorf("%s: examined %v, %q", name, f.Examined, f.Kind)
		}
		var out bytes.Buffer
		p.Summary(&out, "en")
		if _, looks, _ := strings.Cut(out.String(), "to look at"); !strings.Contains(looks, c.word) {
			t.Errorf("%s: %s", name, looks)
		}
	}
	for kind, words := range kindWords {
		if words.ZH == "" || words.EN == "" {
			t.Errorf("%s: no words", kind)
		}
	}
}

// TestStopsHaveWords: what stops a file fails the dataset, and is explained. A
// file that is called a table and is none is no less: one zero byte must not
// let a table pass unseen.
func TestStopsHaveWords(t *testing.T) {
	for name, content := range map[string]string{
		"a.csv": "a,b\n1,\"2", "b.csv": "a,b\n1,\x00\n", "b.parquet": "x", "b.xlsx": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "b.tsv": "a\x00\t\x00b\x00\n\x00", "b.jsonl": "[1,2]", "c.jsonl": `{"a":1}` + "\n" + `{"a":x}`, "d.csv": strings.Repeat("a,", 20000), "e.csv": "a,b\n" + strings.Repeat("x", 2<<20),
	} {
		_, p := pass(t, Options{}, [2]string{name, content})
		var out bytes.Buffer
		p.Summary(&out, "zh")
		if stop := p.Exclusion.Files[0].Stopped; stop == nil || p.Passed() || !strings.Contains(out.String(), stopWords[stop.Code].ZH) || stopWords[stop.Code].EN == "" {
			t.Errorf("%s: %+v\n%s", name, stop, out.String())
		}
	}
}
