package faultrun

import (
	"path/filepath"
	"testing"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// party is somebody with a key, who signs commands in bulk and asks for what
// became of them.
type party struct {
	*actors.Actor
	key *client.Key
}

func newParty(t testing.TB, uscc, name string, role pledge.Role) *party {
	t.Helper()
	key, err := client.New(client.Ed25519, uscc, pledge.ScopeAdmin)
	if err != nil {
		t.Fatal(err)
	}
	private, ok := key.RevealEd25519()
	if !ok {
		t.Fatal("the key is not Ed25519")
	}
	return &party{&actors.Actor{USCC: uscc, Name: name, Role: role, Recipient: key.Recipient(), Ed25519: private}, key}
}

// cast are the members of the consortium, and two companies that the IP
// centre enrols.
type cast struct {
	*actors.Cast
	parties map[*actors.Actor]*party
}

func newCast(t testing.TB, c network.Consortium) *cast {
	t.Helper()
	out := &cast{actors.NewCast(c.Channel), map[*actors.Actor]*party{}}
	take := func(at **actors.Actor, uscc, name string, role pledge.Role) {
		p := newParty(t, uscc, name, role)
		*at = p.Actor
		out.parties[p.Actor] = p
	}
	places := map[pledge.Role]**actors.Actor{pledge.RoleIPCentre: &out.IPCentre, pledge.RoleNotary: &out.Notary, pledge.RoleExchange: &out.Exchange,
		pledge.RoleCourt: &out.Court, pledge.RoleRegulator: &out.Regulator, pledge.RoleBank: &out.Bank}
	for _, m := range c.Members {
		take(places[m.Role], m.Party, m.Name, m.Role)
	}
	take(&out.Enterprise, actors.USCC(999_001), "company one", pledge.RoleEnterprise)
	take(&out.Enterprise2, actors.USCC(999_002), "company two", pledge.RoleEnterprise)
	return out
}

// custodian saves the key that the service acts with.
func (c *cast) custodian(t testing.TB, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "exchange.jwk")
	if err := c.parties[c.Exchange].key.Save(path, ""); err != nil {
		t.Fatal(err)
	}
	return path
}
