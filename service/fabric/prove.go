package fabric

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// proof is the document that prove returns, as RFC 8785 JSON; bytes in
// base64. See package evidence for what a checker makes of it.
type proof struct {
	Attestation string   `json:"attestation"` // envelope of an endorsed read of the command's key
	Block       string   `json:"block"`       // common.Block
	Chaincode   string   `json:"chaincode"`
	Channel     string   `json:"channel"`
	Config      []string `json:"config"` // every configuration common.Block, from block 0 to the one in force
	Index       int      `json:"index"`
	Kind        string   `json:"kind"`
	Later       []string `json:"later,omitempty"` // every configuration since: who attests may be of any of them
	Tx          int      `json:"tx"`
	V           int      `json:"v"`
}

// prove returns what convinces a third party that the command at a position
// is on the channel: the block with its orderers' signatures, the
// configurations that say who they are, and a read of the command's key that
// members' peers signed, for the orderers do not sign which transactions are
// valid. Position{} proves the genesis, in whatever block that stands.
func (c *chain) prove(ctx context.Context, at pledge.Position) (json.RawMessage, error) {
	if _, _, err := c.look(); err != nil {
		return nil, err
	}
	if at == (pledge.Position{}) {
		_, g, ok, err := c.genesis()
		if err != nil || !ok {
			return nil, orNotFound(err, "the genesis is in no block yet")
		}
		at = g
	}
	b, key, err := c.commandAt(ctx, at)
	if err != nil {
		return nil, err
	}
	doc := proof{Block: encode(b), Chaincode: c.o.Chaincode, Channel: c.o.Channel, Index: at.Index, Kind: "fabric", Tx: at.Tx, V: 1}
	if doc.Attestation, err = c.attested(ctx, key, at); err != nil {
		return nil, err
	}
	if doc.Config, doc.Later, err = c.configsAround(at.Block); err != nil {
		return nil, err
	}
	raw, err := pledge.CanonicalJSON(doc)
	if err != nil {
		return nil, fmt.Errorf("printing a proof: %w", err)
	}
	return raw, checkProof(raw, at)
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func orNotFound(err error, why string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", why, service.ErrNotFound)
}

// commandAt is the block that holds a command which took effect, and the key
// that the command wrote and nobody ever writes again.
func (c *chain) commandAt(ctx context.Context, at pledge.Position) (raw []byte, key string, err error) {
	head, err := c.head()
	if err != nil {
		return nil, "", err
	}
	if at.Block > head.Height || at.Tx < 0 || at.Index < 0 {
		return nil, "", notAt(at)
	}
	err = c.replayRaw(ctx, at.Block, at.Block, func(b *common.Block, d *decoded) error {
		if key = keyAt(d, at); key == "" {
			return notAt(at)
		}
		raw, err = marshal(b)
		return err
	})
	return raw, key, err
}

func notAt(at pledge.Position) error {
	return fmt.Errorf("no command took effect at block %d, tx %d, index %d: %w", at.Block, at.Tx, at.Index, service.ErrNotFound)
}

func keyAt(d *decoded, at pledge.Position) string {
	if g, ok := d.genesisTx(); ok && g == at {
		return pledge.KeyChannel()
	}
	for _, c := range d.block.Commands {
		if *c.Outcome.Position != at {
			continue
		}
		if p, err := pledge.ParseCommand(c.JWS); err == nil {
			return pledge.KeyCommand(p.Payload.By, p.ID)
		}
	}
	return ""
}

// attested is an endorsed read of a key that was never ordered.
func (c *chain) attested(ctx context.Context, key string, at pledge.Position) (string, error) {
	w := c.currentWire()
	if w == nil {
		return "", fmt.Errorf("no peer is known yet: %w", service.ErrUnavailable)
	}
	e, err := w.Endorse(ctx, [][]byte{[]byte("get"), []byte(key)})
	if err != nil {
		return "", fmt.Errorf("asking members to attest %s: %w", key, err)
	}
	if err := checkAttestation(c.decoder(), e.Envelope, key, at); err != nil {
		return "", fmt.Errorf("members attest %s otherwise than the blocks say: %v: %w", key, err, service.ErrUnavailable)
	}
	return encode(e.Envelope), nil
}

// configsAround are the configurations up to a block, and those after it.
func (c *chain) configsAround(height uint64) (until, later []string, err error) {
	c.dbMu.RLock()
	defer c.dbMu.RUnlock()
	all, err := c.db.configs(math.MaxUint64)
	if err == nil {
		var before [][]byte
		before, err = c.db.configs(height)
		for i, b := range all {
			if i < len(before) {
				until = append(until, encode(b))
			} else {
				later = append(later, encode(b))
			}
		}
	}
	return until, later, c.noteDamage(err)
}
