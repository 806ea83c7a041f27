package imprint_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/solo"
)

// shown is a consortium's ledger as the sink asks it; raw says what it has of
// each block.
type shown struct {
	imprint.Prover
	raw string
}

func (shown) Info() service.LedgerInfo {
	return service.LedgerInfo{Kind: "fabric", Channel: channel}
}

func (shown) Prove(context.Context, pledge.Position) (json.RawMessage, error) {
	return json.RawMessage(`"` + strings.Repeat("p", 3000) + `"`), nil
}

func (m shown) RawBlock(context.Context, uint64) ([]byte, error) { return []byte(m.raw), nil }

// A consortium's block goes with the first of its parts, alone where it is
// large, and once.
func TestBlockGoesFirst(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	var sent [][]imprint.Delivery
	c.mischief(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			var q imprint.Request
			if err := json.Unmarshal(body, &q); err != nil {
				t.Error(err)
			}
			sent = append(sent, q.Deliveries)
			_, _ = io.WriteString(rw, `{"v":1,"receipts":[]}`)
		})
	})
	d := imprint.Delivery{V: 1, Channel: channel, Ledger: "fabric", Number: 3, Hash: strings.Repeat("1", 64), Prev: strings.Repeat("2", 64), Part: 1, Parts: 1}
	for tx := range 3 {
		d.Commands = append(d.Commands, imprint.Command{Position: pledge.Position{Block: 3, Tx: tx}})
	}
	raw := strings.Repeat("block ", 1000)
	s, err := imprint.NewHTTP(imprint.HTTPOptions{Name: "court", URL: c.server.URL, Party: courtParty, TLS: c.server.Client().Transport.(*http.Transport).TLSClientConfig,
		Key: w.exchange, Ledger: shown{w.ledger, raw}, Usual: 4000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Deliver(t.Context(), []imprint.Delivery{d}); err == nil || !strings.Contains(err.Error(), "0 receipts for 1") {
		t.Errorf("got %v", err)
	}
	if len(sent) != 4 {
		t.Fatalf("got %d requests, want the block and three proofs apart", len(sent))
	}
	for i, list := range sent {
		got, _ := base64.StdEncoding.DecodeString(list[0].Block)
		if first := i == 0; len(list) != 1 || list[0].Part != i+1 || list[0].Parts != 4 || (string(got) == raw) != first || (len(got) == 0) == first || (len(list[0].Proofs) == 0) != first {
			t.Errorf("request %d: part %d of %d, %d bytes of the block, %d proofs", i, list[0].Part, list[0].Parts, len(got), len(list[0].Proofs))
		}
	}
}

// unsigned is a consortium's ledger that has no blocks to show.
type unsigned struct{ imprint.Prover }

func (unsigned) Info() service.LedgerInfo {
	return service.LedgerInfo{Kind: "fabric", Channel: channel}
}

// What cannot be proven is not sent.
func TestBlockNotToBeHad(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	s, err := imprint.NewHTTP(imprint.HTTPOptions{Name: "court", URL: c.server.URL, Party: courtParty, Key: w.exchange, Ledger: unsigned{w.ledger}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	_, err = s.Deliver(t.Context(), []imprint.Delivery{{V: 1, Channel: channel, Ledger: "fabric", Part: 1, Parts: 1}})
	if err == nil || !strings.Contains(err.Error(), "signatures") {
		t.Errorf("got %v", err)
	}
}

// The blocks of a solo ledger count by its operator's signature alone: another
// one's, over the same genesis, are not believed, be they the first or a fork.
func TestAnotherOperatorsBlocks(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	other := *w
	key, _ := newKey(t, client.Ed25519, "").RevealEd25519()
	other.operator = solo.NewOperator(key)
	l := other.open(filepath.Join(t.TempDir(), "other"))
	other.commit(l, 1)
	theirs := blocksOf(t, l)
	for _, held := range []bool{false, true} {
		_, err := c.sink(l, 0).Deliver(t.Context(), theirs)
		if err == nil || !strings.Contains(err.Error(), "400") || errors.Is(err, imprint.ErrForked) {
			t.Errorf("held %t: got %v", held, err)
		}
		if _, err := c.sink(l, 0).Deliver(t.Context(), theirs[1:]); err == nil || errors.Is(err, imprint.ErrForked) {
			t.Errorf("held %t, the second: got %v", held, err)
		}
		if !held {
			c.hasOnce()
			c.hasOnce(deliverAll(t, w, c)...)
		}
	}
}

// deliverAll commits something on the right ledger, and delivers it.
func deliverAll(t *testing.T, w *world, c *court) []string {
	t.Helper()
	ids := w.commit(w.ledger, 1)
	deliver(t, c.sink(w.ledger, 0), blocksOf(t, w.ledger)...)
	return ids
}
