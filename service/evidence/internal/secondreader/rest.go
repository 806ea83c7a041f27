package secondreader

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// before is the state that the proven entries left before a place. It notes
// what is looked up.
type before struct {
	values map[string][]byte
	reads  map[string]bool
}

func (b before) Get(key string) ([]byte, error)     { b.reads[key] = true; return b.values[key], nil }
func (b before) Put(key string, value []byte) error { b.values[key] = value; return nil }

func (r *reader) before(at place) before {
	b := before{map[string][]byte{}, map[string]bool{}}
	for _, w := range r.states {
		if w.at.compare(at) < 0 {
			b.values[w.key] = []byte(w.value)
		}
	}
	return b
}

// replayed are the commands that wrote the record, its asset, what a search
// names, or a party.
func (r *reader) replayed() []*proof {
	keys := []string{"v1/" + r.kind() + "/" + r.manifest.text("record_id"), "v1/asset/" + r.assetID()}
	if r.kind() == "search" {
		v, _ := parse(r.files["record.json"])
		o, _ := v.(object)
		for _, a := range o.objects("assets") {
			keys = append(keys, "v1/asset/"+a.text("asset_id"))
		}
		for _, l := range o.objects("liens") {
			keys = append(keys, "v1/pledge/"+l.text("pledge_id"))
		}
	}
	return slices.DeleteFunc(slices.Clone(r.proofs), func(p *proof) bool {
		return !slices.ContainsFunc(p.writes, func(w write) bool { return slices.Contains(keys, w.key) || strings.HasPrefix(w.key, "v1/party/") })
	})
}

func (r *reader) replay() error {
	g, err := pledge.DecodeGenesis([]byte(print(r.founding.genesis)))
	if err != nil {
		return err
	}
	writes, err := g.Writes()
	if err != nil || !sameWrites(writes, r.founding.writes) {
		return fmt.Errorf("the genesis writes something else: %v", err)
	}
	for _, p := range r.replayed() {
		if _, err := r.again(p); err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
	}
	return nil
}

// again runs a command and says what it looked up.
func (r *reader) again(p *proof) (map[string]bool, error) {
	c, err := pledge.ParseCommand(p.command)
	if err != nil {
		return nil, err
	}
	now, err := time.Parse("2006-01-02T15:04:05.000Z", p.time)
	if err != nil {
		return nil, err
	}
	if !r.solo {
		t, _ := r.chain.tx(p.at.block, p.at.tx)
		now = t.time
	}
	st := r.before(p.at)
	results, err := pledge.Apply(st, pledge.Tx{Channel: r.trust.text("channel"), Time: now}, []*pledge.Command{c})
	if err != nil {
		return nil, err
	}
	o := results[0].Outcome
	return st.reads, must(o.Status == pledge.Applied && o.RecordID == p.outcome.text("record_id") && sameWrites(results[0].Writes, p.writes),
		"the rules say %s %s %s", o.Status, o.Code, o.Detail)
}

func sameWrites(a []pledge.Write, b []write) bool {
	b = slices.Clone(b)
	slices.SortFunc(b, func(x, y write) int { return strings.Compare(x.key, y.key) })
	a = slices.Clone(a)
	slices.SortFunc(a, func(x, y pledge.Write) int { return strings.Compare(x.Key, y.Key) })
	return slices.EqualFunc(a, b, func(x pledge.Write, y write) bool { return x.Key == y.key && string(x.Value) == y.value })
}

func (r *reader) readVersions() error {
	if r.solo {
		return nil
	}
	if t, _ := r.chain.tx(r.founding.at.block, r.founding.at.tx); !t.read("v1/channel", nil) {
		return errors.New("the genesis did not find the channel empty")
	}
	for _, p := range r.replayed() {
		reads, err := r.again(p)
		if err != nil {
			return err
		}
		t, _ := r.chain.tx(p.at.block, p.at.tx)
		for key := range reads {
			if !t.read(key, r.version(key, p.at)) {
				return fmt.Errorf("%s: %s was read in another version, or not at all", p.file, key)
			}
		}
	}
	return nil
}

func (t *tx) read(key string, want *place) bool {
	have, ok := t.reads[key]
	return ok && (have == nil) == (want == nil) && (have == nil || *have == *want)
}

// version is the transaction that wrote a key last before that of a place.
func (r *reader) version(key string, at place) *place {
	var v *place
	for _, w := range r.states {
		if w.key == key && w.at.compare(place{at.block, at.tx, 0}) < 0 {
			v = &place{w.at.block, w.at.tx, 0}
		}
	}
	return v
}

var states = map[bool]string{true: "PARTIAL", false: "MISSING"}

func (r *reader) partsList() error {
	have, ok := r.files["parts.json"]
	if !ok {
		return nil
	}
	var list []any
	for i, s := range []string{"PARTIAL", "PARTIAL", "MISSING", "PARTIAL", r.others(), states[r.ofAsset()], states[r.ofAsset()], states[r.kind() == "pledge" && r.recordHas("attestation")],
		"PARTIAL", states[!r.solo], states[r.kind() == "pledge" || r.kind() == "search" || r.kind() == "asset" && r.recordHas("registration_certificate")],
		states[r.ofAsset()], "PARTIAL", "PRESENT"} {
		list = append(list, object{"part": fmt.Sprintf("%02d", i), "state": s})
	}
	return must(print(object{"v": int64(1), "parts": list}) == string(have), "another list follows from the package")
}

func (r *reader) recordHas(name string) bool {
	v, _ := parse(r.files["record.json"])
	o, _ := v.(object)
	_, ok := o[name]
	return ok
}

// others is the state of part 04.
func (r *reader) others() string {
	if len(r.proofs) == 0 || len(r.named("imprint-receipt"))+len(r.named("imprint-checkpoint")) == 0 {
		return "PARTIAL"
	}
	for _, p := range r.proofs {
		if r.files[fmt.Sprintf("timestamps/%020d.json", p.at.block)] == nil {
			return "PARTIAL"
		}
	}
	return "PRESENT"
}

// hashOf is that of a block which a command of the package is in.
func (r *reader) hashOf(block int64, orGenesis bool) (hash string, records int64, ok bool) {
	list := r.proofs
	if orGenesis {
		list = append([]*proof{r.founding}, list...)
	}
	for _, p := range list {
		if p.at.block == block && r.solo {
			j, _ := splitJWS(p.headerJWS)
			return sum(j.payload), p.header.number("count"), true
		}
		if p.at.block == block {
			return r.chain.block(block).hash, -1, true
		}
	}
	return "", 0, false
}

func (r *reader) imprintReceipts() error {
	for _, name := range r.named("imprint-receipt") {
		if err := r.imprintReceipt(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (r *reader) imprintReceipt(name string) error {
	text := r.files[name]
	payload, k, err := r.opened(string(text), "datapledge-imprint+jws", "court", "regulator", "notary")
	if err != nil {
		return err
	}
	said, err := canonical(payload, "block", "channel", "hash", "party", "received_at", "records", "v")
	if err != nil {
		return err
	}
	hash, records, ok := r.hashOf(said.number("block"), false)
	fits := ok && said.number("records") == records
	if ok && !r.solo {
		all, valid := r.chain.carried(said.number("block"))
		fits = said.number("records") == all || said.number("records") == valid
	}
	return must(fits && inside(name) == sum(text) && k.revoked == nil && said.text("party") == k.party && said.text("channel") == r.trust.text("channel") && said["v"] == int64(1) &&
		goodTime(said.text("received_at")) && said.text("hash") == hash, "a receipt of something else")
}

// carried counts the commands that a block's calls carry, and those of the
// transactions marked valid.
func (c *chain) carried(block int64) (all, valid int64) {
	name := c.trust.text("chaincode")
	for n, envelope := range c.block(block).data {
		var bad error
		header := open(envelope, &bad).message(1).message(1).message(1)
		t, err := c.tx(block, int64(n))
		if err != nil || header.number(1) != 3 || header.message(7).message(2).text(2) != name || bad != nil ||
			len(t.args) == 0 || string(t.args[0]) != "apply" || t.wrong[stageResults] != nil {
			continue
		}
		outcomes, writes, err := t.applied()
		for i, o := range outcomes {
			if err == nil && o.text("status") == "applied" && len(writes[i]) > 0 {
				all++
				if t.wrong[stageFlag] == nil {
					valid++
				}
			}
		}
	}
	return all, valid
}

func (r *reader) imprintChannel() error {
	trust := r.trust.object("imprint")
	names := r.named("imprint-checkpoint")
	if trust == nil || len(names)+len(r.named("imprint-block")) == 0 {
		return nil
	}
	c := newChain(trust, r.files, "imprint/blocks/")
	if err := errors.Join(c.wellFormed(), c.configured()); err != nil {
		return err
	}
	if err := errors.Join(c.signedAll(), c.linked(nil)); err != nil {
		return err
	}
	used := map[int64]bool{}
	for _, name := range names {
		block, err := r.checkpoint(c, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		used[block] = true
	}
	for _, b := range c.blocks {
		if !b.config && !used[b.number] {
			return fmt.Errorf("%s: of no checkpoint here", b.file)
		}
	}
	return nil
}

func (r *reader) checkpoint(c *chain, name string) (int64, error) {
	m, err := canonical(r.files[name], "attestation", "block", "channel", "first", "imprint_channel", "last", "path", "tx", "v")
	if err != nil {
		return 0, err
	}
	t, err := c.tx(m.number("block"), m.number("tx"))
	if err != nil {
		return 0, err
	}
	if err := errors.Join(t.wrong[:]...); err != nil {
		return 0, err
	}
	return m.number("block"), errors.Join(r.leads(m, t, name), c.attests(m.text("attestation"), r.pointKey(m), place{m.number("block"), m.number("tx"), 0}))
}

func (r *reader) pointKey(m object) string {
	return fmt.Sprintf("v1/checkpoint/%s/%020d", m.text("channel"), m.number("last"))
}

// leads says whether the path leads from the package's block to what was
// written on the other channel.
func (r *reader) leads(m object, t *tx, name string) error {
	if len(t.args) != 2 || string(t.args[0]) != "checkpoint" {
		return errors.New("another call")
	}
	said, err := canonical(t.args[1], "channel", "first", "hash", "last", "root")
	if err != nil {
		return err
	}
	var number int64
	if _, err := fmt.Sscanf(inside(name), "%d", &number); err != nil {
		return err
	}
	hash, _, ok := r.hashOf(number, true)
	leaf := print(object{"channel": said["channel"], "hash": hash, "number": number})
	root, led := climb([]byte(leaf), number-m.number("first"), m.number("last")-m.number("first")+1, m.texts("path"))
	text := string(t.args[1])
	wrote := []write{{r.pointKey(m), text}, {"v1/checkpoint/" + m.text("channel") + "/newest", text}}
	return must(ok && led && root == said.text("root") && slices.Equal(t.writes, wrote) && said.text("channel") == r.trust.text("channel") &&
		m["channel"] == said["channel"] && m["first"] == said["first"] && m["last"] == said["last"] && m["v"] == int64(1) &&
		m.text("imprint_channel") == r.trust.object("imprint").text("channel") && (number != m.number("last") || said.text("hash") == hash), "no checkpoint of this block")
}
