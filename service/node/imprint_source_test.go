package node_test

import (
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/node"
)

// Each fault of a source of checkpoints is named, and what is right passes.
func TestCheckpointSourceConfig(t *testing.T) {
	for want, change := range map[string]func(*node.Imprint){
		"":                     func(*node.Imprint) {},
		"sources[0].name":      func(i *node.Imprint) { i.Sources[0].Name = "Court!" },
		"sources[1].name":      func(i *node.Imprint) { i.Sources = append(i.Sources, i.Sources[0]) },
		"sources[0].url":       func(i *node.Imprint) { i.Sources[0].URL = "court.example" },
		"not beside a sink of": func(i *node.Imprint) { i.Sinks = []node.Sink{{Name: "one", Kind: "fabric", ProfileFile: "p"}} },
	} {
		c := onConsortium()
		c.Imprint.Sources = []node.CheckpointSource{{Name: "court", URL: "https://court.example/checkpoints"}}
		change(&c.Imprint)
		err := c.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
}

// A start ends where checkpoints could not be checked.
func TestCheckpointSourceNeedsTrust(t *testing.T) {
	c := config(t)
	c.Imprint.Sources = []node.CheckpointSource{{Name: "court", URL: "https://court.example/checkpoints"}}
	if n, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "evidence trust") {
		if err == nil {
			_ = n.Close(t.Context())
		}
		t.Errorf("got %v, want word of the trust file", err)
	}
}
