package service

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// keeper remembers which datasets are to be looked at.
type keeper struct {
	s    *Service
	wake chan struct{}

	mu  sync.Mutex
	due map[subject]bool
}

func newKeeper(s *Service) *keeper {
	return &keeper{s: s, wake: make(chan struct{}, 1), due: make(map[subject]bool)}
}

func (k *keeper) add(sub subject) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.due[sub] = true
}

func (k *keeper) take() []subject {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []subject
	for sub := range k.due {
		all = append(all, sub)
	}
	clear(k.due)
	return all
}

func (k *keeper) stir() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// follow surveys, and then marks what each new block writes. A tick wakes the
// work, for what failed; a fault of the ledger or the read model waits for one.
func (k *keeper) follow(ctx context.Context, ticks <-chan time.Time) {
	for ctx.Err() == nil {
		err := k.followOnce(ctx, ticks)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			k.s.o.Logger.ErrorContext(ctx, "holds do not follow the ledger", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-ticks:
		}
	}
}

// followOnce ends without an error when the next survey is due.
func (k *keeper) followOnce(ctx context.Context, ticks <-chan time.Time) error {
	head, err := k.s.o.Ledger.Head(ctx)
	if err != nil {
		return err
	}
	if err := k.s.o.Index.WaitFor(ctx, head.Height); err != nil {
		return err
	}
	if err := k.s.survey(ctx, k.add); err != nil {
		return err
	}
	k.stir()
	again := k.s.now().Add(surveyLife)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	followed := make(chan error, 1)
	go func() { followed <- k.s.o.Ledger.Follow(ctx, head.Height+1, k.block) }()
	for {
		select {
		case err := <-followed:
			return err
		case <-ticks:
			k.stir()
			if k.s.now().After(again) {
				cancel()
				<-followed
				return nil
			}
		}
	}
}

// block marks the datasets of the assets that a block wrote: registering a
// pledge and ending one both write its asset.
func (k *keeper) block(b Block) error {
	for _, c := range b.Commands {
		for _, w := range c.Writes {
			if kind, _, _ := pledge.ParseKey(w.Key); kind != "asset" {
				continue
			}
			if err := k.s.found(w.Value, k.add); err != nil {
				return err
			}
		}
	}
	k.stir()
	return nil
}

// work looks at what is due, until ctx ends.
func (k *keeper) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
			k.round(ctx)
		}
	}
}

func (k *keeper) round(ctx context.Context) {
	failed := 0
	var first error
	for _, sub := range k.take() {
		err := k.s.Hold(ctx, sub.fingerprint, sub.owner)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			continue
		}
		if failed++; first == nil {
			first = err
		}
		// What the bucket lacks does not come by asking again; a start, or a
		// day, finds it when it was put right.
		if !errors.Is(err, storage.ErrNoHold) {
			k.add(sub)
		}
	}
	if failed > 0 {
		k.s.o.Logger.ErrorContext(ctx, "holds are not as the ledger says", "datasets", failed, "first", first)
	}
}
