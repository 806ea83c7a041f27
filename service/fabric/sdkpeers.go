package fabric

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	fabcontext "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/context"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
)

// grudge is how long a peer that failed is asked last.
const grudge = 10 * time.Second

// member is a peer of a member of the consortium, as the profile names it.
type member struct {
	fab.Peer
	msp    string
	config fab.PeerConfig
	may    fab.PeerChannelConfig
	until  atomic.Int64 // unix nanoseconds: avoided until then
}

// avoid has others asked before m for some seconds, because of what m did.
// It is a preference only: when nobody else is left, m is asked. After ctx
// has ended, m was not given the time to answer, and is not to blame.
func (w *sdkWire) avoid(ctx context.Context, m *member, because error) {
	if ctx.Err() != nil {
		return
	}
	before := m.avoided()
	m.until.Store(time.Now().Add(grudge).UnixNano())
	if !before {
		w.o.Logger.Warn("a peer is avoided for a while", slog.String("peer", m.URL()), slog.String("member", m.msp), slog.String("error", because.Error()))
	}
}

func (m *member) forgive() { m.until.Store(0) }

func (m *member) avoided() bool { return time.Now().UnixNano() < m.until.Load() }

// membersOf lists the peers that the profile names for channel, those of the
// own member first and each member's peers together.
func membersOf(client fabcontext.Client, channel string) ([]*member, error) {
	var peers []*member
	for _, p := range client.EndpointConfig().ChannelPeers(channel) {
		peer, err := client.InfraProvider().CreatePeerFromConfig(&p.NetworkPeer)
		if err != nil {
			return nil, fmt.Errorf("peer %s: %w", p.URL, err)
		}
		peers = append(peers, &member{Peer: peer, msp: p.MSPID, config: p.PeerConfig, may: p.PeerChannelConfig})
	}
	if len(peers) == 0 {
		return nil, fmt.Errorf("no peers are listed for channel %s", channel)
	}
	slices.SortStableFunc(peers, byMember(client.Identifier().MSPID))
	return peers, nil
}

// byMember orders the own member's peers first, the rest by MSP id and
// address: the SDK hands them out in random order.
func byMember(own string) func(a, b *member) int {
	rank := func(m *member) string {
		if m.msp == own {
			return ""
		}
		return m.msp + " " + m.URL()
	}
	return func(a, b *member) int {
		switch x, y := rank(a), rank(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
}

// preferred are the peers that may do a thing, those that failed lately last.
func (w *sdkWire) preferred(may func(fab.PeerChannelConfig) bool) []*member {
	var good, bad []*member
	for _, m := range w.peers {
		switch {
		case !may(m.may):
		case m.avoided():
			bad = append(bad, m)
		default:
			good = append(good, m)
		}
	}
	return append(good, bad...)
}

func endorses(c fab.PeerChannelConfig) bool { return c.EndorsingPeer }
func queries(c fab.PeerChannelConfig) bool  { return c.ChaincodeQuery }
func delivers(c fab.PeerChannelConfig) bool { return c.EventSource }

// process has one peer execute a signed proposal. An answer that is not an
// endorsement is an error.
func (m *member) process(ctx context.Context, p fab.ProcessProposalRequest) (*fab.TransactionProposalResponse, error) {
	r, err := m.ProcessTransactionProposal(ctx, p)
	if err == nil && (r == nil || r.ProposalResponse.GetEndorsement() == nil) {
		return nil, fmt.Errorf("peer %s answered without an endorsement", m.URL())
	}
	return r, err
}
