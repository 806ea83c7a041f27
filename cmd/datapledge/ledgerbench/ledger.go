package ledgerbench

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/solo"
)

// ledger is a solo ledger with its read model and the use cases on top.
type ledger struct {
	dir     string
	cast    *actors.Cast
	solo    *solo.Ledger
	index   *index.Index
	service *service.Service
	gate    sync.Mutex // while it is held, the read model stands still

	owners  int
	samples []sample
	memory  atomic.Int64

	stop      context.CancelFunc
	projected chan error
}

// open makes an empty ledger in a new folder.
func open(ctx context.Context, dir string) (_ *ledger, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	l := &ledger{dir: dir, cast: actors.NewCast("bench"), projected: make(chan error, 1)}
	seed := sha256.Sum256([]byte("operator of the benchmark"))
	operator := solo.NewOperator(ed25519.NewKeyFromSeed(seed[:]))
	if l.solo, err = solo.Open(solo.Options{Path: l.path("ledger.db"), Genesis: l.cast.Genesis(), Operator: operator}); err != nil {
		return nil, err
	}
	if l.index, err = index.Open(l.path("index.db"), nil); err != nil {
		return nil, errors.Join(err, l.solo.Close())
	}
	if err := l.serve(); err != nil {
		return nil, errors.Join(err, l.index.Close(), l.solo.Close())
	}
	ctx, l.stop = context.WithCancel(ctx)
	go func() { l.projected <- l.index.Project(ctx, gated{l.solo, &l.gate}) }()
	return l, nil
}

func (l *ledger) path(name string) string { return filepath.Join(l.dir, name) }

func (l *ledger) serve() error {
	custodian, err := client.New(client.Ed25519, l.cast.Exchange.USCC, pledge.ScopeOperate)
	if err != nil {
		return err
	}
	l.service, err = service.New(service.Options{Ledger: l.solo, Index: l.index, Vault: unfiled{}, Custodian: custodian})
	return err
}

func (l *ledger) close() error {
	l.stop()
	err := <-l.projected
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, l.index.Close(), l.solo.Close())
}

// settle waits until the read model shows the whole ledger.
func (l *ledger) settle(ctx context.Context) error {
	head, err := l.solo.Head(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	waited := make(chan error, 1)
	go func() { waited <- l.index.WaitFor(ctx, head.Height) }()
	select {
	case err := <-waited:
		return err
	case err := <-l.projected:
		l.projected <- err
		cancel(err)
		return errors.Join(fmt.Errorf("the read model stopped: %w", err), <-waited)
	}
}

// size of a file, and of what SQLite keeps beside it.
func (l *ledger) size(name string) (n int64) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(l.path(name) + suffix); err == nil {
			n += info.Size()
		}
	}
	return n
}

// gated is a ledger whose followers can be held up, so that the ledger is
// measured without them.
type gated struct {
	service.Ledger
	gate *sync.Mutex
}

func (g gated) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	return g.Ledger.Follow(ctx, from, func(b service.Block) error {
		g.gate.Lock()
		//lint:ignore SA2001 only to wait until it is open
		g.gate.Unlock()
		return fn(b)
	})
}

// unfiled is a vault that files no search: what that takes has nothing to do
// with the size of a ledger, and would hide what has.
type unfiled struct{ service.Vault }

func (unfiled) Keep(_ context.Context, _, _ string, content []byte) ([]byte, error) {
	return content, nil
}
