package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/node"
)

// courtProcess is 'datapledge imprint receive', which can be killed.
type courtProcess struct {
	t    *testing.T
	args []string
	url  string
	cmd  *exec.Cmd
}

func (c *courtProcess) start() {
	c.t.Helper()
	c.cmd = exec.Command(os.Args[0], c.args...)
	c.cmd.Env = append(os.Environ(), runMain+"=1")
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	var up struct{ URL string }
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&up); err != nil {
		c.t.Fatalf("the court did not start: %v", err)
	}
	c.url = up.URL
	for i, a := range c.args { // the next start listens where this one did
		if a == "-listen" {
			c.args[i+1] = strings.TrimPrefix(up.URL, "http://")
		}
	}
}

// kill is kill -9: nothing is flushed, no answer is finished.
func (c *courtProcess) kill() {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatal(err)
	}
	_ = c.cmd.Wait()
}

// The court's process is killed again and again while records commit; in the
// end each stands with it once, and each block has its receipt.
func TestCourtKilled(t *testing.T) {
	config := node.Default()
	config.Data = filepath.Join(t.TempDir(), "data")
	court := newCourtProcess(t, config)
	court.start()
	defer court.kill()
	config.Imprint.Sinks = []node.Sink{{Name: "court", Kind: "http", URL: court.url, Party: "11330100MADEUP048D"}}
	n, err := node.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Close(context.Background()) }()
	centre := loadKey(t, config, "ipcenter")
	var ids []string
	for i := range 30 {
		jws := enrolment(t, centre, i)
		out, err := n.Ledger().Submit(t.Context(), []string{jws})
		if err != nil || out[0].Status != pledge.Applied {
			t.Fatalf("got %+v, %v", out, err)
		}
		ids = append(ids, client.CommandID(jws))
		if i%3 == 2 {
			court.kill()
			court.start()
		}
	}
	untilImprinted(t, n)
	holdsOnce(t, court.args[3], ids)
}

func newCourtProcess(t *testing.T, config node.Config) *courtProcess {
	t.Helper()
	n, err := node.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	trust, err := json.Marshal(evidence.TrustOf(n.Ledger().Info()))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys := filepath.Join(config.Data, "keys")
	return &courtProcess{t: t, args: []string{"imprint", "receive", "-dir", filepath.Join(dir, "court"), "-json", "-listen", "127.0.0.1:0",
		"-key", filepath.Join(keys, "court.jwk"), "-trust", write("trust.json", trust),
		"-sender", write("exchange.json", loadKey(t, config, "exchange").Public())}}
}

func loadKey(t *testing.T, config node.Config, name string) *client.Key {
	t.Helper()
	k, err := client.Load(filepath.Join(config.Data, "keys", name+".jwk"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func enrolment(t *testing.T, centre *client.Key, n int) string {
	t.Helper()
	a := actors.NewActor(n+1, pledge.RoleEnterprise)
	jws, err := centre.Sign(pledge.PartyEnroll, "pledge", pledge.EnrollBody{Party: a.USCC, Name: fmt.Sprintf("第%d企业", n), Roles: []pledge.Role{a.Role},
		Keys: []pledge.KeyGrant{{JWK: a.JWK(), Scope: pledge.ScopeAdmin}}}, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

// untilImprinted waits for as long as a slow machine needs.
func untilImprinted(t *testing.T, n *node.Node) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if s := n.Service().ImprintStatus(t.Context()); len(s) == 1 && s[0].LagBlocks == 0 {
			return
		}
	}
	t.Fatalf("got %+v", n.Service().ImprintStatus(t.Context()))
}

func holdsOnce(t *testing.T, dir string, ids []string) {
	t.Helper()
	found := map[string]int{}
	err := filepath.WalkDir(filepath.Join(dir, "pledge", "blocks"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if strings.HasPrefix(e.Name(), ".new-") {
			return nil // what a kill left of a file
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var d imprint.Delivery
		if err := json.Unmarshal(data, &d); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, c := range d.Commands {
			found[c.ID]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if found[id] != 1 {
			t.Errorf("%s stands %d times with the court", id, found[id])
		}
	}
	if len(found) != len(ids) {
		t.Errorf("the court holds %d records, want %d", len(found), len(ids))
	}
}
