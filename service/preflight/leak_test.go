package preflight

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
)

const (
	planted = "QZ7391planted" // a value of no rule
	person  = "13912345678"   // a value that stands where names do
)

// hostile are files with planted values in every place of each format, whole
// and broken in every way that stops a reader.
func hostile(t *testing.T) map[string][]byte {
	long := strings.Repeat(planted, 1<<20/len(planted)+1)
	rows := strings.Repeat(planted+","+person+"\n", 20)
	files := map[string]string{
		"heading.csv":    person + "," + planted + "x\n" + rows,
		"headless.csv":   person + "," + person + "\n" + rows,
		"quotes.csv":     "a,b\n" + rows + "\"" + planted,
		"cell.csv":       "a,b\n" + rows + long + ",1\n",
		"encoding.csv":   "a,b\n" + rows + planted + ",\xff\xfe\x00\n",
		"nul.csv":        "a,b\n" + rows + planted + "\x00\n",
		"columns.csv":    strings.Repeat(person+",", 20000) + "\n",
		"key.jsonl":      strings.Repeat(`{"`+person+`":"`+planted+`"}`+"\n", 9),
		"broken.jsonl":   `{"a":"` + planted + `"}` + "\n" + `{"a":"` + planted,
		"syntax.jsonl":   `{"a":"` + planted + `"}` + "\n" + `{"a":` + planted + `}`,
		"twice.jsonl":    `{"a":"` + planted + `","a":"` + person + `"}`,
		"deep.json":      `[{"a":` + strings.Repeat(`{"`+planted+`":[`, 99) + `"` + planted,
		"surrogate.json": `[{"a":"\ud800` + planted + `"}]`,
		"notes.txt":      planted + " " + person,
		"bad.xlsx":       "PK\x03\x04" + planted,
		"bad.parquet":    "PAR1" + planted + "PAR1",
	}
	out := map[string][]byte{}
	for name, text := range files {
		out[name] = []byte(text)
	}
	cell := `<c t="str"><f>` + planted + `</f><v>` + planted + `</v></c><c><v>` + person + `</v></c>`
	for name, sheet := range map[string]string{
		"whole.xlsx":  `<row><c t="str"><v>a</v></c><c t="str"><v>` + person + `</v></c></row>` + strings.Repeat(`<row>`+cell+`</row>`, 9) + `</sheetData></worksheet>`,
		"number.xlsx": `<row>` + cell + `</row><row><c><v>` + planted + `</v></c></row>`,
		"shared.xlsx": `<row>` + cell + `</row><row><c t="s"><v>` + person + `</v></c></row>`,
		"syntax.xlsx": `<row>` + cell + `</row><row><` + planted + ` ` + person,
		"entity.xlsx": `<row>` + cell + `</row><row><c><v>&` + planted + `;</v></c></row>`,
	} {
		out[name] = book(t, person, `<worksheet><sheetData>`+sheet)
	}
	return out
}

// book is a workbook of one sheet.
func book(t *testing.T, name, sheet string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for part, text := range map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="` + name + `" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>`,
		"xl/worksheets/s.xml":        sheet,
	} {
		must(must(z.Create(part))(t).Write([]byte(text)))(t)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNothingOfHostileFilesLeaks looks for planted values in all that leaves
// the package.
func TestNothingOfHostileFilesLeaks(t *testing.T) {
	key := [32]byte{1}
	given := service.Given{Consent: json.RawMessage(goodConsentOf("sha256:" + strings.Repeat("ab", 32)))}
	for name, content := range hostile(t) {
		x, err := (&Examiner{SketchKey: &key}).Begin(t.Context(), given)
		if err != nil {
			t.Fatal(err)
		}
		w := x.Beside(name, int64(len(content)))
		must(w.Write(content))(t)
		err = w.Close()
		for _, later := range x.Later() {
			err = errors.Join(err, x.At(later, bytes.NewReader(content)))
		}
		e, failed := x.Report("sha256:")
		p, _ := x.(*examination).Reader.Report("sha256:")
		var out bytes.Buffer
		p.Summary(&out, "zh")
		p.Summary(&out, "en")
		fmt.Fprintf(&out, "%v %v %+v %s %+v", err, failed, e.Examined, e.Answer, p)
		for _, d := range e.Documents {
			out.Write(d)
		}
		if failed != nil || out.Len() < 1000 {
			t.Errorf("%s: %v", name, failed)
		}
		for _, secret := range []string{planted, person, "139123", "7391"} {
			if i := bytes.Index(out.Bytes(), []byte(secret)); i >= 0 {
				t.Errorf("%s tells %s: …%s…", name, secret, out.Bytes()[max(0, i-200):min(out.Len(), i+50)])
			}
		}
	}
}

func goodConsentOf(digest string) string {
	return `{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"a","digest":"` + digest + `","kind":"public","scope":"any","sources":["*"],"expires":""}]}`
}

// TestSheetWhoseNameIsData is known to the expectations by its name, which is
// told by nobody.
func TestSheetWhoseNameIsData(t *testing.T) {
	content := book(t, person, `<worksheet><sheetData><row><c t="str"><v>a</v></c></row><row><c><v>1</v></c></row></sheetData></worksheet>`)
	for column, want := range map[string]bool{"a": true, "b": false} {
		o, err := ParseGiven(service.Given{Expectations: json.RawMessage(`{"v":1,"tables":{"a.xlsx#` + person + `":{"key":["` + column + `"]}}}`)})
		if err != nil {
			t.Fatal(err)
		}
		r := NewReader(context.Background(), o)
		give(t, r, "a.xlsx", string(content))
		err = r.At("a.xlsx", bytes.NewReader(content))
		if err == nil {
			_, err = r.Report("sha256:")
		}
		if (err == nil) != want || err != nil && strings.Contains(err.Error(), person) {
			t.Errorf("key %s: %v", column, err)
		}
	}
}
