// Package fabric is the ledger of a consortium: service.Ledger over a
// Hyperledger Fabric channel. README.md tells how a command gets there, and
// what is believed of whom.
package fabric

import (
	"context"
	"errors"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// errNotSent: no orderer took a byte of the envelope, so it cannot commit.
var errNotSent = errors.New("no orderer could be reached")

// errForged: a peer gave a block that the channel's orderers did not sign, or
// that is not the one asked for. A wire whose Blocks ends with it takes the
// next stream from another member's peer.
var errForged = errors.New("not a block of this channel")

// endorsed is a transaction that members vouched for, ready to be ordered.
type endorsed struct {
	TxID     string
	Envelope []byte // the same bytes may be sent again and again: it commits once
	Response []byte // what the chaincode answered, the same on every endorser
	Writes   bool   // false: it changes nothing and need not be ordered
}

// wire is what the ledger needs of a Fabric network. The real one is over
// fabric-sdk-go; tests put a simulated channel in its place.
type wire interface {
	// Endorse has args (function first) executed by members that satisfy the
	// endorsement policy. Nothing was ordered yet, whatever it returns. A
	// refusal that all of them agree on is a *pledge.Error. What may be tried again at once
	// (endorsers at different heights) is service.ErrConflict; members that
	// cannot be reached are service.ErrUnavailable.
	Endorse(ctx context.Context, args [][]byte) (endorsed, error)
	// Broadcast sends an envelope to every orderer and returns nil once a
	// quorum accepted it, or said that it was processed before. errNotSent
	// when nobody got it; after any other error it may still be ordered.
	Broadcast(ctx context.Context, envelope []byte) error
	// Query evaluates args on the peer of one member, named by its MSP id.
	Query(ctx context.Context, member string, args [][]byte) ([]byte, error)
	// Members are the MSP ids of members whose peers can be queried, the
	// service's own member first.
	Members() []string
	// Blocks calls fn for every block from number on, in order, as they
	// commit, until fn fails, ctx ends, or the stream breaks. It reads from the own member's
	// peer, or another one's when that cannot be reached. It may block fn as
	// long as it likes: nothing is dropped.
	Blocks(ctx context.Context, from uint64, fn func(*common.Block) error) error
	Close()
}

// verdict is what became of a transaction that stands in a block.
type verdict struct {
	Block     uint64
	Tx        int
	Code      int32               // peer.TxValidationCode; 0 is VALID
	Committed []service.Committed // what applied in it, in order; nil unless VALID
	Results   []pledge.Result     // every command's result, in order; nil unless VALID
}
