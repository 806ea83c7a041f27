package fabric

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// BenchmarkCopy verifies, decodes and stores blocks of 500 commands each.
func BenchmarkCopy(b *testing.B) {
	for _, blocks := range []int{20, 80} {
		b.Run(fmt.Sprint(blocks*500, " commands"), func(b *testing.B) {
			m := busy(b, blocks)
			last := uint64(len(m.blocks) - 1)
			b.ResetTimer()
			for b.Loop() {
				o := labOptions(b)
				c, _ := running(b, o, newLab(b, m))
				reach(b, c, last)
				if err := c.close(); err != nil {
					b.Fatal(err)
				}
				info, err := os.Stat(filepath.Join(o.Dir, storeName))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(info.Size())/float64(blocks*500), "disk-B/command")
			}
			b.ReportMetric(float64(b.N*blocks*500)/b.Elapsed().Seconds(), "commands/s")
		})
	}
}

// BenchmarkFollow reads all blocks from the peers again, as an index does
// that is projected anew.
func BenchmarkFollow(b *testing.B) {
	const blocks = 80
	m := busy(b, blocks)
	c, _ := running(b, labOptions(b), newLab(b, m))
	reach(b, c, uint64(len(m.blocks)-1))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	for b.Loop() {
		err := c.follow(b.Context(), 0, func(d service.Block) error {
			if d.Number == uint64(len(m.blocks)-1) {
				return errEnough
			}
			return nil
		})
		if err != errEnough {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N*blocks*500)/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/(1<<20), "heap-MiB")
}

// busy is a mint with so many blocks of 500 notarizations each.
func busy(t testing.TB, blocks int) *mint {
	t.Helper()
	m, cast := begun(t)
	enroll, _ := m.apply(t, cast.Enroll(cast.Enterprise))
	m.add([]byte{0}, enroll)
	for i := range blocks {
		commands := make([]string, 500)
		for j := range commands {
			commands[j] = cast.Notarize(cast.Enterprise, actors.NewDataset(fmt.Sprint("busy", i, "/", j), 1))
		}
		raw, _ := m.apply(t, commands...)
		m.add([]byte{0}, raw)
	}
	return m
}
