package networktest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

func genesis(t *testing.T) (g pledge.Genesis) {
	t.Helper()
	data, err := os.ReadFile("../../pledge/testdata/golden/channel.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestTwoNetworksAtOnce(t *testing.T) {
	for range 2 {
		r := Start(t, genesis(t), func(o *network.Options) { o.WithoutS3 = true })
		if n := len(r.Names()); n != 16 {
			t.Errorf("%d nodes: %v", n, r.Names())
		}
		for _, name := range r.Names() {
			if r.PID(name) == 0 {
				t.Errorf("%s does not run", name)
			}
		}
		if _, err := os.Stat(r.Profile(pledge.RoleExchange)); err != nil {
			t.Error(err)
		}
	}
}

func TestFreeFindsOtherPorts(t *testing.T) {
	c, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	if got := Free(t, c); got.Storage.Port == c.Storage.Port || got.Check() != nil {
		t.Errorf("%+v %v", got, got.Check())
	}
}
