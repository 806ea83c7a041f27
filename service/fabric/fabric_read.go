package fabric

import (
	"context"
	"encoding/json"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Info says which ledger this is.
func (l *Ledger) Info() service.LedgerInfo { return l.info }

// isOpen is errClosed after Close.
func (l *Ledger) isOpen() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errClosed
	}
	return nil
}

// Head returns the newest block of the verified copy.
func (l *Ledger) Head(ctx context.Context) (service.Head, error) {
	if err := ctx.Err(); err != nil {
		return service.Head{}, err
	}
	if err := l.isOpen(); err != nil {
		return service.Head{}, err
	}
	return l.chain.head()
}

// Get implements service.Ledger. What the verified copy holds is answered
// only when the peers of enough members say the same.
func (l *Ledger) Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error) {
	if err := l.isOpen(); err != nil {
		return nil, service.Head{}, err
	}
	return l.chain.agreed(ctx, keys...)
}

// Follow implements service.Ledger.
func (l *Ledger) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	if err := l.isOpen(); err != nil {
		return err
	}
	return l.chain.follow(ctx, from, fn)
}

// Prove implements service.Ledger.
func (l *Ledger) Prove(ctx context.Context, p pledge.Position) (json.RawMessage, error) {
	if err := l.isOpen(); err != nil {
		return nil, err
	}
	return l.chain.prove(ctx, p)
}
