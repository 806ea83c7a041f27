package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
)

// quorumOf is how many of n BFT orderers must have a transaction for it to be
// ordered whatever f = (n-1)/3 of them do: ceil((n+f+1)/2), 3 of 4.
func quorumOf(n int) int {
	f := (n - 1) / 3
	return (n + f + 2) / 2
}

// Broadcast implements wire. That it returns errNotSent says so for this
// call: an earlier one with the same envelope may have been taken.
func (w *sdkWire) Broadcast(ctx context.Context, envelope []byte) error {
	env := &common.Envelope{}
	if err := unmarshal(envelope, env); err != nil {
		return fmt.Errorf("%w: not an envelope: %w", errNotSent, err)
	}
	receipts := make(chan receipt, len(w.lanes))
	parcels := make([]*parcel, len(w.lanes))
	for i, l := range w.lanes {
		parcels[i] = &parcel{env: env, receipts: receipts}
		l.post(parcels[i])
	}
	return w.await(ctx, parcels, receipts)
}

// await counts acknowledgements until they are a quorum, every orderer has
// answered, or time is over.
func (w *sdkWire) await(ctx context.Context, parcels []*parcel, receipts <-chan receipt) error {
	late := time.NewTimer(w.o.AckTimeout)
	defer late.Stop()
	t := &tally{quorum: w.quorum, of: len(parcels)}
	for t.answered < t.of && t.acked < t.quorum {
		select {
		case r := <-receipts:
			t.count(r)
			continue
		case <-late.C:
			t.errs = append(t.errs, errors.New("the orderers did not answer in time"))
		case <-ctx.Done():
			t.errs = append(t.errs, ctx.Err())
		case <-w.stop.Done():
			t.errs = append(t.errs, errors.New("the connection was closed"))
		}
		t.recall(parcels, receipts)
		break
	}
	return t.result()
}

// tally is what became of one envelope.
type tally struct {
	quorum, of int
	answered   int
	acked      int // orderers that took it
	lost       int // orderers that may have taken it
	errs       []error
}

func (t *tally) count(r receipt) {
	t.answered++
	switch r.fate {
	case acknowledged:
		t.acked++
	case lost:
		t.lost++
	}
	if r.err != nil {
		t.errs = append(t.errs, r.err)
	}
}

// recall takes back what was not sent yet; the rest may have arrived.
func (t *tally) recall(parcels []*parcel, receipts <-chan receipt) {
	for _, p := range parcels {
		p.withdraw()
	}
	for len(receipts) > 0 {
		t.count(<-receipts)
	}
	t.lost += t.of - t.answered
}

func (t *tally) result() error {
	switch {
	case t.acked >= t.quorum:
		return nil
	case t.acked+t.lost == 0:
		return fmt.Errorf("%w: %w", errNotSent, errors.Join(t.errs...))
	}
	return fmt.Errorf("%d of %d orderers took the transaction, %d must: %w", t.acked, t.of, t.quorum, errors.Join(t.errs...))
}
