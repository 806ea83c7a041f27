package fabric

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// checkProfile is CheckProfile at a given time.
func checkProfile(path, user, channel string, now time.Time) []Finding {
	p, err := readProfile(path)
	if err != nil {
		return []Finding{{"profile", false, err.Error(), "give the path of the member's connection profile, a YAML file; `datapledge network up` writes one for each member under profile/"}}
	}
	c := &checker{now: now}
	c.ok("profile", path)
	c.organization(p, user)
	c.nodes(p, channel)
	return c.findings
}

// checker gathers findings as of a time.
type checker struct {
	now      time.Time
	findings []Finding
}

func (c *checker) ok(check, note string) {
	c.findings = append(c.findings, Finding{Check: check, OK: true, Cause: note})
}

func (c *checker) fail(check, remedy, cause string, args ...any) {
	c.findings = append(c.findings, Finding{Check: check, Cause: fmt.Sprintf(cause, args...), Remedy: remedy})
}

// organization checks who we are: an MSP, and a user with a valid pair of keys.
func (c *checker) organization(p *profile, user string) {
	name := p.Client.Organization
	org, known := p.Organizations[strings.ToLower(name)]
	switch {
	case name == "":
		c.fail("client", "set client.organization to a name under organizations", "the profile does not say which organization the client belongs to")
		return
	case !known:
		c.fail("client", "add it, or correct client.organization", "organization %q is not listed under organizations", name)
		return
	case org.MSPID == "":
		c.fail("client", "add its mspid", "organization %q has no MSP id", name)
		return
	}
	pair, known := org.Users[strings.ToLower(user)]
	if !known {
		c.fail("user "+user, "add its certificate and key there, or name another user", "user %q is not listed under organizations.%s.users", user, name)
		return
	}
	c.keyPair("user "+user, pair)
	if tls := p.Client.TLSCerts.Client; tls != (keyPair{}) {
		c.keyPair("client TLS", tls)
	}
}

// nodes checks that the channel has orderers and peers, and that each can be
// connected to in safety.
func (c *checker) nodes(p *profile, channel string) {
	ch, known := p.Channels[strings.ToLower(channel)]
	if !known {
		c.fail("channel "+channel, "add it with its orderers and peers, or correct the channel's name", "channel %q is not in the profile, which has: %s", channel, strings.Join(slices.Sorted(maps.Keys(p.Channels)), ", "))
		return
	}
	if len(ch.Orderers) == 0 {
		c.fail("orderers", "list all orderers of the channel there; the SDK does not find them by itself", "no orderers are listed under channels.%s.orderers", channel)
	}
	for _, name := range ch.Orderers {
		c.node("orderer "+name, p.Orderers, name)
	}
	if len(ch.Peers) == 0 {
		c.fail("peers", "list the members' peers there", "no peers are listed under channels.%s.peers", channel)
	}
	for _, name := range slices.Sorted(maps.Keys(ch.Peers)) {
		c.node("peer "+name, p.Peers, name)
		if !p.owned(name) {
			c.fail("peer "+name, "add it to organizations.<member>.peers", "no organization lists the peer, so its MSP id is not known")
		}
	}
}

// owned tells whether an organization with an MSP id lists the peer.
func (p *profile) owned(peer string) bool {
	for _, o := range p.Organizations {
		if o.MSPID != "" && slices.ContainsFunc(o.Peers, func(n string) bool { return strings.EqualFold(n, peer) }) {
			return true
		}
	}
	return false
}

func (c *checker) node(check string, all map[string]node, name string) {
	n, known := all[strings.ToLower(name)]
	switch {
	case !known:
		c.fail(check, "add its url and tlsCACerts", "it is listed for the channel, but not described")
	case !strings.HasPrefix(n.URL, "grpcs://") || len(n.URL) <= len("grpcs://"):
		c.fail(check, "write grpcs://HOST:PORT", "its url is %q: connections must be encrypted", n.URL)
	default:
		c.certificate(check, n.TLSCACerts)
	}
}
