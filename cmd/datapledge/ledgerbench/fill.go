package ledgerbench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/solo/solobench"
)

// Every owner has so many assets of one file each, of which each twentieth is
// pledged: on both ledgers, so that a question has as much to find.
const (
	perOwner   = 40
	pledgedOf  = 20
	maxSamples = 4096
)

// sample is an asset that is asked about. Only some are kept: all of them
// would grow memory with the ledger.
type sample struct {
	asset, fingerprint, owner string
	pledged                   bool
}

// filling is the making of n assets, by several callers at once.
type filling struct {
	*ledger
	n      int
	picked map[int]bool
	log    io.Writer
	start  time.Time
	mu     sync.Mutex // guards samples
	done   atomic.Int64
	sent   atomic.Int64 // commands
	failed atomic.Pointer[error]
}

// fill brings n assets onto an empty ledger, by signed commands like any
// other, and waits for the read model.
func (l *ledger) fill(ctx context.Context, n int, log io.Writer) (Filled, error) {
	l.owners = (n + perOwner - 1) / perOwner
	f := &filling{ledger: l, n: n, picked: pick(n), log: log, start: time.Now()}
	const enrolled = 100
	f.parallel((l.owners+enrolled-1)/enrolled, func(i int) error { return f.enroll(ctx, i*enrolled, min((i+1)*enrolled, l.owners)) })
	f.parallel(l.owners, func(i int) error { return f.owner(ctx, i) })
	if err := f.failed.Load(); err != nil {
		return Filled{}, *err
	}
	fmt.Fprintf(log, "%d assets after %s; waiting for the read model …\n", n, time.Since(f.start).Round(time.Second))
	err := l.settle(ctx)
	return Filled{int(f.sent.Load()), time.Since(f.start), l.size("ledger.db"), l.size("index.db")}, err
}

// pick chooses what is asked about, the same at every run.
func pick(n int) map[int]bool {
	r := rand.New(rand.NewPCG(9, uint64(n)))
	picked := map[int]bool{}
	for len(picked) < min(n, maxSamples) {
		picked[r.IntN(n)] = true
	}
	return picked
}

// parallel runs all jobs, or those up to the first fault.
func (f *filling) parallel(n int, fn func(i int) error) {
	solobench.Parallel(8*runtime.GOMAXPROCS(0), n, func(i int) {
		if f.failed.Load() != nil {
			return
		}
		if err := fn(i); err != nil {
			f.failed.CompareAndSwap(nil, &err)
		}
	})
}

func (f *filling) apply(ctx context.Context, commands []string) error {
	f.sent.Add(int64(len(commands)))
	return solobench.Apply(ctx, f.solo, commands)
}

func (f *filling) enroll(ctx context.Context, from, to int) error {
	var commands []string
	for i := from; i < to; i++ {
		commands = append(commands, f.cast.Enroll(owner(i)))
	}
	return f.apply(ctx, commands)
}

func owner(n int) *actors.Actor { return actors.NewActor(n, pledge.RoleEnterprise) }

// owner makes the assets of one owner.
func (f *filling) owner(ctx context.Context, i int) error {
	by := owner(i)
	var commands []string
	for n := i * perOwner; n < min((i+1)*perOwner, f.n); n++ {
		commands = append(commands, f.asset(by, n)...)
	}
	if err := f.apply(ctx, commands); err != nil {
		return fmt.Errorf("owner %d: %w", i, err)
	}
	f.tell(int64(perOwner))
	return nil
}

func (f *filling) asset(by *actors.Actor, n int) []string {
	d := actors.NewDataset(f.cast.Own(fmt.Sprint("asset", n)), 1)
	notarize := f.cast.Notarize(by, d)
	s := sample{actors.AssetID(notarize), d.Fingerprint, by.USCC, n%pledgedOf == 0}
	if f.picked[n] {
		f.mu.Lock()
		f.samples = append(f.samples, s)
		f.mu.Unlock()
	}
	if !s.pledged {
		return []string{notarize}
	}
	return append([]string{notarize}, f.pledge(by, s.asset, d)...)
}

// pledge is what a pledge in force takes at least.
func (f *filling) pledge(by *actors.Actor, asset string, d actors.Dataset) []string {
	t := f.cast.Terms()
	t.Checks = []string{}
	propose := f.cast.Propose(by, asset, f.cast.Bank, t)
	id := actors.PledgeID(propose)
	return []string{propose, f.cast.Accept(f.cast.Bank, id, t), f.cast.CustodyCheck(by, d, id), f.cast.Register(f.cast.Bank, id, t, 0)}
}

// tell says now and then how far it is.
func (f *filling) tell(assets int64) {
	f.remember()
	const every = 50_000
	if done := f.done.Add(assets); done%every < assets {
		fmt.Fprintf(f.log, "%d of %d assets after %s\n", done, f.n, time.Since(f.start).Round(time.Second))
	}
}
