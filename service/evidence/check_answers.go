package evidence

import (
	"bytes"
	"slices"
	"time"
)

// answers compares what the search told with what the ledger held at its
// block, as proven: each asset, each pledge in force on it, no more, no fewer.
func (c *checker) answers() {
	s := c.search
	if s == nil {
		return
	}
	then := c.valuesAt(s.asOf.Height)
	c.note(CheckAnswers, nameRecord, s.whole())
	for _, a := range s.assets {
		n, err := parseJSON(then[assetKey+a.id])
		if err != nil {
			c.note(CheckAnswers, nameRecord, faultf("assets", "%.40q is not on the ledger at block %d", a.id, s.asOf.Height))
			continue
		}
		c.note(CheckAnswers, nameRecord, firstOf(s.sameAsset(a, n), s.sameSketch(a, n), s.sameLiens(a, n, then), s.around(a, n)))
	}
}

// valuesAt is what the proven entries had written up to a block.
func (c *checker) valuesAt(height uint64) state {
	then := state{}
	then.put(c.initial)
	for _, cmd := range c.commands {
		if cmd.head.number <= height {
			then.put(cmd.writes)
		}
	}
	return then
}

// whole looks at the report by itself: does what it sums up follow from what
// it lists?
func (s *search) whole() error {
	for _, l := range s.liens {
		if !s.looked[l.asset] {
			return faultf("liens", "%.40q is on %.40q, which was not looked at", l.pledge, l.asset)
		}
	}
	if s.none != (s.complete && len(s.liens) == 0) {
		return faultf("none", "does not follow from what was found")
	}
	return firstOf(s.asked(), s.alike())
}

// asked compares the query with the answer.
func (s *search) asked() error {
	id := textIn(s.query, "asset_id")
	switch {
	case id == "" && s.seq != nil:
		return faultf("expected_seq", "is that of no asset")
	case id == "":
		return nil
	case len(s.assets) == 0 || s.assets[0].id != id:
		return faultf("assets", "the first is not the one asked for, %.40q", id)
	case s.seq == nil || *s.seq != s.assets[0].seq:
		return faultf("expected_seq", "is not that of %s", id)
	}
	return nil
}

func (s *search) sameAsset(a searchedAsset, n node) error {
	overlaps, _ := n.get("overlaps")
	disputed := textsIn(n, "disputed_with", "") != ""
	switch {
	case a.owner != textIn(n, "owner"):
		return faultf("assets.owner", "of %s is not the ledger's", a.id)
	case a.seq != numberIn(n, "seq"):
		return faultf("assets.expected_seq", "of %s is %d, the ledger has %d", a.id, a.seq, numberIn(n, "seq"))
	case a.disputed != disputed || a.frozen != s.frozen(n):
		return faultf("assets", "%s is told as not disputed or not frozen, or the other way about", a.id)
	case !bytes.Equal(appendJSON(nil, a.overlaps), appendJSON(nil, node{kind: '[', list: overlaps.list})):
		return faultf("assets.overlaps", "of %s are not the ledger's", a.id)
	case a.told("status") != "" && a.told("status") != textIn(n, "status") || a.told("objection") != textIn(n, "objection") && a.told("status") != "":
		return faultf("assets", "%s has another status or objection on the ledger", a.id)
	case a.via == "party" && a.owner != textIn(s.query, "party"):
		return faultf("assets.via", "%s is not of the party asked for", a.id)
	}
	return nil
}

// frozen says whether an order that freezes a record stands at the time of the
// search; one without an end always does.
func (s *search) frozen(n node) bool {
	orders, _ := n.get("frozen")
	return slices.ContainsFunc(orders.list, func(o node) bool {
		until := textIn(o, "until")
		return until == "" || !over(until, s.at)
	})
}

// over says whether a date (its first moment) or time of a record has come at a time.
func over(end, at string) bool {
	now, err := time.Parse(time.RFC3339Nano, at)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, bad := time.Parse(layout, end); bad == nil {
			return err == nil && !t.After(now)
		}
	}
	return false
}

// sameLiens wants the pledges in force on an asset, in their order of rank,
// to be those told: none left out, none added.
func (s *search) sameLiens(a searchedAsset, n node, then state) error {
	inForce, _ := n.get("in_force")
	told := s.on[a.id]
	if len(told) != len(inForce.list) {
		return faultf("liens", "%d are told on %s, %d are in force", len(told), a.id, len(inForce.list))
	}
	for i, l := range told {
		id := textIn(inForce.list[i], "pledge_id")
		if l.pledge != id || l.rank != int64(i+1) || l.via != a.via {
			return faultf("liens", "%.40q is told where %s has rank %d on %s", l.pledge, id, i+1, a.id)
		}
		if err := l.same(then); err != nil {
			return err
		}
	}
	return nil
}

// same compares each member that a search tells of a pledge with its record.
func (l lien) same(then state) error {
	n, err := parseJSON(then[pledgeKey+l.pledge])
	if err != nil {
		return faultf("liens", "no proven command wrote %.40q", l.pledge)
	}
	terms, _ := n.get("terms")
	for _, m := range []struct {
		in    node
		names []string
	}{{n, []string{"pledgee", "pledgor", "asset_id", "state", "seq", "perfection"}}, {terms, []string{"mode", "secured_max", "matures", "expires"}}} {
		for _, name := range m.names {
			told, ok := l.told.get(name)
			held, there := m.in.get(name)
			if !ok || !there || !bytes.Equal(appendJSON(nil, told), appendJSON(nil, held)) {
				return faultf("liens."+name, "of %s is not the ledger's", l.pledge)
			}
		}
	}
	return nil
}

// around wants a search that calls itself complete to have looked at what
// counts as one with an asset, or is known to share files with it.
func (s *search) around(a searchedAsset, n node) error {
	if !s.complete || a.via == "kin" || a.via == "file" || a.via == "content" {
		return nil
	}
	var near []string
	kin, _ := n.get("kin")
	for _, k := range kin.list {
		near = append(near, k.text)
	}
	for _, o := range a.overlaps.list {
		near = append(near, textIn(o, "asset_id"))
	}
	for _, id := range near {
		if !s.looked[id] {
			return faultf("complete", "%.40q, which shares content with %s, was not looked at", id, a.id)
		}
	}
	return nil
}

func numberIn(n node, name string) int64 {
	v, _ := n.get(name)
	return v.num
}
