package sensitive

import (
	"reflect"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// However the rows are cut into batches, the result is the same, and asking
// for it twice changes nothing.
func TestBatchesDoNotMatter(t *testing.T) {
	names, columns := personal(500)
	whole, pieces := NewScanner(names), NewScanner(names)
	whole.Add(batch(0, columns))
	for row := range columns[0] {
		one := make([][]string, len(columns))
		for i := range columns {
			one[i] = columns[i][row : row+1]
		}
		b := batch(0, one)
		b.First = int64(row) + 1
		pieces.Add(b)
	}
	want := whole.Columns()
	if got := pieces.Columns(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if again := whole.Columns(); !reflect.DeepEqual(again, want) {
		t.Errorf("the second time: got %+v, want %+v", again, want)
	}
}

// personal is a table in which every column holds something.
func personal(rows int) ([]string, [][]string) {
	g := newSource(13)
	all := append(append(append([]kind{}, dirty...), attributes...), maskedKinds...)
	names, columns := make([]string, len(all)), make([][]string, len(all))
	for i, k := range all {
		names[i] = k.zh
		for range rows {
			columns[i] = append(columns[i], k.value(g))
		}
	}
	return names, columns
}

// Nothing of the data is in the result, not even where it stands for names.
func TestResultHoldsNoData(t *testing.T) {
	names, columns := personal(20)
	for i := range dirty {
		if tellsName(columns[i][0]) {
			names[i] = columns[i][0]
		}
	}
	text, err := pledge.CanonicalJSON(struct {
		Columns []ColumnResult `json:"columns"`
	}{scan(names, columns...)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		for _, v := range c {
			if len(v) >= 6 && strings.Contains(string(text), v) {
				t.Errorf("the result holds %s", v)
			}
		}
	}
}

func tellsName(v string) bool { return NewScanner([]string{v}).names[0] == "#1" }

// Scanning makes nothing for the garbage collector once a column's state is there.
func TestAddAllocatesNothing(t *testing.T) {
	names, columns := personal(50)
	s, b := NewScanner(names), batch(0, columns)
	s.Add(b)
	if n := testing.AllocsPerRun(10, func() { s.Add(b) }); n > 0 {
		t.Errorf("%v allocations a batch", n)
	}
}

// Columns that the scanner was not told of, and none at all, do no harm.
func TestOddBatches(t *testing.T) {
	s := NewScanner([]string{"sfz"})
	s.Add(&table.Batch{})
	s.Add(batch(0, [][]string{{"x"}, {"13800138000"}}))
	if got := s.Columns(); len(got) != 1 || got[0].NonEmpty != 1 {
		t.Errorf("got %+v", got)
	}
	if got := NewScanner(nil).Columns(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}
