package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func random(f Format, content []byte, o Options) ([]sheet, error) {
	return readAll(Random(f, bytes.NewReader(content), int64(len(content)), o))
}

// book writes a workbook; every sheet is a list of rows.
func book(t testing.TB, build func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	build(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func setRow(f *excelize.File, sheet string, row int, values ...any) {
	cell, _ := excelize.CoordinatesToCellName(1, row)
	_ = f.SetSheetRow(sheet, cell, &values)
}

func style(f *excelize.File, cell string, id int, custom string) {
	s := &excelize.Style{NumFmt: id}
	if custom != "" {
		s.CustomNumFmt = &custom
	}
	n, _ := f.NewStyle(s)
	_ = f.SetCellStyle("Sheet1", cell, cell, n)
}

func TestXLSXCells(t *testing.T) {
	content := book(t, func(f *excelize.File) {
		setRow(f, "Sheet1", 1, "name", "n", "b", "date", "time", "f", "rich")
		when := time.Date(2024, 2, 29, 13, 14, 15, 250e6, time.UTC)
		setRow(f, "Sheet1", 3, "张三 <&>\n", 0.1, true, when, when, nil, "x_x0041_")
		style(f, "D3", 14, "")
		style(f, "E3", 0, `yyyy"年"m"月"d"日" hh:mm;@`)
		_ = f.SetCellFormula("Sheet1", "F3", "B3*2")
		_ = f.SetCellRichText("Sheet1", "G3", []excelize.RichTextRun{{Text: "a"}, {Text: " b"}})
		setRow(f, "Sheet1", 4, "more", 12345678901.5, false, 59.0, 0.5)
		style(f, "D4", 14, "")
		style(f, "E4", 0, "[h]:mm")
		_, _ = f.NewSheet("second")
		setRow(f, "second", 1, 1, 2)
	})
	f, err := Random(XLSX, bytes.NewReader(content), int64(len(content)), Options{})
	got, err := readAll(f, err)
	if err != nil || len(got) != 2 || got[1].name != "second" || !slices.Equal(got[1].columns, []string{"#1", "#2"}) || len(got[1].rows) != 1 {
		t.Fatal(got, err)
	}
	want := [][]string{
		{"张三 <&>\n", "0.1", "true", "2024-02-29", "2024-02-29T13:14:15.25Z", "", "a b"},
		{"more", "12345678901.5", "false", "1900-02-28", "12:00:00", "", ""},
	}
	if fmt.Sprint(got[0].rows) != fmt.Sprint(want) || f.Formulas() != 1 {
		t.Fatalf("%q, want %q; %d formulas", got[0].rows, want, f.Formulas())
	}
	if c := got[0].classes; c[0][1] != Digit|Dot|Number || c[1][6] != Null || c[0][3] != Digit|Dash {
		t.Error(c)
	}
}

// TestSameCellsAsExcelize compares to what the library reads, values raw.
func TestSameCellsAsExcelize(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	content := book(t, func(f *excelize.File) {
		w, _ := f.NewStreamWriter("Sheet1")
		for i := range 700 {
			row := []any{fmt.Sprint("c", i), r.IntN(1e9), "shared", strings.Repeat("é<", r.IntN(40)), nil, i%2 == 0, "end"}
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			_ = w.SetRow(cell, row)
		}
		_ = w.Flush()
	})
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	want, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	got, err2 := random(XLSX, content, Options{})
	if err != nil || err2 != nil || len(got[0].rows) != len(want) {
		t.Fatal(err, err2, len(want))
	}
	for i, row := range want {
		row[5] = map[string]string{"1": "true", "0": "false"}[row[5]]
		if !slices.Equal(row, got[0].rows[i]) {
			t.Fatalf("row %d is %q, want %q", i+1, got[0].rows[i], row)
		}
	}
}

func TestMomentOfCode(t *testing.T) {
	for code, want := range map[string]moment{
		"yyyy-mm-dd": dateOnly, "h:mm AM/PM": timeOnly, "d/m/yy h:mm": dateAndTime, "mmm": dateOnly, "mm:ss": timeOnly,
		"General": notMoment, "0.00E+00": notMoment, `[Red]0;[Blue]"day"0`: notMoment, "#,##0.00_);": notMoment, `0"`: notMoment,
	} {
		if got := momentOf("164", code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}

// zipped packs parts; the workbook around a sheet is made up.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>`,
	}
	for name, content := range parts {
		all[name] = content
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sheetOf(rows string) map[string]string {
	return map[string]string{"xl/worksheets/s.xml": "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}
}

// noise is text that hardly packs.
func noise(n int) string {
	r, b := rand.New(rand.NewPCG(3, 4)), make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(r.IntN(26))
	}
	return string(b)
}

const (
	headRow = `<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>`
	dataRow = `<row><c><v>1</v></c><c><v>2</v></c></row>`
)

func TestXLSXErrors(t *testing.T) {
	many := headRow + strings.Repeat(dataRow, 150)
	for name, c := range map[string]struct {
		rows, code string
		row        int64
	}{
		"text missing": {many + `<row><c t="s"><v>5</v></c></row>`, Malformed, 151},
		"no number":    {many + `<row><c><v>x</v></c></row>`, Malformed, 151},
		"no place":     {many + `<row><c r="12"><v>1</v></c></row>`, Malformed, 151},
		"far right":    {many + `<row><c r="ZZZZZZZZ1"><v>1</v></c></row>`, TooManyColumns, 151},
		"doctype":      {many + `<!DOCTYPE x>`, Unsupported, 151},
		"bomb later":   {many + strings.Repeat(`<row r="1"></row>`, 40000), Bomb, 151},
		"entity":       {many + `<row>&secret;</row>`, Malformed, 151},
		"broken":       {many + "<row>\xff", BrokenEncoding, 151},
		"mismatch":     {many + `<row><c></row>`, Malformed, 151},
		"large piece":  {many + `<row a="` + noise(tokenMost+8192), CellTooLarge, 151},
		"bomb":         {strings.Repeat(`<row r="1"></row>`, 40000), Bomb, 0},
	} {
		got, err := random(XLSX, zipped(t, sheetOf(c.rows)), Options{Free: 1 << 19})
		if e, is := err.(*Error); !is || e.Code != c.code || e.Table != "S" && e.Code != Bomb || e.Row < c.row {
			t.Errorf("%s: %v", name, err)
		}
		if c.row == 151 && len(got[0].rows) != 150 {
			t.Errorf("%s: the rows before are lost", name)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
}

func TestXLSXPartsMissing(t *testing.T) {
	_, err := random(XLSX, zipped(t, nil), Options{})
	wantError(t, err, Malformed, 0)
	whole := zipped(t, sheetOf(headRow))
	_, err = random(XLSX, whole[:len(whole)-30], Options{})
	wantError(t, err, Truncated, 0)
	_, err = random(XLSX, zipped(t, map[string]string{"xl/worksheets/s.xml": "<worksheet><sheetData>" + headRow}), Options{})
	if got, ok := err.(*Error); !ok || got.Code != Truncated {
		t.Error(err)
	}
}

func TestXLSXDirectoryTooLarge(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range directoryMost/4000 + 1 {
		_, _ = z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%04000d", i)})
	}
	_ = z.Close()
	_, err := random(XLSX, b.Bytes(), Options{})
	wantError(t, err, Bomb, 0)
}

func TestDamagedXLSX(t *testing.T) {
	flips(t, XLSX, book(t, func(f *excelize.File) {
		for i := range 20 {
			setRow(f, "Sheet1", i+1, "a", i, true, strings.Repeat("b", i))
		}
	}), 100, 3)
}

func TestXLSXTooManySharedStrings(t *testing.T) {
	p := sheetOf(headRow)
	p["xl/sharedStrings.xml"] = "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("x", 1<<19+1)+"</t></si>", stringsMost/tokenMost+1) + "</sst>"
	_, err := random(XLSX, zipped(t, p), Options{Free: 1 << 30})
	wantError(t, err, Unsupported, 0)
}

func FuzzXLSXSheet(f *testing.F) {
	for _, seed := range []string{headRow + dataRow, `<row r="2"><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>`, `<c s="1"><f>1</f><v>3.5</v></c>`, "<c><row></row></c>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rows string) {
		_, err := random(XLSX, zipped(t, sheetOf(rows)), Options{Columns: 100, Cell: 1000, Row: 5000})
		if _, is := err.(*Error); err != nil && !is {
			t.Fatal(err)
		}
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add(zipped(f, sheetOf(headRow+dataRow)))
	f.Fuzz(func(t *testing.T, content []byte) {
		_, err := random(XLSX, content, Options{Columns: 100, Cell: 1000, Row: 5000, Free: 1 << 20})
		if _, is := err.(*Error); err != nil && !is {
			t.Fatal(err)
		}
	})
}
