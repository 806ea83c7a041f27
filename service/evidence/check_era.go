package evidence

import (
	"bytes"
	"slices"
)

// era is the consortium under one configuration of the channel: who signs
// the blocks after it, and whose certificates are whose.
type era struct {
	from       uint64 // number of the config block
	sequence   uint64
	policy     policy
	consenters []consenter
	members    *institutions
}

func (e *era) addConsenter(id uint64, msp string, data []byte) error {
	cert, err := parseCertificate(data)
	if err != nil {
		return faultf("consenters", "the certificate of consenter %d: %v", id, err)
	}
	who := consenter{id, msp, &identity{cert}}
	if slices.ContainsFunc(e.consenters, func(c consenter) bool { return c.id == id || c.identity.same(who.identity) }) {
		return faultf("consenters", "consenter %d stands twice", id)
	}
	e.consenters = append(e.consenters, who)
	return nil
}

func (e *era) enough() error {
	if n := len(e.consenters); n == 0 || n > maxSignatures {
		return faultf("consenters", "are %d", n)
	}
	return nil
}

// founds says whether block 0 is what the trust file was made of: the same
// consenters, and the same authorities for the same members.
func (e *era) founds(c configuration) error {
	now, err := e.next(c, 0)
	if err != nil {
		return err
	}
	e.sequence = c.sequence
	for _, k := range e.consenters {
		if !slices.ContainsFunc(now.consenters, func(o consenter) bool { return o.id == k.id && o.msp == k.msp && o.identity.same(k.identity) }) {
			return faultf("config.consenters", "consenter %d of %.80q is not that of the trust file", k.id, k.msp)
		}
	}
	if len(now.consenters) != len(e.consenters) || len(now.members.members) != len(e.members.members) || len(c.members) != len(e.members.members) {
		return faultf("config", "has other consenters or members than the trust file")
	}
	for name, m := range e.members.members {
		o := now.members.members[name]
		if o == nil || o.PeerOU != m.PeerOU || !m.roots.Equal(o.roots) || !m.between.Equal(o.between) {
			return faultf("config.members", "%.80q is not as in the trust file", name)
		}
	}
	return nil
}

// next is the era that a later configuration begins. Who is behind an MSP is
// the trust file's word: members that it does not name do not count.
func (e *era) next(c configuration, from uint64) (*era, error) {
	n := &era{from: from, sequence: c.sequence, policy: e.policy, members: &institutions{map[string]*member{}, map[string]*known{}}}
	for _, k := range c.consenters {
		if err := n.addConsenter(k.id, k.msp, k.cert); err != nil {
			return nil, err
		}
	}
	for _, m := range c.members {
		named := e.members.members[m.msp]
		if named == nil {
			continue
		}
		t := named.TrustMember
		t.PeerOU, t.Roots, t.Intermediates = m.peerOU, texts(m.roots), texts(m.between)
		known, err := t.member()
		if err != nil {
			return nil, err
		}
		n.members.members[m.msp] = known
	}
	return n, n.enough()
}

// readEras follows the configurations of the package from the trusted block 0:
// each is signed by the consenters of the one before, and none is left out.
func (c *checker) readEras(blocks []*block) {
	for _, b := range blocks {
		channel, ok := b.isConfig()
		if !ok {
			continue
		}
		e, err := c.era(b, channel)
		if c.note(CheckGenesis, b.file, err) {
			c.eras = append(c.eras, e)
		}
	}
	if len(c.eras) == 0 {
		c.note(CheckGenesis, blockName(0), faultf("", "is missing, or is no configuration"))
	}
}

func (c *checker) era(b *block, channel string) (*era, error) {
	if channel != c.trust.Channel {
		return nil, faultf("config.channel", "is %.80q", channel)
	}
	config, err := b.configuration()
	if err != nil {
		return nil, err
	}
	if len(c.eras) == 0 {
		if b.number != 0 || len(bytes.TrimLeft(b.prev, "\x00")) > 0 || b.hash != c.trust.GenesisHash {
			return nil, faultf("header", "block %d has the hash %s, trusted is %.64s for block 0", b.number, b.hash, c.trust.GenesisHash)
		}
		return c.founding, c.founding.founds(config)
	}
	before := c.eras[len(c.eras)-1]
	if config.sequence != before.sequence+1 || b.lastConfig != b.number {
		return nil, faultf("config.sequence", "%d in block %d does not follow %d", config.sequence, b.number, before.sequence)
	}
	return before.next(config, b.number)
}

// eraOf is the era that governs a block: that of the newest config block
// before it. Config blocks are governed by the one that they replace.
func (c *checker) eraOf(number uint64) *era {
	for _, e := range slices.Backward(c.eras) {
		if e.from < number {
			return e
		}
	}
	return nil
}
