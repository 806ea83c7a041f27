// Package solobench measures the solo ledger: how many signed commands it
// makes durable in a second, beside what the processor could do if checking
// their signatures were all there is to do (PERFORMANCE.md row 8).
package solobench

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/solo"
)

// Row is one line of the result: Ratio is Value over Peer.
type Row struct {
	Name, Unit         string
	Value, Peer, Ratio float64
}

// Options of a run. The zero value of each field means the default.
type Options struct {
	Dir      string // where the ledgers are made and removed again; the default is for temporary files
	Commands int    // in each round and of each kind, about; 9000
	Rounds   int    // of which the medians count; 5
	Callers  int    // that submit at once; 64
}

func (o *Options) setDefaults() {
	if o.Commands <= 0 {
		o.Commands = 9000
	}
	if o.Rounds <= 0 {
		o.Rounds = 5
	}
	if o.Callers <= 0 {
		o.Callers = 64
	}
}

// kind is a sort of load: jobs are submitted as they stand, each at once.
type kind struct {
	name       string
	signatures int // in each command, or on the average times commands
	commands   int
	make       func(c *actors.Cast, n int) []string
}

func kinds() []kind {
	return []kind{
		{"a pledge from notarization to release, on the solo ledger", 10, 9, story},
		{"notarizations with their custody receipts, on the solo ledger", 2, 1, notarize},
		{"fences, on the solo ledger", 1, 1, fence},
	}
}

func story(c *actors.Cast, n int) []string {
	jws, _, id, terms := c.Story(c.Own(fmt.Sprint("story", n)), c.Enterprise, c.Bank)
	return append(jws, c.Register(c.Bank, id, terms, 0), c.Release(c.Bank, id, "PAID"))
}

func notarize(c *actors.Cast, n int) []string {
	return []string{c.Notarize(c.Enterprise, actors.NewDataset(c.Own(fmt.Sprint("asset", n)), 2))}
}

func fence(c *actors.Cast, n int) []string {
	return []string{c.Fence(c.Enterprise, fmt.Sprintf("cmd_%x", sha256.Sum256([]byte(c.Own(fmt.Sprint(n))))))}
}

// Run measures every kind of load and, in the same rounds, the bare
// signature check with all cores on the same commands.
func Run(ctx context.Context, o Options) ([]Row, error) {
	o.setDefaults()
	all := kinds()
	rates := make([]struct{ commands, checks []float64 }, len(all))
	for range o.Rounds {
		for i, k := range all {
			commands, checks, err := o.round(ctx, k)
			if err != nil {
				return nil, fmt.Errorf("measuring %s: %w", k.name, err)
			}
			rates[i].commands = append(rates[i].commands, commands)
			rates[i].checks = append(rates[i].checks, checks)
		}
	}
	var rows []Row
	for i, k := range all {
		v, peer := median(rates[i].commands), median(rates[i].checks)
		rows = append(rows, Row{k.name, "durable commands/s to Ed25519 checks/s", v, peer, v / peer})
		v *= float64(k.signatures) / float64(k.commands)
		rows = append(rows, Row{k.name, "signatures/s to Ed25519 checks/s", v, peer, v / peer})
	}
	return rows, nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// round fills a fresh ledger and tells the two rates.
func (o Options) round(ctx context.Context, k kind) (commands, checks float64, err error) {
	dir, err := os.MkdirTemp(o.Dir, "solobench")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := actors.NewCast("bench")
	seed := sha256.Sum256([]byte("operator of the benchmark"))
	l, err := solo.Open(solo.Options{Path: filepath.Join(dir, "ledger.db"), Genesis: c.Genesis(), Operator: solo.NewOperator(ed25519.NewKeyFromSeed(seed[:]))})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if err := Apply(ctx, l, []string{c.Enroll(c.Enterprise)}); err != nil {
		return 0, 0, err
	}
	jobs := make([][]string, o.Commands/k.commands)
	Parallel(runtime.GOMAXPROCS(0), len(jobs), func(i int) { jobs[i] = k.make(c, i) })
	runtime.GC()
	if commands, err = Submit(ctx, l, o.Callers, jobs); err != nil {
		return 0, 0, err
	}
	return commands, checkRate(len(jobs) * k.signatures), nil
}

// Submit submits jobs of equally many commands, some jobs at a time from each
// of the callers, and returns how many commands a second became durable.
func Submit(ctx context.Context, l service.Ledger, callers int, jobs [][]string) (float64, error) {
	const atOnce = 100 // commands in a Submit, about
	var batches [][]string
	for _, j := range jobs {
		if n := len(batches); n == 0 || len(batches[n-1])+len(j) > atOnce {
			batches = append(batches, nil)
		}
		batches[len(batches)-1] = append(batches[len(batches)-1], j...)
	}
	var failed atomic.Pointer[error]
	start := time.Now()
	Parallel(callers, len(batches), func(i int) {
		if err := Apply(ctx, l, batches[i]); err != nil {
			failed.Store(&err)
		}
	})
	took := time.Since(start)
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(len(jobs)*len(jobs[0])) / took.Seconds(), nil
}

// Apply submits commands, all of which must take effect now.
func Apply(ctx context.Context, l service.Ledger, commands []string) error {
	out, err := l.Submit(ctx, commands)
	if err != nil {
		return err
	}
	for _, o := range out {
		if o.Status != pledge.Applied || o.Duplicate {
			return fmt.Errorf("command %s: %s %s %s", o.CommandID, o.Status, o.Code, o.Detail)
		}
	}
	return nil
}

// checkRate is how many signatures of a middling command all cores check.
func checkRate(n int) float64 {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public, message := key.Public().(ed25519.PublicKey), make([]byte, 1000)
	signature := ed25519.Sign(key, message)
	start := time.Now()
	Parallel(runtime.GOMAXPROCS(0), n, func(int) { _ = ed25519.Verify(public, message, signature) })
	return float64(n) / time.Since(start).Seconds()
}

// Parallel calls fn for 0 to n-1 from several goroutines.
func Parallel(workers, n int, fn func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				fn(i)
			}
		})
	}
	all.Wait()
}
