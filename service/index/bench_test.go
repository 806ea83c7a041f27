package index_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// benchChain is the daily mix: for each asset its notarization and the seven
// commands of a pledge from proposal to release, with records as large as the
// rules make them.
func benchChain(assets, perBlock int) (m *maker, commands int) {
	m = newMaker("bench")
	var all []service.Committed
	receipt := strings.Repeat("eyJhbGciOiJFZERTQSJ9", 45)
	for n := range assets {
		a := m.notarize(owners[n%3], fmt.Sprintf("%s %s %06d", words[n%4], words[(n+1)%4], n), fmt.Sprint("a", n), fmt.Sprint("b", n))
		id := a.Outcome.RecordID
		big := decode[pledge.Asset](m.state[pledge.KeyAsset(id)])
		big.CustodyReceipt, big.Scenario = receipt, strings.Repeat("load forecast ", 8)
		a.Writes[1] = m.write(pledge.KeyAsset(id), big)
		p := m.propose(id, banks[n%2])
		all = append(all, a, p)
		for _, state := range []string{pledge.Pending, pledge.Pending, pledge.Pending, pledge.Pending, pledge.Active, pledge.Released} {
			c := m.pledge(pledge.PledgeRegister, p.Outcome.RecordID, func(p *pledge.Pledge) { p.State = state })
			if state == pledge.Pending {
				c.Writes = append(c.Writes[:1], c.Writes[2:]...)
			}
			all = append(all, c)
		}
	}
	for len(all) > 0 {
		n := min(perBlock, len(all))
		m.block(all[:n]...)
		all = all[n:]
		commands += n
	}
	return m, commands
}

// cpuTime is what this process has used of all cores: on a shared machine it
// says more than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkProject fills an empty file from a ledger in memory. commands/s
// is the figure; run it with -cpu 1 for what one core does.
func BenchmarkProject(b *testing.B) {
	for _, perBlock := range []int{1, 500} {
		b.Run(fmt.Sprintf("block=%d", perBlock), func(b *testing.B) {
			m, commands := benchChain(5000, perBlock)
			l := newLedger(m.blocks...)
			var size int64
			start := cpuTime()
			for n := 0; b.Loop(); n++ {
				path := filepath.Join(b.TempDir(), fmt.Sprint(n))
				ix := open(b, path)
				projectTo(b, ix, l, uint64(len(m.blocks)-1))
				closed(b, ix)
				info, err := os.Stat(path)
				if err != nil {
					b.Fatal(err)
				}
				size = info.Size()
			}
			b.ReportMetric(float64(commands*b.N)/b.Elapsed().Seconds(), "commands/s")
			b.ReportMetric(float64(commands*b.N)/(cpuTime()-start).Seconds(), "commands/cpu-s")
			b.ReportMetric(float64(size)/float64(commands), "bytes/command")
		})
	}
}

// BenchmarkTip is the time from a block on the ledger to its being readable.
func BenchmarkTip(b *testing.B) {
	m, _ := benchChain(2000, 1)
	l := newLedger(m.blocks[0])
	ix := open(b, filepath.Join(b.TempDir(), "index.db"))
	defer closed(b, ix)
	stop := project(ix, l)
	defer stop()
	n := 0
	for b.Loop() {
		if n++; n == len(m.blocks) {
			b.Skip("chain is too short for so many rounds")
		}
		l.add(m.blocks[n])
		waitFor(b, ix, uint64(n), stop)
	}
}

// BenchmarkRead asks a file of many commands what a service asks most.
func BenchmarkRead(b *testing.B) {
	m, _ := benchChain(5000, 500)
	ix := open(b, filepath.Join(b.TempDir(), "index.db"))
	defer closed(b, ix)
	last := uint64(len(m.blocks) - 1)
	projectTo(b, ix, newLedger(m.blocks...), last)
	ctx := context.Background()
	ids := m.ids(pledge.KeyAsset(""))
	reads := map[string]func(n int) error{
		"record":    func(n int) error { _, err := ix.Record(ctx, pledge.KeyAsset(ids[n]), last); return err },
		"pledgesOf": func(n int) error { _, err := ix.PledgesOf(ctx, ids[n:n+1], last); return err },
		"text": func(n int) error {
			_, _, err := ix.Assets(ctx, service.AssetQuery{Text: fmt.Sprintf("%06d", n)})
			return err
		},
		"common": func(n int) error { _, _, err := ix.Assets(ctx, service.AssetQuery{Text: "数据集"}); return err },
		"owner": func(n int) error {
			_, _, err := ix.Assets(ctx, service.AssetQuery{Owner: owners[n%3], Status: pledge.Notarized})
			return err
		},
		"holders": func(n int) error {
			_, _, err := ix.Holders(ctx, digest(fmt.Sprint("a", n)), last, service.Page{})
			return err
		},
	}
	for name, read := range reads {
		b.Run(name, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				if err := read(n % (len(ids) - 1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
