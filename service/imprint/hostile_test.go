package imprint_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
)

// asked counts how often the ledger is asked for something.
type asked struct {
	imprint.Prover
	times int
}

func (a *asked) Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error) {
	a.times++
	return a.Prover.Get(ctx, keys...)
}

// A court that answers with thousands of receipts makes no work for the ledger.
func TestTooManyReceipts(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	blocks := blocksOf(t, w.ledger)
	jws, err := imprint.SignReceipt(w.court, imprint.Statement{Block: 0, Channel: channel, Hash: blocks[0].Hash, Party: courtParty, ReceivedAt: "2026-01-02T03:04:05.000Z", V: 1})
	if err != nil {
		t.Fatal(err)
	}
	c.mischief(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(rw, `{"v":1,"receipts":["`+strings.Repeat(jws+`","`, 999)+jws+`"]}`)
		})
	})
	l := &asked{Prover: w.ledger}
	s, err := imprint.NewHTTP(imprint.HTTPOptions{Name: "court", URL: c.server.URL, Party: courtParty, TLS: c.server.Client().Transport.(*http.Transport).TLSClientConfig, Key: w.exchange, Ledger: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Deliver(t.Context(), blocks[:1]); err == nil || l.times > 1 {
		t.Errorf("got %v, asked the ledger %d times", err, l.times)
	}
	if _, err := s.Last(t.Context()); err == nil || l.times > 1 {
		t.Errorf("got %v, asked the ledger %d times", err, l.times)
	}
}

// A sender that makes up blocks of a consortium finds no belief, and nothing is
// kept of what it says: neither as the ledger nor as a fork of it.
func TestMadeUpBlocks(t *testing.T) {
	w := newWorld(t)
	block, trust := captured(t)
	dir := t.TempDir()
	r, err := receiver.New(receiver.Options{Dir: dir, Key: w.court, Trust: trust, Verifier: verifier(t, "", time.Now, w.exchange)})
	if err != nil {
		t.Fatal(err)
	}
	c := &court{w: w, inner: r}
	post := func(raw, hash, prev string, number uint64) int {
		body, err := json.Marshal(imprint.Request{V: 1, Deliveries: []imprint.Delivery{{V: 1, Channel: trust.Channel, Ledger: trust.Ledger, Block: base64.StdEncoding.EncodeToString([]byte(raw)),
			Number: number, Hash: hash, Prev: prev, Commands: []imprint.Command{}, Part: 1, Parts: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		status, _ := c.post(t, body, nil)
		return status
	}
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	for name, got := range map[string]int{"block 0 without itself": post("", trust.GenesisHash, "", 0), "another hash": post(block, one, "", 0),
		"another prev": post(block, trust.GenesisHash, two, 0), "no block at all": post("x", trust.GenesisHash, "", 0)} {
		if got != http.StatusBadRequest {
			t.Errorf("%s: got %d", name, got)
		}
	}
	if status := post(block, trust.GenesisHash, "", 0); status != http.StatusOK {
		t.Fatalf("block 0: got %d", status)
	}
	before := files(t, dir)
	for name, got := range map[string]int{"a next block": post("", one, trust.GenesisHash, 1), "that shows another": post(block, one, trust.GenesisHash, 1),
		"a fork before it": post("", one, two, 1), "a fork of block 0": post("", one, "", 0), "that shows it": post(block, one, "", 0)} {
		if got != http.StatusBadRequest {
			t.Errorf("%s: got %d, want it not believed", name, got)
		}
	}
	if files(t, dir) != before {
		t.Error("something of what was made up is kept")
	}
}

// captured is block 0 of a real channel, and what is believed of that.
func captured(t *testing.T) (string, evidence.Trust) {
	t.Helper()
	text, err := os.ReadFile("../evidence/testdata/consortium-trust.json")
	if err != nil {
		t.Fatal(err)
	}
	trust, err := evidence.ParseTrust(text)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.Open("../evidence/testdata/consortium-asset.zip.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	block, err := fs.ReadFile(z, "onchain/blocks/"+strings.Repeat("0", 20)+".block")
	if err != nil {
		t.Fatal(err)
	}
	return string(block), trust
}

// A folder that an earlier version filled, which took a consortium's blocks
// without proof, is not signed for any further.
func TestUnprovenFolder(t *testing.T) {
	w := newWorld(t)
	_, trust := captured(t)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, trust.Channel), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, trust.Channel, "head.json"), []byte(`{"height":3,"hash":"`+strings.Repeat("1", 64)+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := receiver.New(receiver.Options{Dir: dir, Key: w.court, Trust: trust, Verifier: verifier(t, "", time.Now, w.exchange)})
	if err == nil || !strings.Contains(err.Error(), "without proof") || !strings.Contains(err.Error(), "resume -again") {
		t.Errorf("got %v", err)
	}
}
