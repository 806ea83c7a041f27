package table

import (
	"fmt"
	"strings"
	"testing"
)

// sheets is a workbook of so many sheets, each with the part that it names.
func sheets(n int, part func(i int) string) map[string]string {
	var list, rels strings.Builder
	parts := map[string]string{}
	for i := range n {
		fmt.Fprintf(&list, `<sheet name="s%d" id="r%d"/>`, i, i)
		fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="x/worksheet" Target="worksheets/%s.xml"/>`, i, part(i))
		parts["xl/worksheets/"+part(i)+".xml"] = "<worksheet><sheetData>" + headRow + dataRow + "</sheetData></worksheet>"
	}
	parts["xl/workbook.xml"] = "<workbook><sheets>" + list.String() + "</sheets></workbook>"
	parts["xl/_rels/workbook.xml.rels"] = "<Relationships>" + rels.String() + "</Relationships>"
	return parts
}

func own(i int) string { return fmt.Sprint("s", i) }

func TestXLSXSheetsShareAPart(t *testing.T) {
	for name, part := range map[string]func(int) string{
		"same":  func(int) string { return "s" },
		"case":  func(i int) string { return []string{"s", "S"}[i] },
		"way":   func(i int) string { return []string{"s", "../worksheets/s"}[i] },
		"slash": func(i int) string { return []string{"s", "/s"}[i] },
	} {
		_, err := random(XLSX, zipped(t, sheets(2, part)), Options{})
		if e, is := err.(*Error); !is || e.Code != Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := random(XLSX, zipped(t, sheets(3, own)), Options{}); err != nil || len(got) != 3 {
		t.Error(len(got), err)
	}
}

func TestXLSXTooManySheets(t *testing.T) {
	parts := sheets(sheetsMost+1, own)
	for i := range sheetsMost + 1 {
		delete(parts, "xl/worksheets/"+own(i)+".xml")
	}
	_, err := random(XLSX, zipped(t, parts), Options{})
	wantError(t, err, Unsupported, 0)
}

// The columns of all sheets are counted together.
func TestXLSXColumnsOfAllSheets(t *testing.T) {
	for n, want := range map[int]string{2 * sheetsWide: "", 2*sheetsWide + 1: TooManyColumns} {
		got, err := random(XLSX, zipped(t, sheets(n, own)), Options{Columns: 4})
		if want == "" && (err != nil || len(got) != n) {
			t.Error(len(got), err)
		}
		if e, is := err.(*Error); want != "" && (!is || e.Code != want || e.Table != own(n-1)) {
			t.Error(err)
		}
	}
}

// Parts that are small enough each are too large together.
func TestXLSXPartsUnpackToTooMuch(t *testing.T) {
	parts := sheets(8, own)
	for i := range 8 {
		parts["xl/worksheets/"+own(i)+".xml"] = "<worksheet><sheetData>" + strings.Repeat(`<row r="1"></row>`, 20000) + "</sheetData></worksheet>"
	}
	content := zipped(t, parts)
	if len(content)*ratioMost > 8*17*20000 {
		t.Fatal(len(content))
	}
	_, err := random(XLSX, content, Options{Free: 18 * 20000})
	wantError(t, err, Bomb, 0)
}

func TestXLSXLongNames(t *testing.T) {
	long := strings.Repeat("x", 1<<19)
	name := func(n string) map[string]string {
		return map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="` + n + `" id="r1"/></sheets></workbook>`}
	}
	rel := func(id, target string) map[string]string {
		return map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="` + id + `" Type="x/worksheet" Target="` + target + `"/></Relationships>`}
	}
	styles := func(id, code string) map[string]string {
		return map[string]string{"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="` + id + `" formatCode="` + code + `"/></numFmts></styleSheet>`}
	}
	for what, parts := range map[string]map[string]string{
		"sheet": name(strings.Repeat("x", nameLength+1)), "id": rel(long, "s.xml"), "target": rel("r1", long),
		"format": styles("164", long), "format id": styles(long, "0"), "element": {"xl/styles.xml": "<" + long + "/>"},
	} {
		_, err := random(XLSX, zipped(t, parts), Options{})
		if e, is := err.(*Error); !is || e.Code != Unsupported {
			t.Errorf("%s: %v", what, err)
		}
	}
	parts := sheetOf(headRow)
	parts["xl/workbook.xml"] = name(strings.Repeat("x", nameLength))["xl/workbook.xml"]
	if _, err := random(XLSX, zipped(t, parts), Options{}); err != nil {
		t.Error(err)
	}
}

// Formats over formats, each short enough, take no memory without end.
func TestXLSXTooManyFormats(t *testing.T) {
	var b strings.Builder
	code := strings.Repeat("0", formatLength)
	for i := range namesMost/formatLength + 1 {
		fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="%s"/>`, i, code)
	}
	parts := sheetOf(headRow)
	parts["xl/styles.xml"] = "<styleSheet><numFmts>" + b.String() + "</numFmts></styleSheet>"
	_, err := random(XLSX, zipped(t, parts), Options{})
	wantError(t, err, Bomb, 0)
}
