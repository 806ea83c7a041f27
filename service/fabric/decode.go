package fabric

import (
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// errFault: a block that the orderers signed says something that no
// chaincode of ours can have done. Nothing may be concluded from it.
var errFault = errors.New("the channel makes no sense")

// decoded is a block as far as it concerns us.
type decoded struct {
	// block has the largest time of its own transactions, or none.
	block  service.Block
	filter []byte // the validation code of every transaction
	config []byte // the whole block, when it is a configuration
	txs    []transaction
	size   int // bytes on the wire
}

// transaction is what became of one transaction.
type transaction struct {
	id        string
	code      int32
	committed []service.Committed
	results   []pledge.Result
	genesis   []pledge.Write
	held      []pledge.Write // checkpoints
	time      time.Time
}

const (
	valid       = int32(peer.TxValidationCode_VALID)
	duplicateTx = int32(peer.TxValidationCode_DUPLICATE_TXID)
)

// decoder reads the blocks of a channel.
type decoder struct {
	channel, chaincode string
	imprint            bool // it holds checkpoints, and no commands
}

// block reads a block whose form was checked by checkData. The validation
// codes are the peer's, or those that were stored when it came first. It
// never panics, whatever the bytes.
func (d decoder) block(b *common.Block, filter []byte) (*decoded, error) {
	data := b.GetData().GetData()
	number := b.GetHeader().GetNumber()
	if len(filter) != len(data) {
		return nil, fmt.Errorf("block %d has %d validation codes for %d transactions: %w", number, len(filter), len(data), errForged)
	}
	out := &decoded{filter: filter, txs: make([]transaction, len(data)), block: service.Block{Number: number,
		Hash: headerHash(b.GetHeader()), Prev: hexOf(b.GetHeader().GetPreviousHash())}}
	for i, raw := range data {
		out.size += len(raw)
		tx, err := d.transaction(raw, int32(filter[i]), pledge.Position{Block: number, Tx: i})
		if err != nil {
			return nil, fmt.Errorf("block %d, tx %d: %w", number, i, err)
		}
		if err := out.add(i, tx); err != nil {
			return nil, fmt.Errorf("block %d, tx %d: %w", number, i, err)
		}
	}
	if number == 0 {
		out.block.Prev = ""
	}
	if isConfig(b) {
		return out, out.keep(b)
	}
	return out, nil
}

func (out *decoded) add(i int, tx transaction) error {
	out.txs[i] = tx
	out.block.Commands = append(out.block.Commands, tx.committed...)
	if len(tx.genesis) > 0 {
		if len(out.block.Genesis) > 0 {
			return fmt.Errorf("a second genesis: %w", errFault)
		}
		out.block.Genesis = tx.genesis
	}
	if tx.time.After(out.block.Time) {
		out.block.Time = tx.time
	}
	return nil
}

func (out *decoded) keep(b *common.Block) (err error) {
	if out.config, err = marshal(b); err != nil {
		return fmt.Errorf("block %d: %v: %w", out.block.Number, err, errFault)
	}
	return nil
}

// genesisTx is the place of the genesis, when it is in this block.
func (out *decoded) genesisTx() (pledge.Position, bool) {
	for i, tx := range out.txs {
		if len(tx.genesis) > 0 {
			return pledge.Position{Block: out.block.Number, Tx: i}, true
		}
	}
	return pledge.Position{}, false
}

// verdict is what those who wait for transaction i are told.
func (out *decoded) verdict(i int) verdict {
	tx := out.txs[i]
	return verdict{Block: out.block.Number, Tx: i, Code: tx.code, Committed: tx.committed, Results: tx.results}
}

// find looks for a transaction that was not refused as a repetition.
func (out *decoded) find(txID string) (verdict, bool) {
	for i, tx := range out.txs {
		if tx.id == txID && tx.code != duplicateTx {
			return out.verdict(i), true
		}
	}
	return verdict{}, false
}

// notBefore is a block's time: blocks carry none, so it is the newest of its
// transactions, and never goes back.
func notBefore(t, prev time.Time) time.Time {
	if t = t.UTC().Truncate(time.Millisecond); t.Before(prev) {
		return prev
	}
	return t
}
