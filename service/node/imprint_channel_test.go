package node_test

import (
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/node"
)

// onConsortium is a configuration of a service beside a consortium.
func onConsortium() node.Config {
	c := node.Default()
	c.Ledger = node.Ledger{Kind: "fabric", ProfileFile: "exchange.yaml"}
	c.Keys = node.Keys{CustodianFile: "exchange.jwk"}
	return c
}

// A check of the ledger looks at the channel of checkpoints, too.
func TestCheckLedgerLooksAtTheImprint(t *testing.T) {
	c := onConsortium()
	c.Imprint.Sinks = []node.Sink{{Name: "court", Kind: "http", URL: "https://court.example"}, {Name: "one", Kind: "fabric", ProfileFile: "nowhere.yaml"}}
	found, err := c.CheckLedger(t.Context())
	if err == nil || len(found) != 2 || found[0].Check != "profile" || found[1].Check != "imprint one: profile" || !strings.Contains(found[1].Cause, "nowhere.yaml") {
		t.Errorf("got %+v, %v", found, err)
	}
}

// Each fault of a sink that is a channel is named, and what is right passes.
func TestImprintChannelConfig(t *testing.T) {
	for want, change := range map[string]func(*[]node.Sink){
		"":                                func(*[]node.Sink) {},
		"sinks[0].profile_file":           func(l *[]node.Sink) { (*l)[0].ProfileFile = "" },
		"sinks[0].channel":                func(l *[]node.Sink) { (*l)[0].Channel = "Imprint!" },
		"kind fabric has no url":          func(l *[]node.Sink) { (*l)[0].URL = "https://court.example" },
		"interval: not negative":          func(l *[]node.Sink) { (*l)[0].Interval = -1 },
		"kind http has no profile_file":   func(l *[]node.Sink) { (*l)[0].Kind, (*l)[0].URL = "http", "https://court.example" },
		"evidence has room for one":       func(l *[]node.Sink) { *l = append(*l, node.Sink{Name: "two", Kind: "fabric", ProfileFile: "p"}) },
		"\"fax\" is neither http nor fab": func(l *[]node.Sink) { (*l)[0].Kind = "fax" },
	} {
		c := onConsortium()
		c.Imprint.Sinks = []node.Sink{{Name: "one", Kind: "fabric", ProfileFile: "court.yaml", Channel: "imprint"}}
		change(&c.Imprint.Sinks)
		err := c.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
	c := node.Default()
	c.Imprint.Sinks = []node.Sink{{Name: "one", Kind: "fabric", ProfileFile: "court.yaml"}}
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "needs a ledger of kind fabric") {
		t.Errorf("on a ledger of one's own: got %v", err)
	}
}
