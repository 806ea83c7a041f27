package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

type citizen struct {
	ID     int64   `json:"编号" parquet:"编号"`
	Name   string  `json:"name" parquet:"name"`
	Amount float64 `json:"amount" parquet:"amount"`
	Born   int32   `json:"-" parquet:"born,date"`
	Day    string  `json:"born" parquet:"-"`
	Member bool    `json:"member" parquet:"member"`
}

func citizens(n int) (all []citizen) {
	r := rand.New(rand.NewPCG(8, 9))
	for i := range n {
		born := time.Date(1950+r.IntN(70), 1, 1+r.IntN(365), 0, 0, 0, 0, time.UTC)
		all = append(all, citizen{int64(i), []string{"张三", "a \"b\", c", "line\nend", "é€"}[r.IntN(4)],
			float64(r.IntN(1e7)) / 100, int32(born.Unix() / 86400), born.Format(time.DateOnly), i%2 == 0})
	}
	return all
}

var citizenColumns = []string{"编号", "name", "amount", "born", "member"}

// TestSameCells: the same table gives the same cells in every format.
func TestSameCells(t *testing.T) {
	all := citizens(500)
	commas, tabs := asCSV(all, ','), asCSV(all, '\t')
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String(commas)
	if err != nil {
		t.Fatal(err)
	}
	var want []sheet
	for _, c := range []struct {
		name    string
		format  Format
		content string
	}{
		{"csv", CSV, commas}, {"tsv", CSV, tabs}, {"gb18030", CSV, chinese}, {"bom", CSV, "\xef\xbb\xbf" + commas},
		{"jsonl", JSONL, asJSON(t, all, false)}, {"json", JSON, asJSON(t, all, true)},
		{"parquet", Parquet, string(parquetOf(t, all, parquet.Compression(&parquet.Zstd)))},
		{"xlsx", XLSX, string(asBook(t, all))},
	} {
		if got := Sniff("x", []byte(c.content[:min(len(c.content), 64<<10)])); got != c.format {
			t.Errorf("%s is taken for %s", c.name, got)
		}
		got, err := open(c.format, c.content)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got[0].columns, citizenColumns) || fmt.Sprintf("%q", got[0].rows) != fmt.Sprintf("%q", want[0].rows) {
			t.Errorf("%s gives other cells: %q, want %q", c.name, got[0].rows[:2], want[0].rows[:2])
		}
	}
}

func open(f Format, content string) ([]sheet, error) {
	if f.Random() {
		return random(f, []byte(content), Options{})
	}
	return stream(f, content, Options{})
}

func asCSV(all []citizen, separator rune) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = separator
	_ = w.Write(citizenColumns)
	for _, c := range all {
		_ = w.Write([]string{fmt.Sprint(c.ID), c.Name, fmt.Sprint(c.Amount), c.Day, fmt.Sprint(c.Member)})
	}
	w.Flush()
	return b.String()
}

func asJSON(t *testing.T, all []citizen, array bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if array {
		e.SetIndent("", "  ")
		if err := e.Encode(all); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, c := range all {
		if err := e.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func asBook(t *testing.T, all []citizen) []byte {
	return book(t, func(f *excelize.File) {
		setRow(f, "Sheet1", 1, "编号", "name", "amount", "born", "member")
		for i, c := range all {
			setRow(f, "Sheet1", i+2, c.ID, c.Name, c.Amount, time.Unix(int64(c.Born)*86400, 0).UTC(), c.Member)
		}
		n, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		_ = f.SetCellStyle("Sheet1", "D2", fmt.Sprint("D", len(all)+1), n)
	})
}

// TestGB18030 compares to the library, letter by letter of all Unicode.
func TestGB18030(t *testing.T) {
	encoder := simplifiedchinese.GB18030.NewEncoder()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringN(1, 300, -1).Draw(t, "text")
		want = strings.Map(func(r rune) rune {
			if r == 0 || r == '\ufeff' {
				return -1
			}
			return r
		}, want)
		code, err := encoder.String(want)
		if err != nil {
			t.Skip("not in GB18030")
		}
		if want, err = simplifiedchinese.GB18030.NewDecoder().String(code); err != nil {
			t.Fatal(err)
		}
		got, used, bad := decodeGB18030()(nil, []byte(code))
		if bad || used != len(code) || string(got) != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
