package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

// courtFollows: beside the service, a court follows the ledger itself, and
// finds all of it under checkpoints.
func courtFollows(t *testing.T, net *network.Running) {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := &app{stderr: t.Output(), stdout: t.Output(), getenv: os.Getenv}
	c := a.imprintFollowCommand()
	c.SetArgs([]string{"--profile", net.Profile(pledge.RoleCourt), "--trust", trustFile(net.Dir()), "--dir", dir})
	ended := make(chan error, 1)
	go func() { ended <- c.ExecuteContext(ctx) }()
	reached := receiptsIn(t, filepath.Join(dir, "receipts", "checkpoint.json"), ended)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	out := asAdmin(t, net, pledge.RoleCourt, `peer chaincode query -C imprint -n imprint -c '{"Args":["checkpoints"]}'`)
	held, err := pledge.ParseCheckpoint([]byte(strings.TrimSpace(out)))
	if err != nil || held.Last < reached || reached < 10 {
		t.Errorf("the court has receipts up to block %d, the members hold %s, %v", reached, out, err)
	}
}

// receiptsIn is the newest block that there is a receipt of.
func receiptsIn(t *testing.T, path string, ended <-chan error) uint64 {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var c struct {
			Number uint64 `json:"number"`
		}
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &c) == nil && c.Number > 0 {
			return c.Number
		}
		select {
		case err := <-ended:
			t.Fatal("it ended: ", err)
		default:
		}
	}
	t.Fatal("no receipts come")
	return 0
}

// TestFollowNeedsAnImprintChannel: a trust file without one is told apart.
func TestFollowNeedsAnImprintChannel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.json")
	text := fmt.Sprintf(`{"v":1,"ledger":"solo","channel":"pledge","genesis_hash":"%064d","operator":{"kty":"OKP","crv":"Ed25519","x":"0ko-pbc8Zfvny6hDrKx7MUNg_o1YnXR6GBskrBTsWW4"}}`, 0)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := runIn(t, "imprint", "follow", "-profile", "x", "-dir", t.TempDir(), "-trust", path)
	if code != exitFault || !strings.Contains(errs, "imprint channel") || !strings.Contains(errs, "hint: ") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, _, errs = runIn(t, "imprint", "follow", "-profile", "x", "-dir", "y"); code != exitUsage || !strings.Contains(errs, "-trust is needed") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
