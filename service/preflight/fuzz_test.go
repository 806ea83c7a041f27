package preflight

import (
	"bytes"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// FuzzPass: no file makes a pass fail or fault, and two passes over the same
// bytes report the same.
func FuzzPass(f *testing.F) {
	for name, content := range leaky() {
		f.Add(name, []byte(content))
	}
	f.Add("a.xlsx", []byte("PK\x03\x04"))
	f.Add("a\u202e\n.csv", []byte("a\x1b[31m,\u202eb\n1,2\n"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if storage.CheckPath(name) != nil {
			t.Skip("no path in a dataset")
		}
		first, second := reports(t, name, content), reports(t, name, content)
		if !bytes.Equal(first, second) {
			t.Fatal("two reports of the same bytes")
		}
	})
}

// leaky are small tables with something of everything.
func leaky() map[string]string {
	return map[string]string{
		"a.csv": "证件号,手机,备注\n11010519491231002X,13800138000,x\n", "b.jsonl": `{"a":"zhang.san@example.com","b":[1,{"c":null}]}` + "\n",
		"c.json": `[{"a":1},{"a":"2026-01-31"}]`, "d.tsv": "a\tb\n1\t\"2\n3\"\n", "e.bin": "\x00\x01\x02", "f.csv": "\xff\xfea\x00,\x00b\x00\n\x00",
	}
}

func reports(t *testing.T, name string, content []byte) []byte {
	r := NewReader(t.Context(), Options{SketchKey: new([32]byte)})
	w := r.Beside(name, int64(len(content)))
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, later := range r.Later() {
		if err := r.At(later, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	p := must(r.Report("sha256:"))(t)
	var out bytes.Buffer
	p.Summary(&out, "zh")
	for _, part := range []any{p.Exclusion, p.Quality, p.Fix} {
		out.Write(must(Canonical(part))(t))
	}
	return out.Bytes()
}
