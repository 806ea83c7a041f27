package network

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// composed is what the tests look at in compose.yaml.
type composed struct {
	Services map[string]service
	Volumes  map[string]any
	Networks map[string]any
}

type service struct {
	Image, Hostname string
	Ports           []string
	Environment     map[string]string
	Command         []string
	Networks        map[string]struct{ Aliases []string }
	Volumes         []struct {
		Type, Source, Target string
		ReadOnly             bool `yaml:"read_only"`
	}
}

func compose(t *testing.T, files map[string][]byte) composed {
	t.Helper()
	var c composed
	if err := yaml.Unmarshal(files["compose.yaml"], &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) == 0 {
		t.Fatal("compose.yaml has no services")
	}
	return c
}

// wanted is written once more by hand: where each node is, and which of its
// ports a client needs on the machine itself.
type wanted struct {
	name, host, network string
	port                int
	published           []int
}

func nodesOf(c Consortium) []wanted {
	list := []wanted{{"s3", c.Storage.Host, "custody", c.Storage.Port, []int{c.Storage.Port}}}
	for _, m := range c.Members {
		role := string(m.Role)
		list = append(list, wanted{"peer." + role, m.Peer.Host, "consortium", m.Peer.Port, []int{m.Peer.Port}},
			wanted{"chaincode." + role, "chaincode." + m.Domain, "member." + role, m.Peer.Chaincode, nil})
		if o := m.Orderer; o != nil {
			list = append(list, wanted{"orderer." + role, o.Host, "consortium", o.Port, []int{o.Port, o.Admin}})
		}
	}
	return list
}

func TestComposeNodes(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	got := compose(t, manifests(t)).Services
	if len(got) != len(nodesOf(c)) {
		t.Errorf("%d services for %d nodes", len(got), len(nodesOf(c)))
	}
	for _, w := range nodesOf(c) {
		s := got[w.name]
		var ports []string
		for _, p := range w.published {
			ports = append(ports, fmt.Sprintf("127.0.0.1:%d:%d", p, p))
		}
		if s.Hostname != w.host || !slices.Equal(s.Networks[w.network].Aliases, []string{w.host}) || !slices.Equal(s.Ports, ports) {
			t.Errorf("%s: host %s, networks %v, ports %v; want %+v", w.name, s.Hostname, s.Networks, s.Ports, w)
		}
		if said := fmt.Sprint(s.Environment, s.Command); !strings.Contains(said, "0.0.0.0:"+fmt.Sprint(w.port)) && !strings.Contains(said, "--port :"+fmt.Sprint(w.port)) &&
			s.Environment["ORDERER_GENERAL_LISTENPORT"] != fmt.Sprint(w.port) {
			t.Errorf("%s does not listen on %d: %s", w.name, w.port, said)
		}
	}
}

// A host name or port stands at its own node and nowhere else: nodes find
// each other by the channel's configuration and by the chaincode package.
func TestComposeHostsAndPortsStandOnce(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	got := compose(t, manifests(t)).Services
	owner := map[string]string{}
	for _, p := range c.ports() {
		owner[fmt.Sprint(p.number)] = p.node
	}
	for _, w := range nodesOf(c) {
		owner[w.host] = w.name
	}
	for what, node := range owner {
		form := regexp.MustCompile(`(^|[^0-9a-z.])` + regexp.QuoteMeta(what) + `\b`)
		for name, s := range got {
			text, _ := yaml.Marshal(s)
			own := strings.HasPrefix(node, "peer.") && name == reader(c, strings.TrimPrefix(node, "peer.")) && (what == peerOf(c, node).Host || what == fmt.Sprint(peerOf(c, node).Port))
			if found := form.Match(text); found != (name == node || own) {
				t.Errorf("%s of %s stands in %s: %v", what, node, name, found)
			}
		}
	}
}

// reader is the chaincode that reads blocks at its member's peer, if it does.
func reader(c Consortium, role string) string {
	if slices.ContainsFunc(c.imprinters(), func(m Member) bool { return string(m.Role) == role }) {
		return "chaincode." + role
	}
	return ""
}

func peerOf(c Consortium, node string) Peer {
	for _, m := range c.Members {
		if "peer."+string(m.Role) == node {
			return m.Peer
		}
	}
	return Peer{}
}

// readerFiles are the client as whom a chaincode does that.
var readerFiles = regexp.MustCompile(`^\./crypto/peerOrganizations/([^/]+)/users/User2@([^/]+)/msp/(signcerts/User2@([^/]+)-cert\.pem|keystore/priv_sk)$`)

var ownFiles = regexp.MustCompile(`^\./crypto/peerOrganizations/([^/]+)/(peer|orderer|chaincode)s/([^/]+)/(msp|tls|server\.crt|server\.key|ca\.crt)$`)

func TestComposeMountsOnlyTheNodesOwnSecrets(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range compose(t, manifests(t)).Services {
		kind, role, _ := strings.Cut(name, ".")
		for _, v := range s.Volumes {
			if v.Type != "bind" || v.Source == "./genesis.json" {
				continue
			}
			if r := readerFiles.FindStringSubmatch(v.Source); r != nil && name == reader(c, role) && r[1] == domainOf(c, role) && r[2] == r[1] && (r[4] == "" || r[4] == r[1]) && v.ReadOnly {
				continue
			}
			m := ownFiles.FindStringSubmatch(v.Source)
			if m == nil || m[2] != kind || m[3] != s.Hostname || m[1] != domainOf(c, role) || !v.ReadOnly {
				t.Errorf("%s mounts %+v", name, v)
			}
		}
	}
}

func domainOf(c Consortium, role string) string {
	for _, m := range c.Members {
		if string(m.Role) == role {
			return m.Domain
		}
	}
	return "nobody's"
}

func TestComposeVolumesAndNetworksExist(t *testing.T) {
	c := compose(t, manifests(t))
	users := map[string][]string{}
	for name, s := range c.Services {
		for _, v := range s.Volumes {
			if v.Type == "volume" {
				users[v.Source] = append(users[v.Source], name)
			}
		}
		for n := range s.Networks {
			if _, ok := c.Networks[n]; !ok {
				t.Errorf("%s is in network %s, which is not there", name, n)
			}
		}
	}
	for v, by := range users {
		if _, ok := c.Volumes[v]; !ok || len(by) != 1 {
			t.Errorf("volume %s: defined %v, used by %v", v, ok, by)
		}
	}
	if len(users) != len(c.Volumes) || len(users) == 0 {
		t.Errorf("%d volumes defined, %d used", len(c.Volumes), len(users))
	}
}

// Every variable must be a key of the sample configuration of Fabric v3.1.1:
// one that is not there is ignored without a word.
func TestFabricKnowsEveryVariable(t *testing.T) {
	known := map[string]bool{"FABRIC_LOGGING_SPEC": true}
	for file, prefix := range map[string]string{"core.keys": "CORE_", "orderer.keys": "ORDERER_"} {
		text, err := os.ReadFile("testdata/manifests/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range strings.Fields(string(text)) {
			known[prefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = true
		}
	}
	seen := 0
	for name, s := range compose(t, manifests(t)).Services {
		for v := range s.Environment {
			seen++
			if !known[v] {
				t.Errorf("%s: Fabric does not know %s", name, v)
			}
		}
	}
	if seen < 100 || known["CORE_PEER_ADRESS"] || len(known) < 200 {
		t.Errorf("%d variables seen, %d known: the check looks at nothing", seen, len(known))
	}
}
