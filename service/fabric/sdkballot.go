package fabric

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/multi"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// ballot gathers what peers say of one proposal.
type ballot struct {
	w       *sdkWire
	view    *view
	req     fab.ProcessProposalRequest
	asked   map[*member]bool
	waiting map[*member]bool // asked, not answered
	slow    map[*member]bool // waiting, and not counted on any more
	groups  []*group
	errs    multi.Errors
	answers chan answer
	longer  time.Duration // patience beyond the usual, for what takes long to execute
}

// group are the members that say the same: the same result over the same
// versions of what they read, or a refusal with the same code.
type group struct {
	what    string
	members map[string]bool
	peers   []*member
	said    []*fab.TransactionProposalResponse // nil when they refuse
	refusal *pledge.Error
}

func (w *sdkWire) newBallot(v *view, req fab.ProcessProposalRequest) *ballot {
	return &ballot{w: w, view: v, req: req, asked: map[*member]bool{}, waiting: map[*member]bool{},
		slow: map[*member]bool{}, answers: make(chan answer, len(w.peers))}
}

// count takes an answer, and returns the group that is sufficient with it.
func (b *ballot) count(ctx context.Context, a answer) *group {
	refusal, refused := refusalOf(a.err)
	if a.err != nil && !refused {
		b.w.avoid(ctx, a.from, a.err)
		b.errs = append(b.errs, fmt.Errorf("peer %s of %s: %w", a.from.URL(), a.from.msp, a.err))
		return nil
	}
	what := "refused "
	if refused {
		what += string(refusal.Code)
	} else {
		what = string(a.said.ProposalResponse.Payload)
		a.from.forgive()
	}
	g := b.group(what, refusal)
	g.members[a.from.msp] = true
	g.peers = append(g.peers, a.from)
	if !refused {
		g.said = append(g.said, a.said)
	}
	if !b.view.enough(g.members) {
		return nil
	}
	b.blame(ctx, g)
	return g
}

func (b *ballot) group(what string, refusal *pledge.Error) *group {
	for _, g := range b.groups {
		if g.what == what {
			return g
		}
	}
	g := &group{what: what, members: map[string]bool{}, refusal: refusal}
	b.groups = append(b.groups, g)
	return g
}

var errOutvoted = errors.New("it disagrees with the others about a transaction")

// blame avoids, for some seconds, peers that a sufficient group outvoted:
// they are behind, or their state is damaged.
func (b *ballot) blame(ctx context.Context, winner *group) {
	for _, g := range b.groups {
		if g == winner {
			continue
		}
		for _, m := range g.peers {
			b.w.avoid(ctx, m, errOutvoted)
		}
	}
}

var errSlow = errors.New("it takes too long to endorse")

// giveUpOn stops counting on the peers that have not answered in time. What
// they answer later is still taken.
func (b *ballot) giveUpOn(ctx context.Context) {
	for m := range b.waiting {
		b.slow[m] = true
		b.w.avoid(ctx, m, errSlow)
	}
}

// next are the peers to ask now: with them, and those still thinking, the
// largest group that can still become sufficient would be.
func (b *ballot) next() []*member {
	groups := slices.SortedStableFunc(slices.Values(b.groups), func(x, y *group) int { return len(y.members) - len(x.members) })
	if len(groups) == 0 {
		groups = []*group{{}}
	}
	left := b.left()
	for _, g := range groups {
		have := b.with(g)
		if b.view.enough(have) {
			return nil
		}
		if set := choose(b.view.enough, have, mspsOf(left)); set != nil {
			return pick(left, set)
		}
	}
	return nil
}

// with are the members of g and those whose answers are expected.
func (b *ballot) with(g *group) map[string]bool {
	have := map[string]bool{}
	maps.Copy(have, g.members)
	for m := range b.waiting {
		if !b.slow[m] {
			have[m.msp] = true
		}
	}
	return have
}

// left are the endorsing peers not asked yet, in the order of preference.
func (b *ballot) left() []*member {
	return slices.DeleteFunc(b.w.preferred(endorses), func(m *member) bool { return b.asked[m] })
}

// mspsOf are the members of peers, each once, in order.
func mspsOf(peers []*member) []string {
	var ids []string
	for _, m := range peers {
		if !slices.Contains(ids, m.msp) {
			ids = append(ids, m.msp)
		}
	}
	return ids
}

// pick takes the first peer of each member.
func pick(peers []*member, ids []string) []*member {
	var out []*member
	for _, id := range ids {
		out = append(out, peers[slices.IndexFunc(peers, func(m *member) bool { return m.msp == id })])
	}
	return out
}

var errDisagree = errors.New("the endorsers do not agree")

// undecided says why no group became sufficient.
func (b *ballot) undecided(ended error) error {
	switch {
	case len(b.groups) > 1:
		return fmt.Errorf("%w: %w", service.ErrConflict, errors.Join(append(b.errs, errDisagree)...))
	case ended != nil:
		return fmt.Errorf("%w: %w", service.ErrUnavailable, errors.Join(append(b.errs, ended)...))
	case len(b.errs) == 0:
		return errors.New("the peers of the connection profile cannot satisfy the endorsement policy")
	}
	return fromSDK(b.errs)
}
