package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDialects(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    Dialect
	}{
		"comma":     {"id,name\n1,a\n2,b\n", Dialect{CSV, "utf-8", ",", "lf", true}},
		"semicolon": {"id;price\r\n1;2,5\r\n2;3,5\r\n", Dialect{CSV, "utf-8", ";", "crlf", true}},
		"tab":       {"\xef\xbb\xbfid\tname\n1\ta,b\n", Dialect{CSV, "utf-8-bom", "\t", "lf", true}},
		"bar":       {"1|2\r3|4\r", Dialect{CSV, "utf-8", "|", "cr", false}},
		"caret":     {"id^name\n1^张三", Dialect{CSV, "utf-8", "^", "lf", true}},
		"hive":      {"a\x01b\nc\x01d\n", Dialect{CSV, "utf-8", "\x01", "lf", true}},
		"gb18030":   {"id,\xd0\xd5\xc3\xfb\n1,\xd5\xc5\xc8\xfd\n", Dialect{CSV, "gb18030", ",", "lf", true}},
		"utf-16":    {"\xff\xfei\x00d\x00,\x00a\x00\n\x001\x00,\x002\x00", Dialect{CSV, "utf-16le", ",", "lf", true}},
		"big":       {"\xfe\xff\x00i\x00d\x00,\x00a", Dialect{CSV, "utf-16be", ",", "lf", true}},
		"one":       {"text\nno, not two\nwords\n", Dialect{CSV, "utf-8", ",", "lf", true}},
	} {
		f, err := Stream(CSV, strings.NewReader(c.content), Options{})
		if _, err := readAll(f, err); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := f.Dialect(); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestHeaderRule(t *testing.T) {
	for content, want := range map[string]string{
		"id,name\n1,a\n":                     "id,name",
		",name\n0,a\n":                       "#1,name",
		"1,a\n2,b\n":                         "#1,#2",
		"a,a\n1,2\n":                         "#1,#2",
		"a,,c\n1,2,3\n":                      "#1,#2,#3",
		"2024-01-02,b\n1,2":                  "#1,#2",
		"1.5,b\n1,2":                         "#1,#2",
		"张三,北京\n李四,上海":                       "张三,北京",
		strings.Repeat("a", 300) + ",b\n1,2": "#1,#2",
	} {
		got, err := stream(CSV, content, Options{})
		if err != nil || strings.Join(got[0].columns, ",") != want {
			t.Errorf("%q: %v, %v", content, got, err)
		}
		if first := got[0].rows[0][0]; strings.HasPrefix(want, "#1,#") && !strings.HasPrefix(content, first) {
			t.Errorf("%q: the first row is lost", content)
		}
	}
}

func TestOddRows(t *testing.T) {
	got, err := stream(CSV, "a,b\n1\n1,2,3,\"4\n4\"\n\n\"x\"y,2\n\"\"\n5,6\n", Options{})
	want := [][]string{{"1", ""}, {"1", "2"}, {"xy", "2"}, {"", ""}, {"5", "6"}}
	if err != nil || fmt.Sprint(got[0].rows) != fmt.Sprint(want) || !slices.Equal(got[0].odd, []int64{1, 2, 3, 4}) {
		t.Fatalf("%v, %v", got, err)
	}
	if c := got[0].classes; c[0][1] != Null || c[3][0] != 0 || c[2][0] != Lower {
		t.Error(c)
	}
}

// A line above the header, or a separator at the end of each row, hides no cell.
func TestWidthOfMostRows(t *testing.T) {
	got, err := stream(CSV, "Report\nid,name\n1,a\n2,b\n", Options{})
	if err != nil || strings.Join(got[0].columns, ",") != "Report,#2" || got[0].rows[2][1] != "b" || len(got[0].odd) != 0 {
		t.Fatal(got, err)
	}
	got, err = stream(CSV, "2024\n1,a\n2,b\n", Options{})
	if err != nil || strings.Join(got[0].columns, ",") != "#1,#2" || got[0].rows[0][0] != "2024" || got[0].classes[0][1] != Null || !slices.Equal(got[0].odd, []int64{1}) {
		t.Fatal(got, err)
	}
}

func TestQuotesAtTheEnd(t *testing.T) {
	for _, last := range []string{`""`, "\"\"\n"} {
		if got, err := stream(CSV, "a\n"+last, Options{}); err != nil || len(got[0].rows) != 1 || len(got[0].odd) != 0 {
			t.Errorf("%q: %v, %v", last, got, err)
		}
	}
}

func TestEmptyFile(t *testing.T) {
	for _, content := range []string{"", "\n\r\n", "\xef\xbb\xbf"} {
		if got, err := stream(CSV, content, Options{}); err != nil || len(got) != 1 || len(got[0].rows)+len(got[0].columns) != 0 {
			t.Errorf("%q: %v, %v", content, got, err)
		}
	}
}

// rowsOf is what encoding/csv reads, its own way with CR LF taken back.
func rowsOf(content []byte, separator byte) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord = rune(separator), -1
	return r.ReadAll()
}

// sameAsLibrary compares all rows, the header among them, on what
// encoding/csv reads without complaint.
func sameAsLibrary(t interface{ Fatalf(string, ...any) }, content []byte, separator byte) {
	want, err := rowsOf(content, separator)
	if err != nil || len(want) == 0 || !isText(content) {
		return
	}
	got, err := stream(CSV, string(content), Options{Separator: separator})
	if err != nil {
		t.Fatalf("%q: %v", content, err)
	}
	rows := got[0].rows
	width := len(got[0].columns)
	if !slices.Equal(got[0].columns, numbered(width)) {
		rows = append([][]string{got[0].columns}, rows...)
		for i := len(want[0]); i < width; i++ {
			want[0] = append(want[0], fmt.Sprintf("#%d", i+1))
		}
		if want[0][0] == "" {
			want[0][0] = "#1"
		}
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows %.99q, want %d %.99q of %q", len(rows), rows, len(want), want, content)
	}
	for i := range want {
		if !slices.Equal(asLibrary(rows[i]), fit(want[i], width)) {
			t.Fatalf("row %d is %.99q, want %.99q of %q", i, rows[i], want[i], content)
		}
	}
	checkClasses(t, got[0])
}

func checkClasses(t interface{ Fatalf(string, ...any) }, s sheet) {
	for i, row := range s.rows {
		for j, cell := range row {
			if c := s.classes[i][j]; c != Bytes([]byte(cell)) && c != Null {
				t.Fatalf("%q has class %b", cell, c)
			}
		}
	}
}

func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("#%d", i+1))
	}
	return names
}

// fit makes a row as wide as the table is.
func fit(row []string, columns int) []string {
	out := make([]string, columns)
	copy(out, row)
	return out
}

// asLibrary changes line ends within quotes as encoding/csv does.
func asLibrary(row []string) []string {
	out := slices.Clone(row)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "\r\n", "\n")
	}
	return out
}

func isText(content []byte) bool {
	t := newText(bytes.NewReader(content))
	for {
		if _, err := t.next(); err != nil {
			return t.name() == "utf-8" && len(content) > 0 && strings.ToValidUTF8(string(content), "") == string(content) && bytes.IndexByte(content, 0) < 0 && findLineEnds(content) != "cr"
		}
	}
}

func TestSameRowsAsEncodingCSV(t *testing.T) {
	cell := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9 .:@+/*#-]{0,12}`),
		rapid.StringMatching("[\"a,;\n\r张\U0001f600]{0,8}"),
		rapid.Just(strings.Repeat("long ", 4000)),
	)
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 5).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, columns, columns), 1, 20).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = rapid.SampledFrom([]rune(",;\t|^")).Draw(t, "separator"), rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		sameAsLibrary(t, b.Bytes(), byte(w.Comma))
	})
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a,\"b\"\"c\n\"\r\n", "\"\"\n", "a\rb\r", "\xff\xfea\x00", "\x81\x30\x81\x30,\xd5\xc5\n", "a,b\n1,\"2\"x\n\n\"\r\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		sameAsLibrary(t, content, ',')
		stream(CSV, string(content), Options{Cell: 64, Row: 200, Columns: 8})
	})
}
