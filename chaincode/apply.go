package chaincode

import (
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// apply runs the rules over the commands of one transaction.
func (c *Chaincode) apply(s stub, args [][]byte) ([]byte, error) {
	if err := c.onlyAtHome(s, "a command"); err != nil {
		return nil, err
	}
	if err := checkSize(args); err != nil {
		return nil, err
	}
	at, err := c.txTime(s)
	if err != nil {
		return nil, err
	}
	results, err := decide(s, pledge.Tx{Channel: s.GetChannelID(), Time: at}, parse(args))
	if err != nil {
		return nil, err
	}
	if o := results[0].Outcome; len(results) == 1 && o.Status == pledge.Refused {
		return nil, &refusal{o.Code, o.Detail, o.CommandID}
	}
	payload, err := pledge.MarshalResults(results)
	if err != nil {
		return nil, fmt.Errorf("printing the results: %w", err)
	}
	writes := pledge.TxWrites(results)
	if err := checkEffect(len(payload), writes); err != nil {
		return nil, err
	}
	return payload, write(s, writes)
}

func checkSize(args [][]byte) error {
	size := 0
	for _, a := range args {
		size += len(a)
	}
	switch {
	case len(args) == 0:
		return pledge.Errorf(pledge.Malformed, "apply needs at least one command")
	case len(args) > pledge.MaxTxCommands:
		return pledge.Errorf(pledge.TooLarge, "a transaction has at most %d commands, this one has %d", pledge.MaxTxCommands, len(args))
	case size > pledge.MaxTxBytes:
		return pledge.Errorf(pledge.TooLarge, "the commands of a transaction have at most %d bytes, these have %d", pledge.MaxTxBytes, size)
	}
	return nil
}

// parsed is a command, or why it is none.
type parsed struct {
	command *pledge.Command
	refusal *pledge.Error
}

func parse(args [][]byte) []parsed {
	all := make([]parsed, len(args))
	for i, a := range args {
		c, err := pledge.ParseCommand(string(a))
		if all[i].command = c; err != nil && !errors.As(err, &all[i].refusal) {
			all[i].refusal = pledge.Errorf(pledge.Malformed, "not a command")
		}
	}
	return all
}

// decide applies those that are commands; the others keep their place with
// their own refusal.
func decide(s reader, tx pledge.Tx, all []parsed) ([]pledge.Result, error) {
	commands := make([]*pledge.Command, 0, len(all))
	for _, p := range all {
		if p.refusal == nil {
			commands = append(commands, p.command)
		}
	}
	st := newState(s)
	if err := st.prefetch(commands); err != nil {
		return nil, err
	}
	applied, err := pledge.Apply(st, tx, commands)
	if err != nil {
		return nil, err
	}
	results := make([]pledge.Result, len(all))
	for i, p := range all {
		if p.refusal != nil {
			results[i].Outcome = pledge.Outcome{Status: pledge.Refused, Code: p.refusal.Code, Detail: p.refusal.Detail}
			continue
		}
		results[i], applied = applied[0], applied[1:]
	}
	return results, nil
}

// maxEffect bounds answer and writes of a transaction in bytes, so that its
// block stays within what orderers take (10 MB): commands of a few hundred
// bytes can each rewrite a large record.
const maxEffect = 6 << 20

func checkEffect(size int, writes []pledge.Write) error {
	for _, w := range writes {
		size += len(w.Key) + len(w.Value)
	}
	if size > maxEffect {
		return pledge.Errorf(pledge.TooLarge, "the transaction would write and answer %d bytes, more than %d; send fewer commands at once", size, maxEffect)
	}
	return nil
}

// write stores writes in one message, if the peer offers that.
func write(s writer, writes []pledge.Write) error {
	s.StartWriteBatch()
	for _, w := range writes {
		if err := s.PutState(w.Key, w.Value); err != nil {
			return fmt.Errorf("writing %s: %w", w.Key, err)
		}
	}
	if err := s.FinishWriteBatch(); err != nil {
		return fmt.Errorf("writing %d keys: %w", len(writes), err)
	}
	return nil
}
