package timestamp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/anchor"
)

// Ledger is what a Stamper needs of the ledger.
type Ledger interface {
	Head(ctx context.Context) (service.Head, error)
	Follow(ctx context.Context, from uint64, fn func(service.Block) error) error
	Info() service.LedgerInfo
}

// Authority stamps a SHA-256; *Client is one.
type Authority interface {
	Stamp(ctx context.Context, imprint [32]byte) (Token, error)
}

// Options assemble a Stamper. Ledger, Authority, Trust and Dir are required.
type Options struct {
	Ledger    Ledger
	Authority Authority
	// Trust is what kept tokens are verified against once more. Put the root of
	// an authority that is not asked any more with the others: else what it
	// stamped cannot be used.
	Trust Trust
	// Accept is asked before a token is kept, with the root that it is over;
	// nil accepts all that verify.
	Accept func(token []byte, root [32]byte) error
	// Dir is where tokens are kept.
	Dir string
	// Every is how long one request to the authority comes after another, at
	// least; 5 s when zero.
	Every time.Duration
	// MaxBlocks bounds a batch; the constant of that name when zero.
	MaxBlocks int
	Logger    *slog.Logger
}

// Stamper has each block of a ledger stamped, many at once, and keeps the
// tokens. It lags behind the ledger and holds nothing up.
type Stamper struct {
	o     Options
	store *store

	next, head, failures atomic.Uint64 // next: the first block that no token covers
	forked, failing      atomic.Bool
}

// maxPause bounds how long a Stamper waits after failures.
const maxPause = 5 * time.Minute

// New opens the folder. The work is done by Run.
func New(o Options) (*Stamper, error) {
	if o.Ledger == nil || o.Authority == nil || o.Dir == "" {
		return nil, errors.New("time stamps need a ledger, an authority and a folder")
	}
	if err := o.Trust.check(); err != nil {
		return nil, err
	}
	if o.Every <= 0 {
		o.Every = 5 * time.Second
	}
	if o.MaxBlocks <= 0 || o.MaxBlocks > MaxBlocks {
		o.MaxBlocks = MaxBlocks
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Stamper{o: o}
	var err error
	s.store, err = openStore(o.Dir, o.Ledger.Info().Channel, o.Trust)
	return s, err
}

// ErrForked: the ledger has another block where one was stamped. Nothing more
// is stamped, and what was stamped before is kept: it is the proof.
var ErrForked = errors.New("the ledger differs from what was stamped")

// Run stamps until ctx ends or the ledger turns out to be another one than
// was stamped. Everything else is logged, and tried again.
func (s *Stamper) Run(ctx context.Context) error {
	s.verifyAll(ctx)
	pause := s.o.Every
	for ctx.Err() == nil {
		err := s.follow(ctx)
		if errors.Is(err, ErrForked) {
			s.forked.Store(true)
			s.o.Logger.ErrorContext(ctx, "time stamps stopped", "error", err,
				"remedy", "find out which of the two is true; the folder of time stamps holds what was stamped")
			return err
		}
		if ctx.Err() == nil {
			s.o.Logger.WarnContext(ctx, "time stamps: following the ledger broke off", "error", err)
			wait(ctx, pause)
			pause = min(2*pause, maxPause)
		}
	}
	return ctx.Err()
}

// verifyAll drops files that cannot be used, so that their blocks are stamped
// again.
func (s *Stamper) verifyAll(ctx context.Context) {
	for _, p := range s.store.all() {
		if ctx.Err() != nil {
			return
		}
		if _, err := s.store.load(p); errors.Is(err, errDamaged) {
			s.tell(ctx, p, err)
		}
	}
}

func (s *Stamper) tell(ctx context.Context, p span, err error) {
	s.store.drop(p)
	s.o.Logger.ErrorContext(ctx, "a time stamp cannot be used; its blocks will be stamped again", "error", err,
		"remedy", "restore the file, or put the root certificate of its authority back, and start again")
}

// follow stamps what the ledger has and what comes. It goes back to the newest
// block that was stamped, because a ledger that is the same there is the same
// before, and to the head when the ledger has become shorter.
func (s *Stamper) follow(ctx context.Context) error {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return err
	}
	s.head.Store(head.Height)
	from, newest := s.firstOpen(), s.newest()
	if newest > 0 && head.Height < newest-1 {
		s.o.Logger.ErrorContext(ctx, "the ledger is shorter than what was stamped", "head", head.Height, "stamped", newest-1)
	}
	if newest > 0 {
		from = min(from, newest-1, head.Height)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	blocks, ended := make(chan block, s.o.MaxBlocks), make(chan error, 1)
	go func() { ended <- s.o.Ledger.Follow(ctx, from, s.pass(ctx, blocks)) }()
	err = s.stampAll(ctx, blocks, ended)
	cancel()
	if err == nil {
		return <-ended
	}
	return err
}

type block struct {
	number uint64
	hash   string
}

// pass hands blocks on. It waits when a batch is being stamped and another is
// full: a ledger's follower may take its time.
func (s *Stamper) pass(ctx context.Context, out chan<- block) func(service.Block) error {
	var seen covered
	return func(b service.Block) error {
		s.head.Store(max(s.head.Load(), b.Number))
		stamped, err := seen.compare(ctx, s, b.Number, b.Hash)
		if stamped || err != nil {
			return err
		}
		select {
		case out <- block{b.Number, b.Hash}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stampAll collects blocks and has them stamped. It returns nil when the
// follower ended.
func (s *Stamper) stampAll(ctx context.Context, blocks <-chan block, ended chan error) error {
	var late *block
	due := time.Now()
	for {
		b := anchor.New(s.store.channel)
		if late != nil {
			if err := b.Add(late.number, late.hash); err != nil {
				return err
			}
			late = nil
		}
		var err error
		if late, err = s.collect(ctx, b, due, blocks, ended); err != nil {
			return err
		}
		if b.Len() > 0 {
			due = time.Now().Add(s.o.Every)
			if err := s.stamp(ctx, b); err != nil {
				return err
			}
		}
		if late == nil && len(ended) > 0 && len(blocks) == 0 {
			return nil
		}
	}
}

// collect fills b until it is due and full, or due and no block waits. A block
// that does not follow ends it, too, and is returned.
func (s *Stamper) collect(ctx context.Context, b *anchor.Batch, due time.Time, blocks <-chan block, ended chan error) (*block, error) {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	for ready := false; !ready || b.Len() == 0 || len(blocks) > 0 && b.Len() < s.o.MaxBlocks; {
		in := blocks
		if b.Len() >= s.o.MaxBlocks {
			in = nil
		}
		select {
		case next := <-in:
			if b.Len() > 0 && next.number != b.Last+1 {
				return &next, wait(ctx, time.Until(due))
			}
			if err := b.Add(next.number, next.hash); err != nil {
				return nil, err
			}
		case <-timer.C:
			ready = true
		case err := <-s.drained(blocks, ended):
			ended <- err
			return nil, wait(ctx, time.Until(due))
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, nil
}

// drained is ended once no block waits any more.
func (*Stamper) drained(blocks <-chan block, ended chan error) <-chan error {
	if len(blocks) > 0 {
		return nil
	}
	return ended
}

// wait is a pause that ctx can end.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stamp asks the authority until it has a token over b that is good, and keeps
// it. The first failure of an outage is told, and its end.
func (s *Stamper) stamp(ctx context.Context, b *anchor.Batch) error {
	for pause := s.o.Every; ; pause = min(2*pause, maxPause) {
		err := s.try(ctx, b)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			s.next.Store(s.firstOpen())
			if s.failing.Swap(false) {
				s.o.Logger.InfoContext(ctx, "time stamps go on", "first", b.First, "last", b.Last)
			}
			return nil
		}
		s.failures.Add(1)
		if !s.failing.Swap(true) {
			s.o.Logger.WarnContext(ctx, "no time stamp; it is tried again until there is one", "first", b.First, "last", b.Last, "error", err)
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

func (s *Stamper) try(ctx context.Context, b *anchor.Batch) error {
	root := b.Root()
	token, err := s.o.Authority.Stamp(ctx, imprintOf(root))
	if err != nil {
		return err
	}
	if s.o.Accept != nil {
		if err := s.o.Accept(token.DER, root); err != nil {
			return fmt.Errorf("%w: %w", ErrToken, err)
		}
	}
	return s.store.save(b, token)
}
