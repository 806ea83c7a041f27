package pledge_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// quorum is who signs: place is the signer's, -1 where it has none.
type quorum struct {
	parties []string
	place   int
}

// quorums are those that a party sits in; the first, without a seat for it,
// when there is none.
func quorums(signers, party string) (list []quorum) {
	all := strings.Split(signers, " | ")
	for i, q := range all {
		if parties := strings.Fields(q); slices.Contains(parties, party) {
			list = append(list, quorum{parties, i})
		}
	}
	if list == nil {
		first := strings.Fields(all[0])
		list = append(list, quorum{first[:len(first)-1], -1})
	}
	return list
}

// trial is one attempt.
type trial struct {
	*scene
	f          circumstance
	l          line
	state, can string
	by         string
	q          quorum
	act        pledge.Act
	digest     string
	// seen are the records of the scene by who else has signed.
	seen map[string]map[string][]byte
}

func (m *matrix) cell(t *testing.T, c *trial, command *pledge.Command) {
	others := slices.DeleteFunc(slices.Clone(c.q.parties), func(p string) bool { return p == c.by })
	m.try(t, c, command, others)
	if len(others) > 0 {
		m.try(t, c, command, nil)
	}
}

// next is where the act leads from the state; ok is false when it does not go there.
func (c *trial) next() (string, bool) {
	for _, word := range strings.Fields(c.can) {
		act, to, moved := strings.Cut(word, ">")
		if act != c.l.act {
			continue
		}
		if !moved {
			return c.state, true
		}
		list := strings.Split(to, "/")
		return list[min(max(c.q.place, 0), len(list)-1)], true
	}
	return "", false
}

// stopped is the code with which the circumstance stops the act.
func (c *trial) stopped(others []string) pledge.Code {
	for _, code := range slices.Sorted(maps.Keys(c.f.stops)) {
		for _, word := range strings.Fields(c.f.stops[code]) {
			if word == c.l.clause || word == c.l.act || word == c.l.act+"@"+c.by || word == "others" && len(others) > 0 {
				return code
			}
		}
	}
	return ""
}

func (m *matrix) try(t *testing.T, c *trial, command *pledge.Command, others []string) {
	m.cells.Add(1)
	st := &stage{c.st.kv, c.with(others), map[string][]byte{}}
	rs, err := pledge.Apply(st, c.tx(), []*pledge.Command{command})
	if err != nil {
		t.Fatalf("fault: %v", err)
	}
	got := rs[0].Outcome
	next, possible := c.next()
	stopped := c.stopped(others)
	where := where{c, others, got}
	switch {
	case got.Code != "" && (len(st.written) > 0 || len(rs[0].Writes) > 0):
		t.Errorf("%s, and it wrote", where)
	case c.q.place < 0:
		if got.Code != pledge.WrongRole && got.Code != pledge.NotOwner && (possible || got.Code != pledge.WrongState) {
			t.Errorf("%s; has no say", where)
		}
	case !possible && got.Code != pledge.WrongState:
		t.Errorf("%s; not possible there", where)
	case possible && got.Code != stopped:
		t.Errorf("%s; want %s", where, orApplied(stopped))
	case possible && stopped == "":
		m.effect(t, c, st, others, where, next)
	}
}

// where says which attempt it was, and what came of it.
type where struct {
	*trial
	others []string
	got    pledge.Outcome
}

func (w where) String() string {
	return fmt.Sprintf("%s by %s beside %v in %s, %s: %s %s", w.l.act, w.by, w.others, w.state, w.f.name, orApplied(w.got.Code), w.got.Detail)
}

// effect: complete, the act took effect; else the signature is kept, and
// nothing else changed.
func (m *matrix) effect(t *testing.T, c *trial, st *stage, others []string, at where, next string) {
	if len(others) == len(c.q.parties)-1 {
		m.applied.Add(1)
		if got := m.after(st); got.state != next || got.agreed != nil {
			t.Errorf("%s: now %s, waiting %v; want %s", at, got.state, got.agreed, next)
		}
		return
	}
	m.waiting.Add(1)
	got := m.after(st)
	if got.state != c.state || len(got.agreed) != 1 || got.agreed[0].Act != c.act || got.agreed[0].Digest != c.digest ||
		len(got.agreed[0].Signed) != 1 || got.agreed[0].Signed[0].By != c.cast[c.by].uscc {
		t.Errorf("%s: now %s, waiting %v", at, got.state, got.agreed)
	}
	if len(st.written) != 2 || !bytes.Equal(m.without(st.written[m.key()]), m.without(c.with(nil)[m.key()])) {
		t.Errorf("%s, and more than the agreements changed", at)
	}
}

type outcome struct {
	state  string
	agreed []pledge.Agreement
}

func (m *matrix) key() string {
	if m.ofAsset {
		return pledge.KeyAsset(m.scene.a.ID)
	}
	return pledge.KeyPledge(m.scene.p.ID)
}

func (m *matrix) after(st *stage) outcome {
	raw := must(st.Get(m.key()))
	if m.ofAsset {
		a := must(pledge.DecodeAsset(raw))
		return outcome{a.Status, a.Agreements}
	}
	p := must(pledge.DecodePledge(raw))
	return outcome{p.State, p.Agreements}
}

// without prints a record as it would be but for a signature.
func (m *matrix) without(raw []byte) []byte {
	if m.ofAsset {
		a := must(pledge.DecodeAsset(raw))
		a.V, a.Agreements, a.UpdatedAt = 0, nil, ""
		return must(pledge.CanonicalJSON(a))
	}
	p := must(pledge.DecodePledge(raw))
	p.V, p.Agreements, p.UpdatedAt = 0, nil, ""
	return must(pledge.CanonicalJSON(p))
}

// with are the records of the scene once others have signed the act.
func (c *trial) with(others []string) map[string][]byte {
	key := strings.Join(others, " ")
	if c.seen[key] == nil {
		c.seen[key] = c.signedBy(others).records()
	}
	return c.seen[key]
}

func (c *trial) signedBy(others []string) *scene {
	s := c.scene.copy()
	a := pledge.Agreement{Act: c.act, Digest: c.digest}
	for _, o := range others {
		a.Signed = append(a.Signed, pledge.Stamp{Command: "cmd_" + sha(o), By: s.cast[o].uscc, At: s.ms(time.Duration(s.signed) * time.Second)})
	}
	switch {
	case len(others) == 0:
	case s.ofAsset:
		s.a.Agreements = []pledge.Agreement{a}
	default:
		s.p.Agreements = []pledge.Agreement{a}
	}
	return s
}
