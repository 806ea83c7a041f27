package sensitive

import (
	"testing"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// scan gives what is found in a table of these columns, fed in batches.
func scan(names []string, columns ...[]string) []ColumnResult {
	s := NewScanner(names)
	for from := 0; from < len(columns[0]); from += table.BatchRows {
		s.Add(batch(from, columns))
	}
	return s.Columns()
}

func batch(from int, columns [][]string) *table.Batch {
	b := &table.Batch{First: int64(from) + 1, Columns: len(columns)}
	for row := from; row < min(from+table.BatchRows, len(columns[0])); row++ {
		b.Rows++
		for _, c := range columns {
			b.Text = append(b.Text, c[row]...)
			b.Ends = append(b.Ends, uint32(len(b.Text)))
			b.Classes = append(b.Classes, table.Bytes([]byte(c[row])))
		}
	}
	return b
}

// cells scans one column.
func cells(name string, values ...string) ColumnResult {
	return scan([]string{name}, values)[0]
}

func (r ColumnResult) of(rule string) Hit {
	for _, h := range r.Hits {
		if h.Rule == rule {
			return h
		}
	}
	return Hit{}
}

func wantVerdict(t *testing.T, r ColumnResult, verdict Verdict, because string) {
	t.Helper()
	if r.Verdict != verdict || r.Because != because {
		t.Errorf("column %s: got %s because of %q, want %s because of %q; hits %+v, unknown %d", r.Column, r.Verdict, r.Because, verdict, because, r.Hits, r.Unknown)
	}
}
