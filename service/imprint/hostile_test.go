package imprint_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	s, err := imprint.NewHTTP(imprint.HTTPOptions{Name: "court", URL: c.server.URL, TLS: c.server.Client().Transport.(*http.Transport).TLSClientConfig, Key: w.exchange, Ledger: l})
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

// A sender that makes up blocks of a consortium, for which there is no proof,
// does not fill the court's disk with forks.
func TestMadeUpForksAreBounded(t *testing.T) {
	w := newWorld(t)
	text, err := os.ReadFile("../evidence/testdata/consortium-trust.json")
	if err != nil {
		t.Fatal(err)
	}
	trust, err := evidence.ParseTrust(text)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r, err := receiver.New(receiver.Options{Dir: dir, Key: w.court, Trust: trust, Verifier: verifier(t, "", time.Now, w.exchange)})
	if err != nil {
		t.Fatal(err)
	}
	c := &court{w: w, inner: r}
	post := func(hash, prev string, number uint64) int {
		body, err := json.Marshal(imprint.Request{V: 1, Deliveries: []imprint.Delivery{{V: 1, Channel: trust.Channel, Ledger: trust.Ledger,
			Number: number, Hash: hash, Prev: prev, Commands: []imprint.Command{}, Part: 1, Parts: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		status, _ := c.post(t, body, nil)
		return status
	}
	if status := post(trust.GenesisHash, "", 0); status != http.StatusOK {
		t.Fatalf("block 0: got %d", status)
	}
	forks := filepath.Join(dir, trust.Channel, "forks")
	for i := range 999 {
		if err := os.WriteFile(filepath.Join(forks, fmt.Sprint(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, digit := range []string{"1", "2", "3"} {
		if status := post(strings.Repeat(digit, 64), strings.Repeat("f", 64), 1); status != http.StatusConflict {
			t.Errorf("got %d, want it refused as a fork", status)
		}
	}
	if list, err := os.ReadDir(forks); err != nil || len(list) != 1000 {
		t.Errorf("%d forks are kept, %v", len(list), err)
	}
}
