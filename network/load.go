package network

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"

	"github.com/datapledge/datapledge/pledge"
)

//go:embed consortium.json
var defaultConsortium []byte

// Default is the consortium that ships: six made-up members on one machine.
func Default() (Consortium, error) { return parse(defaultConsortium) }

// Load reads and checks a consortium.json.
func Load(path string) (Consortium, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Consortium{}, fmt.Errorf("reading the consortium: %w", err)
	}
	c, err := parse(data)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// parse is strict: a typo in a policy's name must not leave it empty.
func parse(data []byte) (Consortium, error) {
	var c Consortium
	if err := pledge.StrictUnmarshal(data, &c); err != nil {
		return c, err
	}
	return c, c.Check()
}

// text is how a consortium is written to a network's folder.
func (c Consortium) text() ([]byte, error) {
	data, err := json.MarshalIndent(c, "", "  ")
	return append(data, '\n'), err
}

// Shifted is the same consortium with all ports moved, so that several run
// on one machine.
func (c Consortium) Shifted(offset int) Consortium {
	members := make([]Member, len(c.Members))
	for i, m := range c.Members {
		p := m.Peer
		m.Peer = Peer{p.Host, p.Port + offset, p.Operations + offset, p.Chaincode + offset}
		if o := m.Orderer; o != nil {
			m.Orderer = &Orderer{o.Host, o.Port + offset, o.Admin + offset, o.Operations + offset}
		}
		members[i] = m
	}
	c.Members = members
	c.Storage.Port += offset
	return c
}

// Member is the one with that role.
func (c Consortium) Member(role pledge.Role) (Member, bool) {
	for _, m := range c.Members {
		if m.Role == role {
			return m, true
		}
	}
	return Member{}, false
}

// consenters are the members that run an orderer.
func (c Consortium) consenters() []Member {
	var list []Member
	for _, m := range c.Members {
		if m.Orderer != nil {
			list = append(list, m)
		}
	}
	return list
}

// port is one address that a node listens on.
type port struct {
	node, use string
	number    int
}

// ports are all that the consortium's nodes listen on, in a fixed order.
func (c Consortium) ports() []port {
	var list []port
	for _, m := range c.Members {
		r := string(m.Role)
		list = append(list, port{"peer." + r, "peer", m.Peer.Port}, port{"peer." + r, "operations", m.Peer.Operations},
			port{"chaincode." + r, "chaincode", m.Peer.Chaincode})
		if o := m.Orderer; o != nil {
			list = append(list, port{"orderer." + r, "orderer", o.Port}, port{"orderer." + r, "admin", o.Admin},
				port{"orderer." + r, "operations", o.Operations})
		}
	}
	return append(list, port{s3Name, "storage", c.Storage.Port})
}
