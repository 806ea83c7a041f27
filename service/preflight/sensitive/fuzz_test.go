package sensitive

import (
	"bytes"
	"testing"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// No bytes make the scanner panic, hold on to them, count a cell twice, or
// give another result the second time.
func FuzzScanner(f *testing.F) {
	names, columns := personal(2)
	for i := range names {
		f.Add(names[i], []byte(columns[i][0]+"\n"+columns[i][1]))
	}
	f.Add("备注", []byte("１３８００１３８０００，110105 19491231 002X\n*\n@\n86-138 0013 8000 4111 1111 1111 1111"))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		s := NewScanner([]string{name, "c"})
		b := lines(text)
		s.Add(b)
		first := s.Columns()
		s.Add(b)
		for i, c := range s.Columns() {
			if c.NonEmpty != 2*first[i].NonEmpty || len(c.Hits) != len(first[i].Hits) {
				t.Fatalf("got %+v after %+v", c, first[i])
			}
			for j, h := range c.Hits {
				if h.Count != 2*first[i].Hits[j].Count || h.Count+h.Masked > c.NonEmpty || h.RateBP > 10000 {
					t.Fatalf("got %+v after %+v", h, first[i].Hits[j])
				}
			}
		}
		if cap(s.wide) > widePiece {
			t.Fatalf("%d bytes kept", cap(s.wide))
		}
	})
}

// lines puts each line into both columns of a batch.
func lines(text []byte) *table.Batch {
	b := &table.Batch{First: 1, Columns: 2}
	for _, line := range bytes.Split(text, []byte("\n")) {
		for range 2 {
			b.Text = append(b.Text, line...)
			b.Ends = append(b.Ends, uint32(len(b.Text)))
			b.Classes = append(b.Classes, table.Bytes(line))
		}
		b.Rows++
	}
	return b
}
