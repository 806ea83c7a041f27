package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/common/verifier"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/multi"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/channel"
)

// queryTimeout is for one peer to answer a query.
const queryTimeout = 5 * time.Second

// Query implements wire. The answer is signed by the member's peer, and the
// signature checked.
func (w *sdkWire) Query(ctx context.Context, member string, args [][]byte) ([]byte, error) {
	v, err := w.look(ctx)
	if err != nil {
		return nil, err
	}
	p, err := w.propose(args)
	if err != nil {
		return nil, err
	}
	var errs multi.Errors
	for _, m := range w.preferred(queries) {
		if m.msp != member {
			continue
		}
		payload, err := w.queryPeer(ctx, v, m, p)
		if err == nil || !isUnreachable(err) {
			return payload, fromSDK(err)
		}
		w.avoid(ctx, m, err)
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	if errs == nil {
		return nil, fmt.Errorf("no peer of %q that answers queries is in the connection profile", member)
	}
	return nil, fromSDK(errs)
}

func (w *sdkWire) queryPeer(ctx context.Context, v *view, m *member, p *fab.TransactionProposal) ([]byte, error) {
	ctx, cancel := w.request(ctx, queryTimeout)
	defer cancel()
	r, err := w.ask(ctx, m, p)
	if err == nil {
		err = (&verifier.Signature{Membership: v.membership}).Verify(r)
	}
	if err != nil {
		return nil, fmt.Errorf("asking peer %s of %s: %w", m.URL(), m.msp, err)
	}
	a, err := action(r.ProposalResponse)
	if err != nil {
		return nil, fmt.Errorf("reading the answer of peer %s: %w", m.URL(), err)
	}
	return a.GetResponse().GetPayload(), nil
}

// height is how many blocks of the channel a peer has.
func (w *sdkWire) height(ctx context.Context, m *member, timeout time.Duration) (uint64, error) {
	ctx, cancel := w.request(ctx, timeout)
	defer cancel()
	l, err := channel.NewLedger(w.o.Channel)
	if err != nil {
		return 0, err
	}
	r, err := l.QueryInfo(ctx, []fab.ProposalProcessor{m}, nil)
	if err != nil {
		return 0, fmt.Errorf("asking peer %s for its height: %w", m.URL(), err)
	}
	if len(r) != 1 || r[0].BCI == nil {
		return 0, errors.New("asking peer " + m.URL() + " for its height: no answer")
	}
	return r[0].BCI.Height, nil
}
