package fabric

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
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

// BenchmarkCopyGrown copies blocks of 500 made-up commands, ten times as many
// each time: speed and memory must not depend on how many there are.
func BenchmarkCopyGrown(b *testing.B) {
	for _, blocks := range []int{20, 100} {
		b.Run(fmt.Sprint(blocks*500, " commands"), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				m := newMint(b, "pledge")
				l := newLab(b, m)
				o := labOptions(b)
				c, _ := running(b, o, l)
				reach(b, c, 0)
				before := heap()
				for done := 0; done < blocks; done += 20 { // the lab must not be what is measured
					for i := range 20 {
						m.add([]byte{0}, m.madeUp(b, done+i))
					}
					l.catchUp()
					b.StartTimer()
					reach(b, c, uint64(done+20))
					b.StopTimer()
					for _, old := range m.blocks {
						old.Data = nil
					}
				}
				b.ReportMetric(float64(heap()-before)/(1<<20), "heap-MiB")
				if err := c.close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.N*blocks*500)/b.Elapsed().Seconds(), "commands/s")
		})
	}
}

func heap() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// madeUp is a transaction of 500 commands of the usual sizes.
func (m *mint) madeUp(t testing.TB, n int) []byte {
	t.Helper()
	commands, results := make([]string, 500), make([]pledge.Result, 500)
	for i := range commands {
		name := actors.Digest(fmt.Sprint(n, "/", i))
		commands[i] = strings.Repeat(name[:32], 20) + ".s"
		id, record := commandID(commands[i]), "as_"+name[:26]
		value := []byte(`{"id":"` + strings.Repeat(name, 9) + `"}`)
		results[i] = pledge.Result{Outcome: pledge.Outcome{CommandID: id, Status: pledge.Applied, RecordID: record}, Writes: []pledge.Write{
			{Key: pledge.KeyAsset(record), Value: value}, {Key: pledge.KeyCommand("p", id), Value: []byte(`{"v":1}`)},
			{Key: pledge.KeyFile(name), Value: []byte(`{"v":1}`)}, {Key: pledge.KeyFingerprint(name), Value: []byte(`{"v":1}`)}}}
	}
	answer, err := pledge.MarshalResults(results)
	if err != nil {
		t.Fatal(err)
	}
	return simEnvelopeAt(m.channel, applyOf(commands), &simRun{writes: pledge.TxWrites(results)}, answer, m.now).Envelope
}
