package node_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/node"
)

// Each fault of the ledger's part is named, and what is right passes.
func TestLedgerConfig(t *testing.T) {
	for want, change := range map[string]func(*node.Config){
		"ledger.kind":           func(c *node.Config) { c.Ledger.Kind = "etcd" },
		"a solo ledger has no":  func(c *node.Config) { c.Ledger = node.Ledger{Kind: "solo", Readers: 2} },
		"ledger.profile_file":   func(c *node.Config) { c.Ledger.ProfileFile = "" },
		"ledger.readers":        func(c *node.Config) { c.Ledger.Readers = 1 },
		"ledger.commit_timeout": func(c *node.Config) { c.Ledger.CommitTimeout = node.Duration(-time.Second) },
		"ledger.max_commands":   func(c *node.Config) { c.Ledger.MaxCommands = -1 },
		"keys.custodian_file":   func(c *node.Config) { c.Keys.CustodianFile = "" },
		"keys.operator_file":    func(c *node.Config) { c.Keys.OperatorFile = "operator.jwk" },
		"":                      func(*node.Config) {},
	} {
		c := node.Default()
		c.Ledger = node.Ledger{Kind: "fabric", ProfileFile: "exchange.yaml"}
		c.Keys.CustodianFile = "exchange.jwk"
		change(&c)
		err := c.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
}
