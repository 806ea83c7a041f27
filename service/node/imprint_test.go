package node_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
	"github.com/datapledge/datapledge/service/node"
)

// Each fault of the imprint's part is named, and what is right passes.
func TestImprintConfig(t *testing.T) {
	for want, change := range map[string]func(*node.Sink){
		"":                          func(*node.Sink) {},
		"sinks[0].name":             func(s *node.Sink) { s.Name = "The Court" },
		"sinks[1].name: \"court2\"": func(s *node.Sink) { s.Name = "court2" },
		"sinks[0].kind":             func(s *node.Sink) { s.Kind = "fax" },
		"sinks[0].url":              func(s *node.Sink) { s.URL = "court" },
		"plain http":                func(s *node.Sink) { s.URL = "http://court.example/" },
		"sinks[0].party":            func(s *node.Sink) { s.Party = "1" },
		"sinks[0].party: the USCC":  func(s *node.Sink) { s.Party = "" },
	} {
		c := node.Default()
		c.Imprint.Sinks = []node.Sink{{Name: "court", Kind: "http", URL: "https://court.example/imprint", Party: "11330100MADEUP048D"},
			{Name: "court2", Kind: "http", URL: "http://127.0.0.1:1", Party: "11330100MADEUP0568"}}
		change(&c.Imprint.Sinks[0])
		err := c.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
	c := config(t)
	c.Imprint.Sinks = []node.Sink{{Name: "court", Kind: "http", URL: "https://127.0.0.1:1", Party: "11330100MADEUP048D", CAFile: filepath.Join(t.TempDir(), "none")}}
	if _, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "ca_file") {
		t.Errorf("got %v, want word of the missing file", err)
	}
}

// A node hands what it commits to the court, and its evidence has receipts.
func TestNodeWithCourt(t *testing.T) {
	c := config(t)
	n := open(t, c, io.Discard)
	trust := evidence.TrustOf(n.Ledger().Info())
	closed(t, n)
	court := startCourt(t, c, trust)
	c.Imprint.Sinks = []node.Sink{{Name: "court", Kind: "http", URL: court, Party: "11330100MADEUP048D"}}
	n = open(t, c, io.Discard)
	defer closed(t, n)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		list := n.Service().ImprintStatus(ctx)
		if len(list) == 1 && list[0].LagBlocks == 0 && list[0].State == service.ImprintFollowing && list[0].Receipts == 1 {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("got %+v", list)
		}
		time.Sleep(time.Millisecond)
	}
}

func startCourt(t *testing.T, c node.Config, trust evidence.Trust) string {
	t.Helper()
	load := func(name string) *client.Key {
		k, err := client.Load(filepath.Join(c.Data, "keys", name+".jwk"), nil)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	v, err := imprint.NewVerifier([]json.RawMessage{load("exchange").Public()}, "", time.Hour, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r, err := receiver.New(receiver.Options{Dir: t.TempDir(), Key: load("court"), Trust: trust, Verifier: v})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return s.URL
}
