package table

import (
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
