package evidence

import (
	"fmt"
	"maps"
	"slices"
)

// past is what the proven entries left behind: the values, and on a
// consortium's channel the transaction that wrote each last.
type past struct {
	values  state
	settled map[string]version // before the transaction at hand
	here    map[string]bool    // written earlier in the transaction at hand
	at      version
}

func newPast(genesis proof, initial []write) *past {
	p := &past{state{}, map[string]version{}, map[string]bool{}, version{genesis.head.number, genesis.tx, true}}
	p.values.put(initial)
	for _, w := range initial {
		p.here[w.key] = true
	}
	return p
}

// reach comes to a command: what an earlier transaction wrote is settled then.
func (p *past) reach(cmd command) {
	at := version{cmd.head.number, cmd.tx, true}
	if at == p.at {
		return
	}
	for key := range p.here {
		p.settled[key] = p.at
	}
	clear(p.here)
	p.at = at
}

func (p *past) wrote(cmd command) {
	p.values.put(cmd.writes)
	for _, w := range cmd.writes {
		p.here[w.key] = true
	}
}

// versions notes whether the endorsers, when they executed a command, read
// each key that the rules look up from the very transaction that the package
// proves to have written it last. So a command that was left out in between
// is found, by what several members signed.
func (c *checker) versions(p *past, cmd command, looked map[string]bool) {
	if cmd.in == nil {
		return
	}
	c.note(CheckVersions, cmd.file, c.sameVersions(p, cmd, slices.Sorted(maps.Keys(looked))))
}

func (c *checker) sameVersions(p *past, cmd command, looked []string) error {
	e, err := readEffects(cmd.in.rwset, c.trust.Chaincode)
	if err != nil {
		return err
	}
	for _, key := range looked {
		found, ok := e.versionOf(key)
		switch want := p.settled[key]; {
		case !ok && !p.here[key]:
			return faultf("rwset.reads", "%.200q was not looked up, which the rules demand", key)
		case ok && found != want:
			return faultf("rwset.reads", "%.200q was read as of %s, the package proves %s: a command is left out", key, found, want)
		}
	}
	return nil
}

func (v version) String() string {
	if !v.present {
		return "absent"
	}
	return fmt.Sprintf("block %d transaction %d", v.block, v.tx)
}

// unread notes whether the genesis found an empty channel: so it is the first.
func unread(e effects) error {
	i := slices.IndexFunc(e.reads, func(r read) bool { return r.present })
	if i >= 0 {
		return faultf("rwset.reads", "%.200q was there before the genesis", e.reads[i].key)
	}
	if _, ok := e.versionOf(channelKey); !ok {
		return faultf("rwset.reads", "%q was not looked up", channelKey)
	}
	return nil
}

// readFounding starts the register from the transaction that began the ledger:
// the members agreed on it, each comparing it with its own copy.
func (c *checker) readFounding(p place, t *committed, at proof) {
	c.genesis = at
	if t.function() != "genesis" || len(t.args) != 2 || p.index != 0 {
		c.note(CheckInclusion, p.file, faultf("index", "the transaction calls %.40q, not the genesis", t.function()))
		return
	}
	c.pass(CheckInclusion)
	c.note(CheckVersions, p.file, unread(t.effects))
	n, err := parseJSON(t.args[1])
	if err != nil {
		c.note(CheckGenesis, p.file, faultf("args", "%v", err))
		return
	}
	c.note(CheckGenesis, p.file, firstOf(c.found(n, t.effects.writes), c.sameMembers()))
	c.attested(p, t, channelKey)
}

// sameMembers wants the parties that the ledger started with to be the
// institutions of the trust file, in the same roles.
func (c *checker) sameMembers() error {
	for _, m := range c.trust.Members {
		p := c.register[m.Party]
		if p == nil || len(p.roles) != len(m.Roles) {
			return faultf("genesis.members", "%.80q of the trust file is not there, or in other roles", m.Party)
		}
		for _, role := range m.Roles {
			if !p.roles[role] {
				return faultf("genesis.members", "%.80q does not have the role %.40q there", m.Party, role)
			}
		}
	}
	if len(c.register) != len(c.trust.Members) {
		return faultf("genesis.members", "are %d, the trust file has %d", len(c.register), len(c.trust.Members))
	}
	return nil
}
