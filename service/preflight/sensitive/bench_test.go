package sensitive

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// BenchmarkAdd scans ordinary cells, seven bytes on average, and gives the
// time beside that of encoding/csv over the same text in the same run, each the
// best of its runs: whatever else the machine does only adds to them.
func BenchmarkAdd(b *testing.B) {
	names, columns := ordinary(table.BatchRows)
	benchmark(b, names, columns)
}

// BenchmarkAddPersonal scans the columns that give the rules work.
func BenchmarkAddPersonal(b *testing.B) {
	g := newSource(3)
	names := []string{"身份证号", "mobile", "银行卡号", "备注", "姓名", "c6", "c7", "c8"}
	columns := make([][]string, len(names))
	for range table.BatchRows {
		for i, v := range []string{g.identity(), g.mobile(), g.card(), g.remark(g.mobile()), g.name(), g.identity(), g.address(), g.email()} {
			columns[i] = append(columns[i], v)
		}
	}
	benchmark(b, names, columns)
}

func benchmark(b *testing.B, names []string, columns [][]string) {
	one, text := batch(0, columns), asCSV(columns)
	read := readCSV(text)
	s := NewScanner(names)
	cells := int64(one.Rows * one.Columns)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	best := time.Hour
	for b.Loop() {
		start := time.Now()
		s.Add(one)
		best = min(best, time.Since(start))
	}
	perCell := float64(best.Nanoseconds()) / float64(cells)
	b.ReportMetric(perCell, "ns/cell")
	b.ReportMetric(float64(read.Nanoseconds())/float64(cells), "csv-ns/cell")
	b.ReportMetric(perCell*float64(cells)/float64(read.Nanoseconds()), "csv-share")
}

// readCSV times encoding/csv, the best of some runs.
func readCSV(text []byte) time.Duration {
	best := time.Hour
	for range 20 {
		start := time.Now()
		r := csv.NewReader(bytes.NewReader(text))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			}
		}
		best = min(best, time.Since(start))
	}
	return best
}

func asCSV(columns [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for row := range columns[0] {
		record := make([]string, 0, len(columns))
		for _, c := range columns {
			record = append(record, c[row])
		}
		_ = w.Write(record)
	}
	w.Flush()
	return out.Bytes()
}

func ordinary(rows int) ([]string, [][]string) {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("Approach Climb Landing Medium Small Night Day Delta United Denver Texas None")
	zh := strings.Fields("杭州 北京 食品 服装 待发货 已完成")
	names := []string{"seq", "amount", "flight date", "phase", "size", "region", "quantity", "code", "price", "flag"}
	columns := make([][]string, len(names))
	for i := range rows {
		for c, v := range []string{
			fmt.Sprint(100000 + i), fmt.Sprintf("%d.%02d", r.IntN(10000), r.IntN(100)),
			fmt.Sprintf("20%02d-%02d-%02d", r.IntN(25), 1+r.IntN(12), 1+r.IntN(28)), words[r.IntN(len(words))],
			words[r.IntN(len(words))], zh[r.IntN(len(zh))], fmt.Sprint(r.IntN(1000)),
			fmt.Sprintf("SK%06d", r.IntN(1000000)), fmt.Sprint(r.IntN(100000000)), "Y",
		} {
			columns[c] = append(columns[c], v)
		}
	}
	return names, columns
}

// BenchmarkNewScanner makes a scanner for as many columns as a table may have.
func BenchmarkNewScanner(b *testing.B) {
	names := make([]string, 16384)
	for i := range names {
		names[i] = fmt.Sprintf("measurement_%d_value", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		NewScanner(names)
	}
}
