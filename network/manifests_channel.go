package network

import (
	"bytes"
	"fmt"
	"regexp"
)

// consenterHost is where configtx.yaml says that consenters are reached.
var consenterHost = regexp.MustCompile(`Host: 127\.0\.0\.1(\s+Port: )([0-9]+)\b`)

// channelInputs are what prepare.sh gives to cryptogen and configtxgen: the
// same as for a network of processes, but that in containers each node has
// the host name that the consortium gives it.
func channelInputs(c Consortium) (map[string][]byte, error) {
	out, err := layout{Consortium: c}.material()
	if err != nil {
		return nil, err
	}
	out["node-ous.yaml"] = []byte(nodeOUs)
	out["configtx.yaml"], err = c.named(out["configtx.yaml"])
	return out, err
}

// named puts the orderers' names in place of this machine.
func (c Consortium) named(text []byte) ([]byte, error) {
	hosts := map[string]string{}
	for _, m := range c.consenters() {
		o := m.Orderer
		hosts[fmt.Sprint(o.Port)] = o.Host
		text = bytes.ReplaceAll(text, []byte(`"`+local(o.Port)+`"`), []byte(`"`+address(o.Host, o.Port)+`"`))
	}
	text = consenterHost.ReplaceAllFunc(text, func(found []byte) []byte {
		part := consenterHost.FindSubmatch(found)
		return []byte("Host: " + hosts[string(part[2])] + string(part[1]) + string(part[2]))
	})
	if bytes.Contains(text, []byte("127.0.0.1")) {
		return nil, fmt.Errorf("configtx.yaml still names this machine: %s", text)
	}
	return text, nil
}
