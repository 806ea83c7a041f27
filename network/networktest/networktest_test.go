package networktest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestTwoNetworksAtOnce(t *testing.T) {
	data, err := os.ReadFile("../../pledge/testdata/golden/channel.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var g pledge.Genesis
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r := Start(t, g)
		for _, name := range r.Names() {
			if r.PID(name) == 0 {
				t.Errorf("%s does not run", name)
			}
		}
	}
}
