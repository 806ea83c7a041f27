package index

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// A closing takes effect as a whole, and so the ledger has one command of it,
// with what all of them wrote. Here each of its commands is told by itself,
// right behind it and at its position, by who signed it and under its own id.
// There is no state in between: each shows the record as the closing left it.

// open puts the commands of closings behind them. A block without one, which
// is the rule, stays as it is.
func (b *block) open() error {
	if !slices.ContainsFunc(b.commands, func(c command) bool { return len(c.inner) > 0 }) {
		return nil
	}
	var all []command
	for _, c := range b.commands {
		inner, err := c.open()
		if err != nil {
			return fmt.Errorf("closing %s: %w", formatCommandID(c.id), err)
		}
		all = append(append(all, c), inner...)
	}
	b.commands = all
	return nil
}

// open takes a closing apart. What one of its commands is about is told there,
// and no more of the closing itself.
func (c *command) open() ([]command, error) {
	list := make([]command, len(c.inner))
	for i, jws := range c.inner {
		if err := list[i].within(c, jws); err != nil {
			return nil, fmt.Errorf("commands: %d: %w", i, err)
		}
	}
	assets := c.assets()
	rest := c.records[:0:0]
	for _, r := range c.records {
		if !share(list, r, assets) {
			rest = append(rest, r)
		}
	}
	c.records = rest
	return list, nil
}

func (c *command) within(closing *command, jws string) error {
	input := jws[:max(strings.LastIndexByte(jws, '.'), 0)]
	sum := sha256.Sum256([]byte(input))
	c.id, c.pos, c.subject = sum[:], closing.pos, -1
	if err := c.decodeJWS(jws); err != nil {
		return err
	}
	c.recordID = closing.outcomes[pledge.KeyCommand(c.by, formatCommandID(c.id))]
	if c.recordID == "" {
		return errors.New("the closing has no outcome of it")
	}
	return nil
}

// decodeOutcomes reads which record each command of a closing is about.
func decodeOutcomes(writes []pledge.Write) (map[string]string, error) {
	found := map[string]string{}
	for _, w := range writes {
		if kind, _, _ := pledge.ParseKey(w.Key); kind != "command" {
			continue
		}
		r, err := pledge.DecodeCommand(w.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Key, err)
		}
		found[w.Key] = r.RecordID
	}
	return found, nil
}

// assets are those of the pledges that the closing wrote.
func (c *command) assets() map[string]string {
	found := map[string]string{}
	for _, r := range c.records {
		if r.pledge != nil {
			found[r.key] = pledge.KeyAsset(r.pledge.asset)
		}
	}
	return found
}

// share gives a record to the commands that changed it.
func share(list []command, r record, assets map[string]string) bool {
	shared := false
	for i := range list {
		c := &list[i]
		subject := pledge.RecordKey(c.recordID)
		switch {
		case subject == r.key:
			c.subject = len(c.records)
		case assets[subject] == r.key && movesAsset[pledge.Act(c.act)], assets[r.key] == subject && c.act == string(pledge.AssetAddVersion):
		default:
			continue
		}
		c.records, shared = append(c.records, r), true
	}
	return shared
}

// movesAsset are the acts about a pledge that change its asset's record, too:
// they move its sequence.
var movesAsset = map[pledge.Act]bool{
	pledge.PledgeRegister: true, pledge.PledgeAmend: true, pledge.PledgeExtend: true, pledge.PledgeAssign: true, pledge.PledgeSubordinate: true,
	pledge.PledgeDefault: true, pledge.PledgeCure: true, pledge.PledgeEnforce: true, pledge.PledgeRealize: true, pledge.PledgeRelease: true,
	pledge.PledgeLapse: true, pledge.OrderFreeze: true, pledge.OrderUnfreeze: true, pledge.OrderRevoke: true, pledge.ObjectionDecide: true,
}
