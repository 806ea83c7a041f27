package fabricbench_test

import (
	"os"
	"testing"

	"github.com/datapledge/datapledge/cmd/datapledge/fabricbench"
	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
)

// A small run: every figure is there, and they fit together.
func TestRun(t *testing.T) {
	c, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	r, err := fabricbench.Run(t.Context(), fabricbench.Options{Dir: t.TempDir(), Consortium: networktest.Free(t, c), Tools: os.Getenv("DATAPLEDGE_TEST_TOOLS"),
		Rounds: 1, Commands: 40, Alone: 8, Lone: 2})
	if network.NoTools(err) {
		needs.Missing(t, "fabric", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rates) != 3 || r.Lone <= 0 || r.LonePlain <= 0 || r.LoneRatio() <= 0 {
		t.Errorf("got %+v", r)
	}
	for _, k := range r.Rates {
		if k.Group <= 0 || k.Alone <= 0 || k.Ratio != k.Group/k.Alone || k.Spent["peers"] <= 0 || k.Spent["orderers"] <= 0 {
			t.Errorf("got %+v", k)
		}
	}
}
