package pledge_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestGenesis(t *testing.T) {
	w := newWorld(t)
	g, err := pledge.DecodeGenesis(w.st.kv[pledge.KeyChannel()])
	if err != nil || len(g.Members) != 10 || g.Channel != channel {
		t.Fatalf("%+v %v", g, err)
	}
	p, err := pledge.DecodeParty(w.st.kv[pledge.KeyParty(w.centre.uscc)])
	if err != nil || p.Enrolled.Command != "genesis" || p.Keys[0].KID != w.centre.kid() || !p.Has(pledge.RoleIPCentre) || p.Has(pledge.RoleBank) {
		t.Errorf("%+v %v", p, err)
	}
	// The genesis read back writes the same again.
	again, err := g.Writes()
	if err != nil || len(again) != 11 {
		t.Fatalf("%d writes, %v", len(again), err)
	}
	for _, x := range again {
		if string(w.st.kv[x.Key]) != string(x.Value) {
			t.Errorf("%s: %s", x.Key, x.Value)
		}
	}
}

func TestWrongGenesis(t *testing.T) {
	for name, change := range map[string]func(*pledge.Genesis){
		"version":     func(g *pledge.Genesis) { g.V = 2 },
		"no channel":  func(g *pledge.Genesis) { g.Channel = "" },
		"channel":     func(g *pledge.Genesis) { g.Channel = "a b" },
		"time":        func(g *pledge.Genesis) { g.Created = "yesterday" },
		"nobody":      func(g *pledge.Genesis) { g.Members = nil },
		"check digit": func(g *pledge.Genesis) { g.Members[0].Party = "91350100M000100Y44" },
		"no roles":    func(g *pledge.Genesis) { g.Members[0].Roles = nil },
		"role":        func(g *pledge.Genesis) { g.Members[0].Roles = []pledge.Role{"king"} },
		"no keys":     func(g *pledge.Genesis) { g.Members[0].Keys = nil },
		"scope":       func(g *pledge.Genesis) { g.Members[0].Keys[0].Scope = "root" },
		"key":         func(g *pledge.Genesis) { g.Members[0].Keys[0].JWK = json.RawMessage(`{}`) },
		"private key": func(g *pledge.Genesis) {
			g.Members[0].Keys[0].JWK = json.RawMessage(`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`)
		},
		"key twice":    func(g *pledge.Genesis) { g.Members[0].Keys = append(g.Members[0].Keys, g.Members[0].Keys[0]) },
		"member twice": func(g *pledge.Genesis) { g.Members = append(g.Members, g.Members[0]) },
		"name":         func(g *pledge.Genesis) { g.Members[0].Name = "" },
		"not UTF-8":    func(g *pledge.Genesis) { g.Members[0].Name = "\xff" },
		"recipient":    func(g *pledge.Genesis) { g.Members[0].Recipient = "x" },
	} {
		g := newWorld(t).genesis()
		change(&g)
		if writes, err := g.Writes(); !errors.Is(err, pledge.Malformed) || writes != nil {
			t.Errorf("%s: %d writes, %v", name, len(writes), err)
		}
	}
}
