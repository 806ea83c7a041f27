package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// replay runs through the rules once more every proven command that wrote
// the record, its asset or a party, on the state that the proven entries left
// before it, and wants the same writes. So a command that was left out, or
// one that the ledger should have refused, is found. A key that nothing in
// the package wrote is taken as absent.
//
// This is the only check that runs our own rules; what the others prove does
// not hang on it.
func (c *checker) replay(ctx context.Context) error {
	if c.genesis.file == "" {
		return nil
	}
	past := newPast(c.genesis, c.initial)
	c.note(CheckReplay, nameGenesis, replayGenesis(c.founded, c.initial))
	for _, cmd := range c.commands {
		if err := ctx.Err(); err != nil {
			return err
		}
		past.reach(cmd)
		if c.touchesSubject(cmd) {
			st := overlay{past.values, state{}, map[string]bool{}}
			c.note(CheckReplay, cmd.file, replayCommand(st, cmd))
			c.versions(past, cmd, st.looked)
		}
		past.wrote(cmd)
	}
	return nil
}

// touchesSubject tells the commands that the package is about from those
// that stand in it only because these read what they wrote.
func (c *checker) touchesSubject(cmd command) bool {
	if c.subjects == nil {
		c.subjects = c.subjectKeys()
	}
	for _, w := range cmd.writes {
		if strings.HasPrefix(w.key, partyKey) || c.subjects[w.key] {
			return true
		}
	}
	return false
}

// subjectKeys are the keys of the record, of a pledge's asset, or of all that
// a search named. A party's key is one of those that are always followed.
func (c *checker) subjectKeys() map[string]bool {
	keys := map[string]bool{}
	if c.list.kind == KindPledge {
		keys[pledgeKey+c.list.id] = true
	}
	if c.assetID != "" {
		keys[assetKey+c.assetID] = true
	}
	for _, id := range c.searched {
		keys[keyOf(id)] = true
	}
	return keys
}

func replayGenesis(n node, wrote []write) error {
	var g pledge.Genesis
	if err := pledge.StrictUnmarshal(n.raw, &g); err != nil {
		return faultf("entry.genesis", "%v", err)
	}
	again, err := g.Writes()
	if err != nil {
		return faultf("entry.genesis", "%v", err)
	}
	return sameWrites(wrote, again)
}

func replayCommand(st overlay, cmd command) error {
	parsed, err := pledge.ParseCommand(cmd.jws.wrote)
	if err != nil {
		return faultf("entry.command", "%v", err)
	}
	tx := pledge.Tx{Channel: cmd.head.chanl, Time: cmd.head.time}
	results, err := pledge.Apply(st, tx, []*pledge.Command{parsed})
	if err != nil {
		return faultf("entry.command", "%v", err)
	}
	if len(results) != 1 || results[0].Outcome.Status != pledge.Applied || results[0].Outcome.Duplicate {
		return faultf("entry.command", "the rules do not apply it here: %s", outcomeText(results))
	}
	if got := results[0].Outcome.RecordID; got != cmd.recordID {
		return faultf("entry.outcome.record_id", "the rules say %q", got)
	}
	return sameWrites(cmd.writes, results[0].Writes)
}

func outcomeText(results []pledge.Result) string {
	if len(results) != 1 {
		return "no result"
	}
	o := results[0].Outcome
	return fmt.Sprintf("%s %s %s", o.Status, o.Code, o.Detail)
}

// sameWrites compares by value, since the rules need not print canonically.
func sameWrites(wrote []write, again []pledge.Write) error {
	if len(wrote) != len(again) {
		return faultf("entry.writes", "are %d, the rules write %d", len(wrote), len(again))
	}
	for i, w := range wrote {
		if w.key != again[i].Key {
			return faultf("entry.writes", "%.200q stands where the rules write %q", w.key, again[i].Key)
		}
		if !sameJSON(w.value, again[i].Value) {
			return faultf("entry.writes", "under %.200q is not what the rules write", w.key)
		}
	}
	return nil
}

func sameJSON(canonical []byte, value json.RawMessage) bool {
	if bytes.Equal(canonical, value) {
		return true
	}
	n, err := parseJSON(value)
	return err == nil && bytes.Equal(appendJSON(nil, n), canonical)
}

// state is a pledge.State in memory.
type state map[string][]byte

func (s state) put(writes []write) {
	for _, w := range writes {
		s[w.key] = w.value
	}
}

func (s state) Get(key string) ([]byte, error)     { return s[key], nil }
func (s state) Put(key string, value []byte) error { s[key] = value; return nil }

// overlay keeps what the rules write away from what the ledger proved, and
// remembers which keys of that they looked up.
type overlay struct {
	below, above state
	looked       map[string]bool
}

func (o overlay) Put(key string, value []byte) error { return o.above.Put(key, value) }

func (o overlay) Get(key string) ([]byte, error) {
	if v, ok := o.above[key]; ok {
		return v, nil
	}
	o.looked[key] = true
	return o.below.Get(key)
}
