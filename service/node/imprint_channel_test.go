package node_test

import (
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/node"
)

// Each fault of a sink that is a channel is named, and what is right passes.
func TestImprintChannelConfig(t *testing.T) {
	for want, change := range map[string]func(*[]node.Sink){
		"":                                func(*[]node.Sink) {},
		"sinks[0].profile_file":           func(l *[]node.Sink) { (*l)[0].ProfileFile = "" },
		"sinks[0].channel":                func(l *[]node.Sink) { (*l)[0].Channel = "Imprint!" },
		"kind fabric has no url":          func(l *[]node.Sink) { (*l)[0].URL = "https://court.example" },
		"kind http has no profile_file":   func(l *[]node.Sink) { (*l)[0].Kind, (*l)[0].URL = "http", "https://court.example" },
		"evidence has room for one":       func(l *[]node.Sink) { *l = append(*l, node.Sink{Name: "two", Kind: "fabric", ProfileFile: "p"}) },
		"\"fax\" is neither http nor fab": func(l *[]node.Sink) { (*l)[0].Kind = "fax" },
	} {
		c := node.Default()
		c.Imprint.Sinks = []node.Sink{{Name: "one", Kind: "fabric", ProfileFile: "court.yaml", Channel: "imprint"}}
		change(&c.Imprint.Sinks)
		err := c.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
	c := config(t)
	c.Imprint.Sinks = []node.Sink{{Name: "one", Kind: "fabric", ProfileFile: "nowhere.yaml"}}
	if _, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("got %v, want word of the missing file", err)
	}
}
