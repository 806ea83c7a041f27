package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/service/imprint"
)

// courtFollows: beside the service, a court follows the ledger itself, and
// finds all of it under checkpoints.
func courtFollows(t *testing.T, net *network.Running) {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said := &noted{to: t.Output()}
	a := &app{stderr: said, stdout: t.Output(), getenv: os.Getenv}
	c := a.imprintFollowCommand()
	c.SetArgs([]string{"--profile", net.Profile(pledge.RoleCourt), "--trust", trustFile(net.Dir()), "--dir", dir, "--listen", "127.0.0.1:0"})
	ended := make(chan error, 1)
	go func() { ended <- c.ExecuteContext(ctx) }()
	reached := receiptsUpTo(t, 10, filepath.Join(dir, "receipts", "checkpoint.json"), ended)
	handedOut(t, net, said.address(t), reached)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	out := asAdmin(t, net, pledge.RoleCourt, `peer chaincode query -C imprint -n imprint -c '{"Args":["checkpoints"]}'`)
	held, err := pledge.ParseCheckpoint([]byte(strings.TrimSpace(out)))
	if err != nil || held.Last < reached {
		t.Errorf("the court has receipts up to block %d, the members hold %s, %v", reached, out, err)
	}
}

// handedOut: a service that is not on the court's channel fetches what shows
// that the court has a block, checks it, and keeps it.
func handedOut(t *testing.T, net *network.Running, url string, block uint64) {
	t.Helper()
	trust, err := channelsBelieved(trustFile(net.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ledger, err := openFollowed(t.Context(), trust, fabric.Options{Profile: net.Profile(pledge.RoleExchange), Dir: dir}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	var held evidence.Imprinted
	s, err := imprint.NewSource(imprint.SourceOptions{Name: "court", URL: url, Dir: filepath.Join(dir, "court"), Ledger: ledger, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Check: func(ctx context.Context, block uint64, hash string, files map[string][]byte) (err error) {
			held, err = evidence.CheckCheckpoint(ctx, trust, block, hash, files)
			return err
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	untilBlock(t, ledger, block)
	files, err := s.Parts(t.Context(), block)
	if err != nil || len(files) < 3 || held.Block != block || len(held.Members) < 2 {
		t.Errorf("block %d: %d files, %+v, %v", block, len(files), held, err)
	}
}

// untilBlock waits for a copy of the ledger to hold a block.
func untilBlock(t *testing.T, l *fabric.Ledger, block uint64) {
	t.Helper()
	seen := errors.New("seen")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := l.Follow(ctx, block, func(service.Block) error { return seen }); !errors.Is(err, seen) {
		t.Fatal(err)
	}
}

// noted keeps what a program said.
type noted struct {
	to io.Writer

	mu   sync.Mutex
	text strings.Builder
}

func (n *noted) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text.Write(p)
	return n.to.Write(p)
}

// address is where the checkpoints are handed out.
func (n *noted) address(t *testing.T) string {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	_, rest, found := strings.Cut(n.text.String(), "handing out checkpoints on ")
	if !found {
		t.Fatalf("nothing says where: %s", n.text.String())
	}
	return strings.Fields(rest)[0]
}

// receiptsUpTo waits for the receipt of a block or of a later one, and is that
// block's number. The first checkpoint may be of any block: a follower on a
// slow machine makes one before it has read all.
func receiptsUpTo(t *testing.T, least uint64, path string, ended <-chan error) uint64 {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var c struct {
			Number uint64 `json:"number"`
		}
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &c) == nil && c.Number >= least {
			return c.Number
		}
		select {
		case err := <-ended:
			t.Fatal("it ended: ", err)
		default:
		}
	}
	t.Fatal("no receipt of block ", least, " comes")
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
	if code, _, errs = runIn(t, "imprint", "follow", "-profile", "x", "-dir", "y", "-trust", path, "-cert", "c"); code != exitUsage || !strings.Contains(errs, "go together") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
