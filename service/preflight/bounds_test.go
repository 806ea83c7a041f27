package preflight

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// pass reads files that are given as texts, in this order.
func pass(t testing.TB, o Options, files ...[2]string) (*Reader, Preflight) {
	t.Helper()
	r := NewReader(t.Context(), o)
	for _, f := range files {
		give(t, r, f[0], f[1])
	}
	p, err := r.Report("sha256:")
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

func give(t testing.TB, r *Reader, path, text string) {
	t.Helper()
	w := r.Beside(path, int64(len(text)))
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func length(t testing.TB, report any) int {
	t.Helper()
	return len(must(Canonical(report))(t))
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestReportsOfManyColumnsAreBounded: what cannot be told one by one is
// counted, and the worst is told first.
func TestReportsOfManyColumnsAreBounded(t *testing.T) {
	var names, row strings.Builder
	const columns = 12000
	for i := range columns {
		fmt.Fprintf(&names, "%s%d,", strings.Repeat("n", 200), i)
		row.WriteString("x,")
	}
	table := names.String() + "phone\n" + strings.Repeat(row.String()+"13800138000\n", 20)
	_, p := pass(t, Options{}, [2]string{"a.csv", table})
	e := p.Exclusion.Files[0].Tables[0]
	if n := len(e.Columns); n == 0 || n > columns/2 || len(e.Numbers) != n || len(p.Quality.Files[0].Tables[0].Columns) != n || e.Width != columns+1 {
		t.Fatalf("%d columns told of %d", n, e.Width)
	}
	if last := e.Columns[len(e.Columns)-1]; last.Verdict != "sensitive" || e.Numbers[len(e.Numbers)-1] != columns+1 {
		t.Errorf("%+v is last", last)
	}
	if all := p.Exclusion.All; all.Columns != columns+1 || all.Sensitive != 1 || all.Findings != 1 || all.Rows != 20 || len(p.Fix) == 0 || !slices.ContainsFunc(p.Fix, func(f Fix) bool { return f.Must && f.Column == columns+1 }) {
		t.Errorf("%+v", all)
	}
	if a, b := length(t, p.Exclusion), length(t, p.Quality); a+b > tableMost+1<<16 {
		t.Errorf("reports of %d and %d bytes", a, b)
	}
}

// TestReportsOfManyTablesAreBounded: the same files in any order make the
// same reports, of no more than so many bytes.
func TestReportsOfManyTablesAreBounded(t *testing.T) {
	var files [][2]string
	for i := range 120 {
		files = append(files, [2]string{fmt.Sprintf("%04d.csv", i), wideText(i%3*100+20, i)})
	}
	_, want := pass(t, Options{}, files...)
	all := want.Exclusion.All
	if n := len(want.Exclusion.Files); n < 40 || n >= 120 || len(want.Quality.Files) != n || all.Files != 120 || all.Tables != 120 || all.Findings != 120 || want.Passed() {
		t.Fatalf("%d files told, %+v", n, all)
	}
	if a, b := length(t, want.Exclusion), length(t, want.Quality); a+b > filesMost+1<<16 {
		t.Errorf("reports of %d and %d bytes", a, b)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1 {
		random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		_, got := pass(t, Options{}, files...)
		for _, pair := range [][2]any{{got.Exclusion, want.Exclusion}, {got.Quality, want.Quality}, {got.Fix, want.Fix}} {
			a, b := must(Canonical(pair[0]))(t), must(Canonical(pair[1]))(t)
			if !bytes.Equal(a, b) {
				t.Error("another order makes another report")
			}
		}
	}
	e, err := want.Examined()
	if err != nil || e.More != 120-pledge.MaxFindings {
		t.Errorf("%d more findings, %v", e.More, err)
	}
}

// wideText is a table with one column of phone numbers.
func wideText(columns, seed int) string {
	var names, row strings.Builder
	for i := range columns {
		fmt.Fprintf(&names, "%s%d,", strings.Repeat("\x01", 100)+"name", i)
		fmt.Fprintf(&row, "v%d,", i*seed%7)
	}
	return names.String() + "phone\n" + row.String() + "13800138000\n" + row.String() + "13900139000\n"
}

// TestFixesAreBounded: what is not listed is counted in the receipt, so that
// nobody answers for it unseen.
func TestFixesAreBounded(t *testing.T) {
	names, row := make([]string, fixesMost+500), make([]string, fixesMost+500)
	for i := range names {
		names[i], row[i] = fmt.Sprintf("phone%d", i), "13800138000"
	}
	_, p := pass(t, Options{}, [2]string{"a.csv", strings.Join(names, ",") + strings.Repeat("\n"+strings.Join(row, ","), 10)})
	last := p.Fix[len(p.Fix)-1]
	if len(p.Fix) > fixesMost+10 || last.Code != "more" || !last.Must {
		t.Fatalf("%d fixes, the last is %+v", len(p.Fix), last)
	}
	e, err := p.Examined()
	if all := p.Exclusion.All.Findings; err != nil || all != fixesMost+500 || len(e.Findings)+e.More < all {
		t.Errorf("%d findings, %d told and %d more, %v", all, len(e.Findings), e.More, err)
	}
}

// TestManySmallFiles: a hundred thousand files need no more memory than their
// names do. What was taken from the system would tell of other tests, too.
func TestManySmallFiles(t *testing.T) {
	r := NewReader(t.Context(), Options{SketchKey: new([32]byte)})
	var m runtime.MemStats
	for i := range 3000 {
		give(t, r, fmt.Sprintf("%06d.csv", i), "a,b\n1,2\n")
		if i%1000 == 999 {
			runtime.GC()
			runtime.ReadMemStats(&m)
		}
	}
	p, err := r.Report("sha256:")
	if err != nil || p.Exclusion.All.Files != 3000 || p.Exclusion.All.Rows != 3000 {
		t.Fatalf("%+v, %v", p.Exclusion.All, err)
	}
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MiB live", m.HeapAlloc>>20)
	}
}

// TestCellsWithoutBytes: what one file may ask for, very many may not.
func TestCellsWithoutBytes(t *testing.T) {
	wide := strings.Repeat(",", 10000) + "\n" + strings.Repeat("1\n", 100)
	r, _ := pass(t, Options{}, [2]string{"a.csv", wide})
	one := r.excess
	if one < 500_000 || one > 1_010_100 {
		t.Fatalf("an excess of %d cells", one)
	}
	x := must((&Examiner{}).Begin(t.Context(), service.Given{}))(t)
	inner := x.(*examination).Reader
	inner.excess = excessMost - 2*one + 1
	for i := range 4 {
		give(t, inner, fmt.Sprint(i, ".csv"), wide)
	}
	if _, err := x.Report("sha256:"); !errors.Is(err, pledge.Malformed) || !strings.Contains(err.Error(), "cells") {
		t.Error(err)
	}
	if inner.all.Rows != 2*101 {
		t.Errorf("%d rows were read", inner.all.Rows)
	}
}
