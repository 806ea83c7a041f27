package evidence_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/anchor"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// stamps are vectors of time stamps. A vector may trust one root more than its
// trust file: that of the authority that it is about.
func (m *maker) stamps() {
	m.fresh("stamps", func(t *testing.T) {
		s := newStamped(t)
		m.trusts["stamped"] = indented(t, s.trust())
		m.base("solo-stamped", s.small(), "stamped")
		m.add("stands", "solo-stamped", "solo", "time stamps, and nobody who is trusted for them", s.small(), "")
		m.add("stands", "solo-stamped", "stamped", "no time stamps", s.write(s.owner.party), "")
	})
	for _, name := range slices.Sorted(maps.Keys(stampAttacks)) {
		if name == tooLong {
			continue // it would be longer than all others
		}
		m.fresh(name, func(t *testing.T) {
			s := newStamped(t)
			f := unpack(t, s.small())
			stampAttacks[name](t, s, f)
			m.add("stamps", "solo-stamped", "stamped", "a time stamp: "+name, f.pack(t, s.exchange), evidence.CheckTimeStamps)
		})
	}
	m.waysOfStamps()
	m.tokens()
	m.stampsOnChannel()
}

// waysOfStamps are about who is believed.
func (m *maker) waysOfStamps() {
	for _, name := range slices.Sorted(maps.Keys(wayCases)) {
		m.fresh(name, func(t *testing.T) {
			s := newStamped(t)
			token, root := wayCases[name].make(t, s.run.Root())
			m.stamp(t, s, "an authority: "+name, token, pemOf(root), wayCases[name].worth == wrong)
		})
	}
}

// tokens are all that a verifier must tell apart. One that leads to another
// root than the trusted one is not judged.
func (m *maker) tokens() {
	for _, c := range stamptest.Cases {
		m.fresh(c.Name, func(t *testing.T) {
			s := newStamped(t)
			token, a := c.Make(t, s.run.Root())
			m.stamp(t, s, "a token: "+c.Name, token, a.RootPEM(), !c.Holds && c.Name != "another root")
		})
	}
}

func (m *maker) stamp(t *testing.T, s *stamped, name string, token []byte, root string, wrong bool) {
	t.Helper()
	f := unpack(t, s.small())
	s.tokenIn(t, f, token)
	group, want := "stands", ""
	if wrong {
		group, want = "stamps", evidence.CheckTimeStamps
	}
	quoted, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	m.take(group, vector{Name: name, Base: "solo-stamped", Trust: "stamped", Pieces: piecesOf(m.bases["solo-stamped"], f.pack(t, s.exchange)),
		Edits: &[2]string{`"timestamp_roots": [`, `"timestamp_roots": [` + string(quoted) + `,`}}, want)
}

// stampedChannel is a channel all of whose blocks are under one time stamp.
func stampedChannel(t *testing.T) (*channel, *stamped) {
	t.Helper()
	c := newChannel(t)
	s := &stamped{story: c.story, authority: stamptest.New(t, stamptest.ECDSA(t), nil), run: anchor.New("pledge"), at: notarized}
	for n := range c.blocks {
		if err := s.run.Add(uint64(n), c.hash(n)); err != nil {
			t.Fatal(err)
		}
	}
	s.token = s.authority.Stamp(t, s.run.Root(), nil)
	return c, s
}

func (m *maker) stampsOnChannel() {
	build := func(t *testing.T) (*channel, *stamped, []byte) {
		c, s := stampedChannel(t)
		src := c.source()
		src.Beside = []evidence.Beside{s}
		data, err := src.Build(t.Context(), c.asset)
		if err != nil {
			t.Fatal(err)
		}
		return c, s, data
	}
	m.fresh("stamps on a channel", func(t *testing.T) {
		c, s, data := build(t)
		trust := c.trust()
		trust.TimeStampRoots = []string{s.authority.RootPEM()}
		m.trusts["channel-stamped"] = indented(t, trust)
		m.base("channel-stamped", data, "channel-stamped")
		m.add("stands", "channel-stamped", "channel", "time stamps of a channel, and nobody who is trusted for them", data, "")
	})
	for _, name := range []string{"another channel", "another range", "another path", "of another block", "of a block not here", "a token over another root", "a token cut off", "a time that moved, unsigned"} {
		m.fresh(name, func(t *testing.T) {
			c, s, data := build(t)
			f := unpack(t, data)
			stampAttacks[name](t, s, f)
			m.add("stamps", "channel-stamped", "channel-stamped", "a time stamp on a channel: "+name, f.pack(t, c.exchange), evidence.CheckTimeStamps)
		})
	}
}

// rotated are packages made after every authority and consenter of a channel
// had been replaced: what took effect before is attested by those of today.
func (m *maker) rotated() {
	m.fresh("rotated", func(t *testing.T) {
		c := newChannel(t)
		c.replaceCertificates(2)
		m.base("channel-rotated", c.build(c.asset), "channel")
		at := blockFile(len(c.cuts) - 1)
		f := unpack(t, m.bases["channel-rotated"])
		if f[at] == nil {
			t.Fatal("the package has not the configuration")
		}
		delete(f, at)
		m.add("channel", "channel-rotated", "channel", "attested by authorities whose configuration was left out", f.pack(t, c.exchange), evidence.CheckAttested)
	})
	for name, change := range map[string]func(c *channel){
		"attested by authorities that no configuration names": func(c *channel) {
			for i, o := range c.orgs {
				c.orgs[i] = newOrg(c.t, o.role, o.party, o.msp)
			}
		},
		"attested by authorities whose configuration nobody signed": func(c *channel) {
			c.cuts[len(c.cuts)-1].signers = nil
			c.seal()
		},
		"attested by authorities whose configuration they signed themselves": func(c *channel) {
			c.cuts[len(c.cuts)-1].signers = c.consenters()
			c.seal()
		},
	} {
		m.fresh(name, func(t *testing.T) {
			c := newChannel(t)
			c.replaceCertificates(2)
			change(c)
			want := evidence.CheckBlockSignatures
			if strings.Contains(name, "no configuration") {
				want = evidence.CheckAttested
			}
			m.add("channel", "channel-rotated", "channel", name, c.build(c.asset), want)
		})
	}
}
