package fabric

import (
	"context"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/common/verifier"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
)

// Endorse implements wire. It asks the smallest set of members that the
// chaincode's endorsement policy takes, the own one first; another one when
// one cannot be reached, thinks for too long, or says something else.
func (w *sdkWire) Endorse(ctx context.Context, args [][]byte) (endorsed, error) {
	v, err := w.look(ctx)
	if err != nil {
		return endorsed{}, err
	}
	p, err := w.propose(args)
	if err != nil {
		return endorsed{}, err
	}
	req, err := w.signed(p)
	if err != nil {
		return endorsed{}, err
	}
	ctx, cancel := w.request(ctx, w.o.EndorseTimeout)
	defer cancel()
	b := w.newBallot(v, req)
	b.longer = w.o.Patience * time.Duration(sizeOf(args)) / patientFor
	g, err := b.run(ctx)
	if err != nil {
		return endorsed{}, fmt.Errorf("endorsing %s: %w", args[0], err)
	}
	return w.seal(p, g)
}

// patientFor is how many bytes of arguments may take as long again as an
// empty call before another peer is asked beside.
const patientFor = 512 << 10

func sizeOf(args [][]byte) (n int) {
	for _, a := range args {
		n += len(a)
	}
	return n
}

// seal makes the transaction of what a sufficient group said.
func (w *sdkWire) seal(p *fab.TransactionProposal, g *group) (endorsed, error) {
	if g.refusal != nil {
		return endorsed{}, g.refusal
	}
	a, err := action(g.said[0].ProposalResponse)
	if err != nil {
		return endorsed{}, fmt.Errorf("reading an endorsement: %w", err)
	}
	e := endorsed{TxID: string(p.TxnID), Response: a.GetResponse().GetPayload()}
	if e.Writes, err = writes(a, w.o.Chaincode); err != nil {
		return endorsed{}, fmt.Errorf("reading an endorsement: %w", err)
	}
	if e.Envelope, err = w.envelope(p, g.said); err != nil {
		return endorsed{}, fmt.Errorf("signing the transaction: %w", err)
	}
	return e, nil
}

// answer is what one peer made of a proposal.
type answer struct {
	from *member
	said *fab.TransactionProposalResponse
	err  error
}

// ask starts the peers on the proposal; their answers arrive on b.answers.
func (b *ballot) ask(ctx context.Context, peers []*member) {
	for _, m := range peers {
		b.asked[m], b.waiting[m] = true, true
		b.w.spawn(func() {
			said, err := m.process(ctx, b.req)
			if err == nil {
				err = (&verifier.Signature{Membership: b.view.membership}).Verify(said)
			}
			b.answers <- answer{m, said, err}
		})
	}
}

// run asks until a group of members that say the same is sufficient.
func (b *ballot) run(ctx context.Context) (*group, error) {
	impatient := time.NewTicker(b.w.o.Patience + b.longer)
	defer impatient.Stop()
	b.ask(ctx, b.next())
	for len(b.waiting) > 0 {
		select {
		case a := <-b.answers:
			delete(b.waiting, a.from)
			if g := b.count(ctx, a); g != nil {
				return g, nil
			}
		case <-impatient.C:
			b.giveUpOn(ctx)
		case <-ctx.Done():
			return nil, b.undecided(ctx.Err())
		}
		b.ask(ctx, b.next())
	}
	return nil, b.undecided(nil)
}
