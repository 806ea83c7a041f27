//go:build !js

package evidence

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// pageSize is how many revisions are asked for at once.
const pageSize = 500

// maxCommands bounds what one package may gather, far above any usual record.
const maxCommands = 10000

// collector gathers the commands that a package needs.
type collector struct {
	Source
	ctx     context.Context
	head    service.Head
	id      string
	kind    string
	entries map[pledge.Position]*collected
	written map[string][]revision // what the gathered commands wrote, by key
	whole   map[string]bool       // keys whose whole history is gathered
	subject []string              // keys of the record and its asset
	genesis *collected
	files   map[string][]byte
	blocks  map[uint64][]byte // of a consortium: each that holds something of the package
	weight  int               // their bytes
	beside  map[uint64]map[string][]byte
	until   time.Time // nobody elsewhere is asked later
}

// collected is a proven entry, as the ledger gave it.
type collected struct {
	at      pledge.Position
	proof   []byte
	command *pledge.Command
	time    string
	writes  []pledge.Write
}

// revision is a value under a key, and where it was written.
type revision struct {
	at    pledge.Position
	value []byte
}

func before(a, b pledge.Position) int {
	return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.Tx, b.Tx), cmp.Compare(a.Index, b.Index))
}

func (c *collector) collect() error {
	var err error
	if c.genesis, err = c.prove(pledge.Position{}); err != nil {
		return err
	}
	c.note(c.genesis)
	if err := c.gatherRecord(); err != nil {
		return err
	}
	if err := c.gatherParties(); err != nil {
		return err
	}
	if err := c.gatherSupport(); err != nil {
		return err
	}
	return c.gatherReceivers()
}

// gatherRecord follows the record, for a pledge also its asset.
func (c *collector) gatherRecord() error {
	if c.kind == KindSearch {
		return c.gatherSearch()
	}
	key := map[string]string{KindAsset: pledge.KeyAsset(c.id), KindPledge: pledge.KeyPledge(c.id), KindParty: pledge.KeyParty(c.id)}[c.kind]
	if err := c.gatherSubject(key); err != nil || c.kind != KindPledge {
		return err
	}
	p, err := pledge.DecodePledge(c.value(key))
	if err != nil {
		return fmt.Errorf("decoding the pledge: %w", err)
	}
	return c.gatherSubject(pledge.KeyAsset(p.AssetID))
}

func (c *collector) gatherSubject(key string) error {
	c.subject = append(c.subject, key)
	if err := c.gather(key); err != nil {
		return err
	}
	if c.value(key) == nil {
		return fmt.Errorf("%s: %w", key, service.ErrNotFound)
	}
	return nil
}

// gather proves every command that wrote key, once.
func (c *collector) gather(key string) error {
	if c.whole[key] {
		return nil
	}
	c.whole[key] = true
	page := service.Page{Limit: pageSize}
	for {
		revisions, next, err := c.Index.History(c.ctx, key, page)
		if err != nil && !errors.Is(err, service.ErrNotFound) {
			return fmt.Errorf("reading the history of %s: %w", key, err)
		}
		for _, r := range revisions {
			if err := c.add(r.Position); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		page.Cursor = next
	}
}

// add proves the command at p and follows its signer. The genesis is in every
// package, and what came after the package's head stays out.
func (c *collector) add(p pledge.Position) error {
	if p.Block <= c.genesis.at.Block || p.Block > c.head.Height || c.entries[p] != nil {
		return nil
	}
	if len(c.entries) == maxCommands {
		return pledge.Errorf(pledge.TooLarge, "the evidence of %s needs more than %d commands", c.id, maxCommands)
	}
	e, err := c.prove(p)
	if err != nil {
		return err
	}
	c.entries[p] = e
	c.note(e)
	for _, cmd := range append(e.command.Closing(), e.command) {
		if err := c.gather(pledge.KeyParty(cmd.Payload.By)); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) note(e *collected) {
	for _, w := range e.writes {
		c.written[w.Key] = append(c.written[w.Key], revision{e.at, w.Value})
	}
}

// gatherParties follows everybody whom record, receipt and package name.
func (c *collector) gatherParties() error {
	ids := []string{c.Signer.Party()}
	for _, key := range c.subject {
		var names struct{ Owner, Custodian, Pledgor, Pledgee string }
		if err := json.Unmarshal(c.value(key), &names); err != nil {
			return fmt.Errorf("reading %s: %w", key, err)
		}
		ids = append(ids, names.Owner, names.Custodian, names.Pledgor, names.Pledgee)
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		if err := c.gather(pledge.KeyParty(id)); err != nil {
			return err
		}
	}
	return nil
}

// value is what the gathered commands wrote last under key.
func (c *collector) value(key string) []byte {
	return c.valueBefore(key, pledge.Position{Block: c.head.Height + 1})
}

// valueBefore is what stood under key when the entry at p was applied.
func (c *collector) valueBefore(key string, p pledge.Position) []byte {
	var last revision
	for _, r := range c.written[key] {
		if before(r.at, p) < 0 && before(last.at, r.at) <= 0 {
			last = r
		}
	}
	return last.value
}

func (c *collector) inOrder() []*collected {
	list := make([]*collected, 0, len(c.entries))
	for _, e := range c.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *collected) int { return before(a.at, b.at) })
	return list
}

// prove asks the ledger for the entry at p and reads what is in it.
func (c *collector) prove(p pledge.Position) (*collected, error) {
	doc, err := c.Ledger.Prove(c.ctx, p)
	if err != nil {
		return nil, fmt.Errorf("proving block %d entry %d: %w", p.Block, p.Index, err)
	}
	e, err := c.read(p, doc)
	if err != nil {
		return nil, fmt.Errorf("reading the proof of block %d entry %d: %w", p.Block, p.Index, err)
	}
	return e, nil
}

// soloProof and soloEntry are what Ledger.Prove says, as far as the writer
// has to understand it.
type soloProof struct {
	Kind   string   `json:"kind"`
	Header string   `json:"header"`
	Index  int64    `json:"index"`
	Count  int64    `json:"count"`
	Path   []string `json:"path"`
	Entry  string   `json:"entry"`
}

type soloEntry struct {
	Command string         `json:"command"`
	Writes  []pledge.Write `json:"writes"`
}

// read takes what Ledger.Prove said, in either ledger's format.
func (c *collector) read(p pledge.Position, doc []byte) (*collected, error) {
	var kind struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(doc, &kind); err != nil {
		return nil, err
	}
	switch kind.Kind {
	case ledgerSolo:
		return readProof(p, doc)
	case ledgerFabric:
		return c.readFabricProof(p, doc)
	}
	return nil, fmt.Errorf("proofs of kind %q are not known", kind.Kind)
}

func readProof(p pledge.Position, doc []byte) (*collected, error) {
	var proof soloProof
	if err := json.Unmarshal(doc, &proof); err != nil {
		return nil, err
	}
	if proof.Path == nil {
		proof.Path = []string{}
	}
	var entry soloEntry
	if err := json.Unmarshal([]byte(proof.Entry), &entry); err != nil {
		return nil, err
	}
	e := &collected{at: p, writes: entry.Writes}
	var err error
	if e.proof, err = pledge.CanonicalJSON(proof); err != nil || p.Block == 0 {
		return e, err
	}
	if e.time, err = headerTime(proof.Header); err != nil {
		return nil, err
	}
	e.command, err = pledge.ParseCommand(entry.Command)
	return e, err
}

// wantsReplay says whether the checker will replay the entry: FORMAT.md.
func (c *collector) wantsReplay(e *collected) bool {
	for _, w := range e.writes {
		if strings.HasPrefix(w.Key, pledge.KeyParty("")) || slices.Contains(c.subject, w.Key) {
			return true
		}
	}
	return false
}
