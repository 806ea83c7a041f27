package pledge_test

import (
	"bytes"
	"hash/maphash"
	"regexp"

	"github.com/datapledge/datapledge/pledge"
)

// wide is how many keys a small configuration may write.
const wide = 64

// point is a state of a configuration: the clock's reading and, of each key
// that a command may write, which of its values stands there (0: none). Equal
// points are byte for byte equal ledgers.
type point struct {
	tick uint16
	at   [wide]uint16
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// name is 16 bytes that no other point has, but for a chance of one in 10^26.
func (p *point) name() [2]uint64 {
	return [2]uint64{maphash.Comparable(seeds[0], *p), maphash.Comparable(seeds[1], *p)}
}

// cell is a key with all values that it has had in any state so far.
type cell struct {
	key, kind, id string
	ids           map[string]uint16
	values        []*value
}

// value is one of them: read once, checked once, shared by many states.
type value struct {
	raw    []byte
	rec    any
	stamps []int // the cells of the commands that it names
}

var commandIDs = regexp.MustCompile(`cmd_[0-9a-f]{64}`)

// cell finds the place of a key in a point.
func (x *explorer) cell(key string) int {
	i, ok := x.index[key]
	if ok {
		return i
	}
	i = len(x.cells)
	if i == wide {
		x.t.Fatalf("more than %d keys", wide)
	}
	kind, id, _ := pledge.ParseKey(key)
	x.cells = append(x.cells, &cell{key: key, kind: kind, id: id, ids: map[string]uint16{}, values: []*value{{}}})
	x.index[key] = i
	return i
}

// intern gives a value its number within its cell.
func (x *explorer) intern(i int, raw []byte) uint16 {
	c := x.cells[i]
	if len(raw) == 0 {
		return 0
	}
	if n, ok := c.ids[string(raw)]; ok {
		return n
	}
	n := uint16(len(c.values))
	if n == 0 {
		x.t.Fatalf("%s has too many values", c.key)
	}
	c.ids[string(raw)] = n
	c.values = append(c.values, x.read(c, raw))
	return n
}

func (x *explorer) read(c *cell, raw []byte) *value {
	v := &value{raw: bytes.Clone(raw)}
	switch c.kind {
	case "asset":
		a := must(pledge.DecodeAsset(raw))
		v.rec = &a
		x.once(v, a, x.assetAlone(&a))
	case "pledge":
		p := must(pledge.DecodePledge(raw))
		v.rec = &p
		x.once(v, p, x.pledgeAlone(&p))
	case "party":
		r := must(pledge.DecodeParty(raw))
		v.rec = &r
	case "command":
		r := must(pledge.DecodeCommand(raw))
		v.rec = &r
	}
	return v
}

// once checks what a record says by itself, and finds the commands it names.
func (x *explorer) once(v *value, rec any, err error) {
	if again := must(pledge.CanonicalJSON(rec)); !bytes.Equal(again, v.raw) {
		x.fail("%s\nprints as\n%s", v.raw, again)
	}
	if err != nil {
		x.fail("%v: %s", err, v.raw)
	}
	for _, id := range commandIDs.FindAllString(string(v.raw), -1) {
		if x.m.before[id] {
			continue
		}
		i, ok := x.commands[id]
		if !ok {
			x.fail("nobody signed %s, which is named by %s", id, v.raw)
		}
		v.stamps = append(v.stamps, i)
	}
}

func (x *explorer) value(p *point, i int) *value { return x.cells[i].values[p.at[i]] }

func (x *explorer) asset(p *point, id string) *pledge.Asset {
	i, ok := x.index[pledge.KeyAsset(id)]
	if !ok || p.at[i] == 0 {
		return nil
	}
	return x.value(p, i).rec.(*pledge.Asset)
}

func (x *explorer) pledge(p *point, id string) *pledge.Pledge {
	i, ok := x.index[pledge.KeyPledge(id)]
	if !ok || p.at[i] == 0 {
		return nil
	}
	return x.value(p, i).rec.(*pledge.Pledge)
}
