package imprint_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
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
