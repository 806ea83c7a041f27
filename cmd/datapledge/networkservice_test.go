package main

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/datapledge/datapledge/network"
)

var updateExample = flag.Bool("update-example", false, "rewrite the example configuration")

// The example of a consortium's configuration is what 'network up' leaves.
func TestExampleIsWhatNetworkUpWrites(t *testing.T) {
	c, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	config := serviceFor("./datapledge-network", c, true)
	config.Data = "./datapledge-data"
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const path = "../../service/node/config.fabric.example.json"
	if *updateExample {
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(text)+"\n" {
		t.Errorf("got %s, %v, want\n%s", got, err, text)
	}
}
