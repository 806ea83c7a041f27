package fabric

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-protos-go/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// endorsed reads a valid call. Other chaincodes are none of our business,
// unless they wrote our keys.
func (d decoder) endorsed(out *transaction, h *envelopeHeader, payload []byte, at pledge.Position) error {
	c, err := openCall(h, payload)
	if err != nil {
		return fmt.Errorf("%v: %w", err, errFault)
	}
	writes, err := d.writes(c.action.GetResults())
	if err != nil {
		return fmt.Errorf("%v: %w", err, errFault)
	}
	if c.name != d.chaincode {
		if len(writes) > 0 {
			return fmt.Errorf("chaincode %.80q wrote keys of %q: %w", c.name, d.chaincode, errFault)
		}
		return nil
	}
	if err := h.checkID(); err != nil {
		return err
	}
	if fn := c.function(); fn == "apply" || fn == "genesis" || fn == "checkpoint" {
		out.time = h.time() // of a mere read the chaincode did not check it
	}
	ours := out.ours
	if d.imprint {
		ours = out.imprinted
	}
	if err := ours(c, writes, at); err != nil {
		return fmt.Errorf("%v: %w", err, errFault)
	}
	return nil
}

func (out *transaction) ours(c *invocation, writes []pledge.Write, at pledge.Position) error {
	if s := c.action.GetResponse().GetStatus(); s != 200 {
		return fmt.Errorf("it answered %d and is valid", s)
	}
	switch fn := c.function(); fn {
	case "apply":
		return out.apply(c, writes, at)
	case "genesis":
		out.genesis = writes
		return nil
	default:
		if len(writes) > 0 {
			return fmt.Errorf("function %.80q wrote %d keys", fn, len(writes))
		}
		return nil
	}
}

func (c *invocation) function() string {
	if len(c.args) == 0 {
		return ""
	}
	return string(c.args[0])
}

// apply fits together the commands, their results, and what they wrote.
func (out *transaction) apply(c *invocation, writes []pledge.Write, at pledge.Position) (err error) {
	out.results, err = pledge.UnmarshalResults(c.action.GetResponse().GetPayload(), writes)
	if err != nil {
		return err
	}
	commands := c.args[1:]
	if len(out.results) != len(commands) {
		return fmt.Errorf("%d results for %d commands", len(out.results), len(commands))
	}
	for i := range out.results {
		r := &out.results[i]
		at.Index = i
		done, err := committed(string(commands[i]), r, at)
		if err != nil {
			return fmt.Errorf("command %d: %w", i, err)
		}
		if done != nil {
			out.committed = append(out.committed, *done)
		}
	}
	return nil
}

// committed is a command that took effect, or nil. Its result gets the
// position and the record that it left.
func committed(jws string, r *pledge.Result, at pledge.Position) (*service.Committed, error) {
	o := &r.Outcome
	if o.Status != pledge.Applied || o.Duplicate {
		if len(r.Writes) > 0 {
			return nil, errors.New("it did not apply and wrote")
		}
		if o.Status != pledge.Applied && o.Status != pledge.Refused {
			return nil, fmt.Errorf("its status is %.80q", o.Status)
		}
		return nil, nil
	}
	if want := commandID(jws); o.CommandID != want {
		return nil, fmt.Errorf("its result is of %.80q, it is %s", o.CommandID, want)
	}
	*o = outcomeOf(o.CommandID, o.RecordID, written(pledge.RecordKey(o.RecordID), r.Writes), at)
	return &service.Committed{JWS: jws, Outcome: *o, Writes: r.Writes}, nil
}

func written(key string, writes []pledge.Write) []byte {
	for _, w := range writes {
		if w.Key == key && key != "" {
			return w.Value
		}
	}
	return nil
}

// commandID is the id of a signed command: see pledge.Command.
func commandID(jws string) string {
	sum := sha256.Sum256([]byte(jws[:max(0, strings.LastIndexByte(jws, '.'))]))
	return "cmd_" + hex.EncodeToString(sum[:])
}

// writes are those of our namespace, sorted by key as Fabric has them.
func (d decoder) writes(raw []byte) ([]pledge.Write, error) {
	sets, err := d.sets(raw)
	if err != nil {
		return nil, err
	}
	var out []pledge.Write
	for _, set := range sets {
		for _, w := range set.GetWrites() {
			if w.GetIsDelete() || len(w.GetValue()) == 0 {
				return nil, fmt.Errorf("key %.80q was deleted", w.GetKey())
			}
			out = append(out, pledge.Write{Key: w.GetKey(), Value: w.GetValue()})
		}
	}
	return out, nil
}

// sets are the read-write sets of our namespace.
func (d decoder) sets(raw []byte) (out []*kvrwset.KVRWSet, err error) {
	var all rwset.TxReadWriteSet
	if err := unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("reading the writes: %v", err)
	}
	for _, ns := range all.GetNsRwset() {
		if ns.GetNamespace() != d.chaincode {
			continue
		}
		set := &kvrwset.KVRWSet{}
		if err := unmarshal(ns.GetRwset(), set); err != nil {
			return nil, fmt.Errorf("reading the writes: %v", err)
		}
		out = append(out, set)
	}
	return out, nil
}
