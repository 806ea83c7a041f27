package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

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

// Texts come back as they were kept, whatever their lengths.
func TestSharedStringsComeBack(t *testing.T) {
	var s sharedStrings
	var want []string
	for i, n := range []int{0, 0, 5, tokenMost - 5, 0, 1, tokenMost, 0, 0, tokenMost - 1, 1, 0, 3} {
		want = append(want, strings.Repeat(string(rune('a'+i)), n))
		if err := s.add([]byte(want[i])); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 * beginsMost {
		want = append(want, fmt.Sprint(len(want)))
		if err := s.add([]byte(want[len(want)-1])); err != nil {
			t.Fatal(err)
		}
	}
	for i, text := range want {
		if string(s.get(i)) != text {
			t.Fatalf("text %d of %d bytes is not what was kept", i, len(text))
		}
	}
}
