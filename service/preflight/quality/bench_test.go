package quality

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"testing"

	"github.com/datapledge/datapledge/service/preflight/table"
)

func shipped(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../../../cmd/datapledge/demo/data/birdstrikes-1990s.csv")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// BenchmarkProfile measures a batch that was read already, and what
// encoding/csv needs to read the same text, as a yardstick.
func BenchmarkProfile(b *testing.B) {
	text := shipped(b)
	tab := open(b, text)
	batch, err := tab.Next(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	size := int64(len(batch.Text) + len(batch.Ends))
	p, err := NewProfiler(tab.Columns, nil, "")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("profile", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			p.Add(batch)
		}
	})
	b.Run("encoding/csv", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(text))
			r.ReuseRecord = true
			for _, err := r.Read(); err != io.EOF; _, err = r.Read() {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func open(t testing.TB, text []byte) *table.Table {
	t.Helper()
	f, err := table.Stream(table.CSV, bytes.NewReader(text), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	tab, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tab
}
