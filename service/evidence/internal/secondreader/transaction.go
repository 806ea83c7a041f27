package secondreader

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

type stage int

const (
	stageChannel stage = iota
	stageTransaction
	stageEndorsements
	stageResults
	stageFlag
	stages
)

// tx is a call, ordered or only endorsed, and what is wrong at each stage.
type tx struct {
	channel string
	time    time.Time
	args    [][]byte
	answer  []byte
	reads   map[string]*place // nil: it was not there
	writes  []write
	signed  bool // by its creator
	wrong   [stages]error
}

// tx reads transaction n of a block.
func (c *chain) tx(block, n int64) (*tx, error) {
	b := c.block(block)
	if b == nil || n < 0 || n >= int64(len(b.data)) || b.config {
		return nil, errors.New("there is no such transaction")
	}
	at := place{block, n, 0}
	if c.txs[at] == nil {
		t := c.call(b.data[n], c.at(block))
		if !t.signed && t.wrong[stageTransaction] == nil {
			t.wrong[stageTransaction] = errors.New("not signed by its creator")
		}
		if len(b.metadata) < 3 || len(b.metadata[2]) != len(b.data) || b.metadata[2][n] != 0 {
			t.wrong[stageFlag] = errors.New("not marked valid")
		}
		c.txs[at] = t
	}
	return c.txs[at], nil
}

// call reads an envelope.
func (c *chain) call(envelope []byte, in *era) *tx {
	t := &tx{reads: map[string]*place{}}
	var bad error
	e := open(envelope, &bad)
	payload := e.message(1)
	header := payload.message(1)
	ch, sh := header.message(1), header.message(2)
	action := open(payload.message(2).bytes(1), &bad)
	capsule := action.message(2)
	proposal, endorsed := capsule.bytes(1), capsule.message(2)
	response := endorsed.message(1)
	done := response.message(2)
	spec := capsule.message(1).message(1).message(1)
	stamp := ch.message(3)
	t.channel, t.time, t.args = ch.text(4), time.Unix(stamp.number(1), stamp.number(2)).UTC(), spec.message(3).all(1)
	t.answer = done.message(3).bytes(3)
	if t.channel != c.trust.text("channel") {
		t.wrong[stageChannel] = errors.New("of another channel")
	}
	id := sha256.Sum256(slices.Concat(sh.bytes(2), sh.bytes(1)))
	asked := sha256.Sum256(slices.Concat(header.bytes(1), header.bytes(2), proposal))
	name := c.trust.text("chaincode")
	t.signed = c.client(sh.bytes(1), in, e.bytes(2), e.bytes(1))
	if bad != nil || ch.number(1) != 3 || ch.text(5) != hex.EncodeToString(id[:]) || string(response.bytes(1)) != string(asked[:]) ||
		ch.message(7).message(2).text(2) != name || done.message(4).text(2) != name || done.message(3).number(1) != 200 {
		t.wrong[stageTransaction] = fmt.Errorf("not whole, or another call: %v", bad)
	}
	if !c.satisfied(c.endorsers(endorsed, in)) {
		t.wrong[stageEndorsements] = errors.New("endorsed by too few")
	}
	t.wrong[stageResults] = t.results(done.bytes(1), name)
	return t
}

func (c *chain) client(creator []byte, in *era, sig, payload []byte) bool {
	msp, text, _, ok := c.identity(creator)
	if !ok {
		return false
	}
	_, ok = in.members[msp].issued(text)
	return ok && verifies(text, sig, payload)
}

func (c *chain) endorsers(endorsed message, in *era) map[string]bool {
	msps := map[string]bool{}
	for _, e := range endorsed.messages(2) {
		msp, text, _, ok := c.identity(e.bytes(1))
		if !ok {
			continue
		}
		m := in.members[msp]
		cert, ok := m.issued(text)
		if ok && (m.peerOU == "" || slices.Contains(cert.Subject.OrganizationalUnit, m.peerOU)) && verifies(text, e.bytes(2), endorsed.bytes(1), e.bytes(1)) {
			msps[msp] = true
		}
	}
	return msps
}

func (t *tx) results(raw []byte, chaincode string) (bad error) {
	found := 0
	for _, ns := range open(raw, &bad).messages(2) {
		set := ns.message(2)
		if ns.has(3) || ns.text(1) != chaincode && (set.has(3) || set.has(4)) {
			return errors.New("private data, or another namespace written")
		}
		if ns.text(1) == chaincode {
			found++
			if set.has(2) || set.has(4) {
				return errors.New("more than plain reads and writes")
			}
			t.readSet(set)
		}
	}
	return errors.Join(bad, must(found == 1, "the chaincode's set stands %d times", found), t.plain())
}

func (t *tx) readSet(set message) {
	before := ""
	for _, r := range set.messages(1) {
		if key := r.text(1); key > before {
			before = key
		} else {
			*set.bad = errors.New("reads out of order")
		}
		t.reads[before] = nil
		if r.has(2) {
			v := r.message(2)
			t.reads[before] = &place{v.number(1), v.number(2), 0}
		}
	}
	for _, w := range set.messages(3) {
		if w.number(2) != 0 {
			*set.bad = errors.New("a write that deletes")
		}
		t.writes = append(t.writes, write{w.text(1), w.text(3)})
	}
}

func (t *tx) plain() error {
	for i, w := range t.writes {
		v, err := parse([]byte(w.value))
		if err != nil || print(v) != w.value || i > 0 && t.writes[i-1].key >= w.key {
			return fmt.Errorf("%s: not canonical, or out of order", w.key)
		}
	}
	return nil
}

// applied takes the answer apart: per command its outcome and its writes.
func (t *tx) applied() (outcomes []object, writes [][]write, err error) {
	v, err := parse(t.answer)
	o, _ := v.(object)
	if err != nil || o.only("v", "results") != nil || o["v"] != int64(1) || len(o.list("results")) != len(t.args)-1 {
		return nil, nil, errors.New("an answer that does not fit the call")
	}
	used := map[int64]bool{}
	for _, res := range o.objects("results") {
		if err := res.only("command_id?", "status?", "code?", "detail?", "record_id?", "duplicate?", "writes?", "replaced?"); err != nil {
			return nil, nil, err
		}
		var list []write
		for _, n := range res.list("writes") {
			i, ok := n.(int64)
			if !ok || i < 0 || i >= int64(len(t.writes)) {
				return nil, nil, errors.New("a write that is not there")
			}
			w := t.writes[i]
			if old, ok := res.object("replaced")[w.key]; ok {
				w.value = print(old)
			}
			list, used[i] = append(list, w), true
		}
		outcomes, writes = append(outcomes, res), append(writes, list)
	}
	return outcomes, writes, must(len(used) == len(t.writes), "a write that no command made")
}

func (c *chain) each(at []place, s stage) error {
	for _, p := range at {
		if t, err := c.tx(p.block, p.tx); err == nil && t.wrong[s] != nil {
			return fmt.Errorf("block %d, transaction %d: %w", p.block, p.tx, t.wrong[s])
		}
	}
	return nil
}

// places are those of the transactions that the package is about.
func (r *reader) places() []place {
	var out []place
	for _, p := range append([]*proof{r.founding}, r.proofs...) {
		out = append(out, p.at)
	}
	return out
}

func of(s stage) func(*reader) error {
	return func(r *reader) error { return r.chain.each(r.places(), s) }
}

func (r *reader) blockData() error       { return r.chain.wellFormed() }
func (r *reader) blockSignatures() error { return r.chain.signedAll() }

func (p *proof) readFabric(c *chain, text []byte) (err error) {
	if p.doc, err = canonical(text, "attestation", "block", "index", "kind", "tx"); err != nil {
		return err
	}
	p.at = place{p.doc.number("block"), p.doc.number("tx"), p.doc.number("index")}
	if _, err := unbase(p.doc.text("attestation")); err != nil || p.doc["kind"] != "fabric" {
		return fmt.Errorf("no place on a channel: %v", err)
	}
	t, err := c.tx(p.at.block, p.at.tx)
	if err != nil {
		return err
	}
	p.time = t.time.Format("2006-01-02T15:04:05.000Z")
	if len(t.args) == 2 && string(t.args[0]) == "genesis" && p.at.index == 0 {
		v, err := parse(t.args[1])
		p.genesis, _ = v.(object)
		p.writes = t.writes
		return err
	}
	if len(t.args) == 0 || string(t.args[0]) != "apply" {
		return nil // whatever it is, it is found out as a transaction
	}
	if p.at.index < 0 || p.at.index >= int64(len(t.args)-1) {
		return errors.New("there is no such command")
	}
	return p.take(t)
}

func (p *proof) take(t *tx) error {
	p.command = string(t.args[1+p.at.index])
	outcomes, writes, err := t.applied()
	if err != nil {
		t.wrong[stageResults] = errors.Join(t.wrong[stageResults], err)
		return nil
	}
	p.outcome, p.writes = outcomes[p.at.index], writes[p.at.index]
	return nil
}

// founders are the members of the genesis transaction: the trust file's.
func (r *reader) founders() error {
	if r.founding.bad != nil {
		return nil // entry-inclusion tells
	}
	list, trusted := r.founding.genesis.objects("members"), r.trust.objects("members")
	for _, t := range trusted {
		if !slices.ContainsFunc(list, func(m object) bool {
			return m.text("party") == t.text("party") && sameSet(m.texts("roles"), t.texts("roles"))
		}) {
			return fmt.Errorf("%s is no founder, or in another role", t.text("party"))
		}
	}
	return must(len(list) == len(trusted) && r.founding.genesis.text("channel") == r.trust.text("channel"), "other founders")
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func (r *reader) attested() error {
	for _, p := range append([]*proof{r.founding}, r.proofs...) {
		key := "v1/channel"
		if p != r.founding {
			key = "v1/command/" + p.said.text("by") + "/" + p.id()
		}
		if p.bad != nil {
			continue // entry-inclusion tells
		}
		if err := r.chain.attests(p.doc.text("attestation"), key, p.at); err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
	}
	return nil
}

// attests checks members' signed read of a key, in the version of a place.
func (c *chain) attests(text, key string, at place) error {
	raw, err := unbase(text)
	if err != nil {
		return err
	}
	t := c.attestation(raw, at.block)
	for s := stageChannel; s < stageFlag; s++ {
		if t.wrong[s] != nil {
			return t.wrong[s]
		}
	}
	v := t.reads[key]
	asks := len(t.args) == 2 && string(t.args[0]) == "get" && string(t.args[1]) == key
	return must(asks && len(t.writes) == 0 && v != nil && *v == place{at.block, at.tx, 0}, "not a read of %s as of there", strings.TrimSpace(key))
}

// attestation is judged by the configuration of a block, else by any later one.
func (c *chain) attestation(raw []byte, block int64) *tx {
	t := c.call(raw, c.at(block))
	for _, e := range c.eras {
		if e.from > block && t.wrong[stageEndorsements] != nil {
			t = c.call(raw, e)
		}
	}
	return t
}
