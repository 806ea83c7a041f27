package evidence

import (
	"slices"
)

// configuration is what a config block says about the channel.
type configuration struct {
	sequence   uint64
	members    []configuredMember
	consenters []configuredConsenter
}

type configuredMember struct {
	msp            string
	roots, between [][]byte
	peerOU         string
}

type configuredConsenter struct {
	id   uint64
	msp  string
	cert []byte
}

// isConfig says whether the block holds a configuration instead of
// transactions, and of which channel.
func (b *block) isConfig() (channel string, ok bool) {
	if len(b.txs) != 1 {
		return "", false
	}
	t, err := parseTransaction(b.txs[0])
	return t.channel, err == nil && t.kind == typeConfig
}

// configuration reads the common.ConfigEnvelope of a config block.
func (b *block) configuration() (configuration, error) {
	var c configuration
	t, err := parseTransaction(b.txs[0])
	if err != nil {
		return c, err
	}
	var envelope, config, group []byte
	err = scan(t.payload, bytesOf(2, &envelope))
	if err == nil {
		err = scan(envelope, bytesOf(1, &config))
	}
	if err == nil {
		err = scan(config, number(1, &c.sequence), bytesOf(2, &group))
	}
	if err == nil {
		err = c.read(group)
	}
	return c, asFault("config", err)
}

// Fields of a common.ConfigGroup.
const (
	groupGroups = 2
	groupValues = 3
)

func (c *configuration) read(channel []byte) error {
	ordering, err := entryOf(channel, groupGroups, "Orderer")
	if err != nil {
		return err
	}
	orderers, err := valueOf(ordering, "Orderers")
	if err != nil {
		return err
	}
	if err := scan(orderers, each(1, c.addConsenter)); err != nil {
		return err
	}
	application, err := entryOf(channel, groupGroups, "Application")
	if err != nil {
		return err
	}
	return entries(application, groupGroups, func(_ string, organization []byte) error {
		return c.addMember(organization)
	})
}

func (c *configuration) addConsenter(raw []byte) error {
	var k configuredConsenter
	if err := scan(raw, number(1, &k.id), textOf(4, &k.msp), bytesOf(5, &k.cert)); err != nil {
		return err
	}
	if len(c.consenters) == maxSignatures {
		return faultf("config.consenters", "are more than %d", maxSignatures)
	}
	c.consenters = append(c.consenters, k)
	return nil
}

// addMember reads an organization's msp.FabricMSPConfig.
func (c *configuration) addMember(organization []byte) error {
	value, err := valueOf(organization, "MSP")
	if err != nil {
		return err
	}
	var m configuredMember
	var config, nodes, peer []byte
	if err := scan(value, bytesOf(2, &config)); err != nil {
		return err
	}
	err = scan(config, textOf(1, &m.msp), each(2, appendTo(&m.roots)), each(3, appendTo(&m.between)), bytesOf(11, &nodes))
	if err != nil {
		return err
	}
	var enabled uint64
	if err := scan(nodes, number(1, &enabled), bytesOf(3, &peer)); err != nil {
		return err
	}
	if enabled != 0 {
		err = scan(peer, textOf(2, &m.peerOU))
	}
	if slices.ContainsFunc(c.members, func(o configuredMember) bool { return o.msp == m.msp }) || len(c.members) == maxMembers {
		return faultf("config.members", "%.80q stands twice, or there are over %d", m.msp, maxMembers)
	}
	c.members = append(c.members, m)
	return err
}

func appendTo(list *[][]byte) func([]byte) error {
	return func(b []byte) error { *list = append(*list, b); return nil }
}

// entries calls fn for each entry of a map field of a group.
func entries(group []byte, field uint64, fn func(name string, value []byte) error) error {
	return scan(group, each(field, func(raw []byte) error {
		var name string
		var value []byte
		if err := scan(raw, textOf(1, &name), bytesOf(2, &value)); err != nil {
			return err
		}
		return fn(name, value)
	}))
}

func entryOf(group []byte, field uint64, want string) (found []byte, err error) {
	n := 0
	err = entries(group, field, func(name string, value []byte) error {
		if name == want {
			found = value
			n++
		}
		return nil
	})
	if err == nil && n != 1 {
		err = faultf("config."+want, "stands there %d times", n)
	}
	return found, err
}

// valueOf is the content of a common.ConfigValue of a group.
func valueOf(group []byte, name string) (content []byte, err error) {
	value, err := entryOf(group, groupValues, name)
	if err == nil {
		err = scan(value, bytesOf(2, &content))
	}
	return content, err
}
