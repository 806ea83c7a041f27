package imprint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/datapledge/datapledge/service"
)

// Imprints are all followers of a service. It is a service.Imprints, a
// service.ImprintWatch and an evidence.Beside.
type Imprints struct{ followers []*Follower }

// New joins followers, each with a sink of its own.
func New(followers ...*Follower) *Imprints { return &Imprints{followers} }

// Run runs every follower until ctx ends.
func (i *Imprints) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range i.followers {
		all.Go(func() { f.Run(ctx) })
	}
	all.Wait()
}

// Of implements service.Imprints from the receipts that are kept.
func (i *Imprints) Of(_ context.Context, block uint64) ([]service.ImprintReceipt, error) {
	var list []service.ImprintReceipt
	for _, f := range i.followers {
		r, err := f.store.of(block)
		if errors.Is(err, service.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for the receipt of %s: %w", f.o.Sink.Name(), err)
		}
		list = append(list, service.ImprintReceipt{Sink: f.o.Sink.Name(), Party: r.Party, Name: r.Name, Time: r.Time})
	}
	return list, nil
}

// Parts implements evidence.Beside: what stands in a package of receipts.
func (i *Imprints) Parts(ctx context.Context, block uint64) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, f := range i.followers {
		parts, err := f.parts(ctx, block)
		if err != nil {
			return nil, fmt.Errorf("imprint %s: %w", f.o.Sink.Name(), err)
		}
		maps.Copy(files, parts)
	}
	return files, nil
}

func (f *Follower) parts(ctx context.Context, block uint64) (map[string][]byte, error) {
	p, ok := f.o.Sink.(Parter)
	r, err := f.store.of(block)
	if !ok || errors.Is(err, service.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	hash := r.Hash
	if r.Last != block {
		b, err := blockOf(ctx, f.o.Ledger, block)
		if err != nil {
			return nil, err
		}
		hash = b.Hash
	}
	return p.Parts(ctx, block, hash, r)
}

// Status implements service.ImprintWatch.
func (i *Imprints) Status(ctx context.Context) []service.ImprintStatus {
	list := make([]service.ImprintStatus, 0, len(i.followers))
	for _, f := range i.followers {
		list = append(list, f.Status(ctx))
	}
	return list
}
