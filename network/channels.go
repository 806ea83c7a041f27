package network

import (
	"fmt"
	"slices"
)

// channel is one of the consortium's channels, and who is on it.
type channel struct {
	Name      string
	Chaincode string // the definition's name
	Members   []Member
	Policies  Policies
	file      string // of its first block, in the network's folder
}

// home is where the commands are.
func (c Consortium) home() channel {
	return channel{c.Channel, c.Chaincode.Name, c.Members, c.Policies, "genesis.block"}
}

// channels are home, and the one of checkpoints when there is one.
func (c Consortium) channels() []channel {
	list := []channel{c.home()}
	if i := c.Imprint; i != nil {
		list = append(list, channel{i.Channel, i.Chaincode, c.imprinters(), i.Policies, i.Channel + ".block"})
	}
	return list
}

// imprinters are the members of the second channel, in the consortium's order.
func (c Consortium) imprinters() []Member {
	return slices.DeleteFunc(slices.Clone(c.Members), func(m Member) bool { return !c.imprints(m) })
}

// imprints tells whether a member is on the second channel. Its chaincode then
// reads the blocks of the first at its own peer, to compare checkpoints.
func (c Consortium) imprints(m Member) bool {
	return c.Imprint != nil && slices.Contains(c.Imprint.Members, m.Role)
}

// ChannelsOf are those that a member's peer joins.
func (c Consortium) ChannelsOf(m Member) []channel {
	return slices.DeleteFunc(c.channels(), func(ch channel) bool {
		return !slices.ContainsFunc(ch.Members, func(one Member) bool { return one.Role == m.Role })
	})
}

// rule is who must endorse on the channel, in Fabric's language.
func (ch channel) rule() (string, error) {
	p, err := parsePolicy(ch.Policies.Endorsement, ch.Members)
	return p.rule(), err
}

func (f *faults) imprint(c Consortium) {
	i := c.Imprint
	if i == nil {
		return
	}
	f.unless(channelForm.MatchString(i.Channel) && i.Channel != c.Channel && i.Channel != "genesis",
		"imprint.channel: %q must be another one than %q, begin with a letter and have only a-z, 0-9, . and -", i.Channel, c.Channel)
	f.unless(nameForm.MatchString(i.Chaincode), "imprint.chaincode: %q must have only letters, digits, and single - or _ between them", i.Chaincode)
	f.unless(len(i.Members) >= 2, "imprint.members: %d; fewer than two hold no one to anything", len(i.Members))
	seen := map[string]string{}
	for n, role := range i.Members {
		at := fmt.Sprintf("imprint.members[%d]", n)
		_, known := c.Member(role)
		f.unless(known, "%s: %q is no member's role", at, role)
		f.once(seen, at, "role "+string(role))
	}
	f.words("imprint.policies", i.Policies, c.imprinters())
}
