package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// independentlyExamined has Fabric's own tool for auditors look at what the
// members' peers keep: all have the same state, a peer's blocks are whole, and
// the transactions that wrote a record are those that we say.
func independentlyExamined(t *testing.T, net *network.Running, id string, history []service.Revision) {
	t.Helper()
	tool := ledgerutil{t, needs.Program(t, "fabric", "ledgerutil")}
	heightsMeet(t, net)
	var states []string
	for _, m := range net.Consortium().Members {
		states = append(states, snapshot(t, net, m))
	}
	for _, other := range states[1:] {
		tool.same(states[0], other)
	}
	if err := net.Stop("peer.bank"); err != nil {
		t.Fatal(err)
	}
	kept := t.TempDir()
	if err := os.CopyFS(kept, os.DirFS(filepath.Join(net.Dir(), "nodes", "peer.bank", "data"))); err != nil {
		t.Fatal(err)
	}
	tool.wrote(kept, id, history)
	if out, err := tool.verify(kept); err != nil || !strings.Contains(out, "No error is found") {
		t.Errorf("%v: %s", err, out)
	}
	damage(t, kept, id)
	if out, err := tool.verify(kept); err == nil || !strings.Contains(out, "error(s) are found") {
		t.Errorf("a changed record was taken: %v: %s", err, out)
	}
}

// damage changes a letter of a record's id in the blocks that a peer keeps.
func damage(t *testing.T, kept, id string) {
	t.Helper()
	path := filepath.Join(kept, "ledgersData", "chains", "chains", "pledge", "blockfile_000000")
	blocks, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(blocks, []byte(id))
	if at < 0 {
		t.Fatalf("%s is in none of the blocks", id)
	}
	blocks[at+len(id)-1] ^= 1
	if err := os.WriteFile(path, blocks, 0o600); err != nil {
		t.Fatal(err)
	}
}

// historyOf is what the service says of a pledge, to its pledgee.
func historyOf(t *testing.T, url, keys, id string) []service.Revision {
	t.Helper()
	key, err := client.Load(filepath.Join(keys, "bank.jwk"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial(url, key, client.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.PledgeHistory(t.Context(), id, service.Page{Limit: 100})
	if err != nil || len(page.Items) < 5 || page.Next != "" {
		t.Fatalf("got %+v, %v", page, err)
	}
	var list []service.Revision
	for _, r := range page.Items {
		list = append(list, r.Value)
	}
	return list
}
