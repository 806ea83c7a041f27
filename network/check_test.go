package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

func TestTheShippedConsortiumIsGood(t *testing.T) {
	c := standard(t)
	if len(c.Members) != 6 || len(c.consenters()) != 4 {
		t.Errorf("%d members, %d consenters", len(c.Members), len(c.consenters()))
	}
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	breaks := []struct {
		want string
		do   func(*Consortium)
	}{
		{"v: 2 is unknown", func(c *Consortium) { c.V = 2 }},
		{`channel: "Pledge!"`, func(c *Consortium) { c.Channel = "Pledge!" }},
		{`fabric: "2.5.0" must be a version like 3.1.1`, func(c *Consortium) { c.Fabric = "2.5.0" }},
		{`chaincode.name: ""`, func(c *Consortium) { c.Chaincode.Name = "" }},
		{`chaincode.version: "1 2"`, func(c *Consortium) { c.Chaincode.Version = "1 2" }},
		{"chaincode.sequence: 0", func(c *Consortium) { c.Chaincode.Sequence = 0 }},
		{`members[0].role: "king"`, func(c *Consortium) { c.Members[0].Role = "king" }},
		{`members[5].party: malformed: "91330100MADEUP064X" is not a unified social credit code`, func(c *Consortium) { c.Members[5].Party = "91330100MADEUP064X" }},
		{"members[1].name: is missing", func(c *Consortium) { c.Members[1].Name = "" }},
		{`members[1].msp: "a b"`, func(c *Consortium) { c.Members[1].MSP = "a b" }},
		{`members[4].domain: "Regulator"`, func(c *Consortium) { c.Members[4].Domain = "Regulator" }},
		{`members[4].peer.host: "x"`, func(c *Consortium) { c.Members[4].Peer.Host = "x" }},
		{`members[3].orderer.host: ""`, func(c *Consortium) { c.Members[3].Orderer.Host = "" }},
		{"members[5].msp: MSP ExchangeMSP stands already at members[2].msp", func(c *Consortium) { c.Members[5].MSP = "ExchangeMSP" }},
		{"s3: port 17110 for storage is also the operations port of peer.bank", func(c *Consortium) { c.Members[5].Peer.Operations = 17110 }},
		{"peer.regulator: port 80 for peer is not in 1024 to 65535", func(c *Consortium) { c.Members[4].Peer.Port = 80 }},
		{"ordering.max_message_count: 0", func(c *Consortium) { c.Ordering.MaxMessageCount = 0 }},
		{"ordering.preferred_max_bytes: 99999999 is not in 1 to 10485760", func(c *Consortium) { c.Ordering.PreferredMaxBytes = 99999999 }},
		{"ordering.batch_timeout: 0s", func(c *Consortium) { c.Ordering.BatchTimeout = 0 }},
		{"ordering.request_forward_timeout: is longer", func(c *Consortium) { c.Ordering.RequestForwardTimeout = Duration(30 * time.Second) }},
		{`policies.endorsement: "whatever" is not understood`, func(c *Consortium) { c.Policies.Endorsement = "whatever" }},
		{`policies.lifecycle: "9 members" asks for more`, func(c *Consortium) { c.Policies.Lifecycle = "9 members" }},
		{`imprint.channel: "Imprint"`, func(c *Consortium) { c.Imprint.Channel = "Imprint" }},
		{`imprint.chaincode: "-"`, func(c *Consortium) { c.Imprint.Chaincode = "-" }},
		{`imprint.members[2]: "enterprise" is no member's role`, func(c *Consortium) { c.Imprint.Members[2] = "enterprise" }},
		{"imprint.members[1]: role notary stands already at imprint.members[0]", func(c *Consortium) { c.Imprint.Members[1] = "notary" }},
		{`imprint.policies.endorsement: "7 members" asks for more`, func(c *Consortium) { c.Imprint.Policies.Endorsement = "7 members" }},
		{`imprint.policies.lifecycle: "all"`, func(c *Consortium) { c.Imprint.Policies.Lifecycle = "all" }},
		{`storage.bucket: "A"`, func(c *Consortium) { c.Storage.Bucket = "A" }},
		{`storage.host: ""`, func(c *Consortium) { c.Storage.Host = "" }},
		{`storage.region: ""`, func(c *Consortium) { c.Storage.Region = "" }},
	}
	all := standard(t).Shifted(0)
	for _, b := range breaks {
		one := standard(t).Shifted(0)
		b.do(&one)
		if err := one.Check(); err == nil || !strings.Contains(err.Error(), b.want) {
			t.Errorf("alone: got %v, want %s", err, b.want)
		}
		b.do(&all)
	}
	err := all.Check()
	for _, b := range breaks {
		if err == nil || !strings.Contains(err.Error(), b.want) {
			t.Errorf("together: %s is not in %v", b.want, err)
		}
	}
}

func TestMembersThatMustBe(t *testing.T) {
	c := standard(t)
	c.Members = append([]Member(nil), c.Members...)
	c.Members[3].Orderer = nil
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "3 run an orderer; at least 4 must") {
		t.Error(err)
	}
	c = standard(t)
	c.Members = append(c.Members[:2:2], c.Members[3:]...)
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "nobody has role exchange") {
		t.Error(err)
	}
}

func TestLoadIsStrict(t *testing.T) {
	good := string(defaultConsortium)
	for _, bad := range []string{
		strings.Replace(good, `"channel"`, `"chanel"`, 1),
		strings.Replace(good, `"v": 1,`, `"v": 1, "v": 1,`, 1),
		strings.Replace(good, `"200ms"`, `"200"`, 1),
		strings.Replace(good, `"200ms"`, `200`, 1),
		good + "{}", good[:len(good)-5], "",
	} {
		if bad == good {
			t.Fatal("the text to break is not there")
		}
		path := filepath.Join(t.TempDir(), "consortium.json")
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v", err)
		}
	}
}

func TestShiftedMovesEveryPortAndNothingElse(t *testing.T) {
	c := standard(t)
	moved := c.Shifted(1000)
	for i, p := range moved.ports() {
		if p.number != c.ports()[i].number+1000 {
			t.Errorf("%+v became %+v", c.ports()[i], p)
		}
	}
	back, err := moved.Shifted(-1000).text()
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := c.text(); string(back) != string(want) {
		t.Errorf("got %s", back)
	}
	again, err := parse(back)
	if m, ok := again.Member(pledge.RoleBank); err != nil || !ok || m.Peer != c.Members[5].Peer {
		t.Errorf("%v %v", err, m)
	}
}
