package imprint_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
)

// The ledger was replaced by one that went on otherwise: nothing is delivered
// from it, the alarm stands over restarts, and ends when a person says so.
func TestLedgerForked(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	ids := w.commit(w.ledger, 1)
	dir := t.TempDir()
	other := w.copied()
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	ids = append(ids, w.commit(w.ledger, 1)...)
	f.untilDelivered()
	f.stop()
	w.commit(other, 2)
	f = follow(t, dir, other, c.sink(other, 0))
	f.untilState(service.ImprintStopped)
	f.stop()
	if s := f.Status(t.Context()); s.Cause == "" || !strings.Contains(s.Remedy, "imprint resume") || !f.logged("FORK") {
		t.Errorf("got %+v", s)
	}
	f = follow(t, dir, w.ledger, c.sink(w.ledger, 0)) // the right one does not undo it
	f.untilState(service.ImprintStopped)
	f.stop()
	c.hasOnce(ids...)
	if r, err := imprint.Resume(t.Context(), w.ledger, dir, false); err != nil || r.Stopped == "" || r.Since == "" || r.Again != nil {
		t.Fatalf("got %+v, %v", r, err)
	}
	f = follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	ids = append(ids, w.commit(w.ledger, 1)...)
	f.untilDelivered()
	c.hasOnce(ids...)
}

// The ledger was put back to an older state: that is noticed at once, and
// when it grows again otherwise, it is a fork.
func TestLedgerRewound(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	dir := t.TempDir()
	old := w.copied()
	w.commit(w.ledger, 1)
	w.commit(w.ledger, 1)
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	f.stop()
	f = follow(t, dir, old, c.sink(old, 0))
	f.untilState(service.ImprintBehind)
	if !f.logged("behind") {
		t.Error("the log says nothing")
	}
	for range 3 {
		w.commit(old, 1)
	}
	f.untilState(service.ImprintStopped)
}

// twisted is a ledger whose block 2 follows another block 1 than it gave.
type twisted struct{ imprint.Ledger }

func (l twisted) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	return l.Ledger.Follow(ctx, from, func(b service.Block) error {
		if b.Number == 2 {
			b.Prev = strings.Repeat("7", 64)
		}
		return fn(b)
	})
}

// A ledger that is changed while it is followed is noticed by its links.
func TestLedgerChangesUnderway(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	w.commit(w.ledger, 1)
	f := follow(t, t.TempDir(), twisted{w.ledger}, c.sink(w.ledger, 0))
	f.untilState(service.ImprintStopped)
	if found := c.received(); len(found) > 1 {
		t.Errorf("the court holds %d commands, though block 2 follows another", len(found))
	}
}

// Deliver tells a fork by the court's own receipt, and the court keeps the
// request, with the sender's signature, once.
func TestCourtKeepsForks(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	other := w.copied()
	w.commit(w.ledger, 1)
	w.commit(other, 1)
	w.commit(other, 1)
	deliver(t, c.sink(w.ledger, 0), blocksOf(t, w.ledger)...)
	theirs := blocksOf(t, w.ledger)[2]
	for _, ours := range [][]imprint.Delivery{blocksOf(t, other)[2:3], blocksOf(t, other)[3:4], blocksOf(t, other)[2:3]} {
		_, err := c.sink(other, 0).Deliver(t.Context(), ours)
		fork := (*imprint.Fork)(nil)
		if ours[0].Number == 3 { // its prev is the fork
			if err == nil {
				t.Error("a block after a fork is taken")
			}
			continue
		}
		if !errors.Is(err, imprint.ErrForked) || !errors.As(err, &fork) || fork.Number != 2 || fork.Ours != ours[0].Hash || fork.Theirs != theirs.Hash {
			t.Errorf("got %v", err)
		}
	}
	kept, err := filepath.Glob(filepath.Join(c.dir, channel, "forks", "*.json"))
	if err != nil || len(kept) != 2 {
		t.Fatalf("got %v, %v", kept, err)
	}
	data, err := os.ReadFile(kept[0])
	if err != nil || !strings.Contains(string(data), blocksOf(t, other)[2].Hash) || !strings.Contains(string(data), "keyid") {
		t.Errorf("got %.300s, %v", data, err)
	}
}

func deliver(t *testing.T, s imprint.Sink, list ...imprint.Delivery) []imprint.Receipt {
	t.Helper()
	receipts, err := s.Deliver(t.Context(), list)
	if err != nil || len(receipts) != len(list) {
		t.Fatalf("got %v, %v", receipts, err)
	}
	return receipts
}

// blocksOf is the whole ledger as a follower would hand it out.
func blocksOf(t *testing.T, l imprint.Ledger) (list []imprint.Delivery) {
	t.Helper()
	head, err := l.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	err = l.Follow(t.Context(), 0, func(b service.Block) error {
		d, err := imprint.DeliveryOf(l.Info(), b)
		if err != nil {
			return err
		}
		if list = append(list, d); b.Number == head.Height {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	return list
}

// Receipts that are not the court's, for this block of this channel, are none.
func TestWrongReceipts(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	stranger := newKey(t, client.Ed25519, courtParty)
	blocks := blocksOf(t, w.ledger)
	good := imprint.Statement{Block: 0, Channel: channel, Hash: blocks[0].Hash, Party: courtParty, ReceivedAt: "2026-01-02T03:04:05.000Z", Records: 0, V: 1}
	sign := func(k *client.Key, change func(s *imprint.Statement)) string {
		s := good
		change(&s)
		jws, err := imprint.SignReceipt(k, s)
		if err != nil {
			t.Fatal(err)
		}
		return jws
	}
	none := func(*imprint.Statement) {}
	right := sign(w.court, none)
	badType, err := w.court.SignJWS("datapledge+jws", payloadOf(t, right))
	if err != nil {
		t.Fatal(err)
	}
	spaced, err := w.court.SignJWS(imprint.ReceiptType, append([]byte(" "), payloadOf(t, right)...))
	if err != nil {
		t.Fatal(err)
	}
	for name, jws := range map[string]string{
		"other key": sign(stranger, none), "other block": sign(w.court, func(s *imprint.Statement) { s.Block = 1 }),
		"other hash":    sign(w.court, func(s *imprint.Statement) { s.Hash = strings.Repeat("0", 64) }),
		"other channel": sign(w.court, func(s *imprint.Statement) { s.Channel = "other" }),
		"other version": sign(w.court, func(s *imprint.Statement) { s.V = 2 }),
		"no time":       sign(w.court, func(s *imprint.Statement) { s.ReceivedAt = "2026-01-02T03:04:05Z" }),
		"a bank":        sign(w.bank, func(s *imprint.Statement) { s.Party = bankParty }),
		"not the party": sign(w.bank, none), "other type": badType, "spaces": spaced,
		"nonsense": "a.b.c", "empty": "", "changed": right[:len(right)-4] + "AAAA", "twice": right + `","` + right,
	} {
		c.mischief(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(rw, `{"v":1,"receipts":["`+jws+`"]}`)
			})
		})
		if list, err := c.sink(w.ledger, 0).Deliver(t.Context(), blocks[:1]); err == nil {
			t.Errorf("%s: got %+v", name, list)
		}
	}
	c.mischief(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(rw, `{"v":1,"receipts":["`+right+`"]}`)
		})
	})
	if _, err := c.sink(w.ledger, 0).Deliver(t.Context(), blocks[:1]); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

func payloadOf(t *testing.T, jws string) []byte {
	t.Helper()
	payload, err := b64.DecodeString(strings.Split(jws, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// Whose receipts count: those of the party that the configuration names, if it
// is a court, a regulator or a notary. It must name one: no other institution
// may answer in its place.
func TestWhoseReceiptsCount(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	blocks := blocksOf(t, w.ledger)
	for _, want := range []struct {
		key    *client.Key
		pinned string
		counts bool
	}{
		{w.court, courtParty, true}, {w.notary, notaryParty, true}, {w.notary, courtParty, false}, {w.court, notaryParty, false},
		{w.bank, bankParty, false}, {w.bank, courtParty, false}, {w.exchange, exchangeParty, false},
		{newKey(t, client.Ed25519, "91330100MADEUP072M"), "91330100MADEUP072M", false},
	} {
		jws, err := imprint.SignReceipt(want.key, imprint.Statement{Block: 0, Channel: channel, Hash: blocks[0].Hash, Party: want.key.Party(), ReceivedAt: "2026-01-02T03:04:05.000Z", V: 1})
		if err != nil {
			t.Fatal(err)
		}
		c.mischief(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(rw, `{"v":1,"receipts":["`+jws+`"]}`)
			})
		})
		if _, err := c.sinkOf(w.ledger, 0, want.pinned).Deliver(t.Context(), blocks[:1]); (err == nil) != want.counts {
			t.Errorf("%s, pinned %q: got %v, want it to count: %t", want.key.Party(), want.pinned, err, want.counts)
		}
	}
	if _, err := imprint.NewHTTP(imprint.HTTPOptions{Name: "court", URL: c.server.URL, Key: w.exchange, Ledger: w.ledger}); err == nil || !strings.Contains(err.Error(), "party") {
		t.Errorf("got %v, want word of the party that is missing", err)
	}
}

// A key that was revoked signs no receipts any more.
func TestRevokedCourtKey(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	newer := newKey(t, client.Ed25519, courtParty)
	add, err := w.court.Sign(pledge.PartyAddKey, channel, pledge.AddKeyBody{Party: courtParty, Key: pledge.KeyGrant{JWK: newer.Public(), Scope: pledge.ScopeAdmin}}, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.submit(w.ledger, add)
	revoke, err := newer.Sign(pledge.PartyRevokeKey, channel, pledge.RevokeKeyBody{Party: courtParty, KID: w.court.KID(), Reason: "LOST"}, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.submit(w.ledger, revoke)
	if _, err := c.sink(w.ledger, 0).Deliver(t.Context(), blocksOf(t, w.ledger)); err == nil || !strings.Contains(err.Error(), "living key") {
		t.Errorf("got %v", err)
	}
	w.court = newer
	c2 := w.newCourt()
	deliver(t, c2.sink(w.ledger, 0), blocksOf(t, w.ledger)...)
}

// The court takes only what is proven, whole, and next.
func TestCourtRefuses(t *testing.T) {
	w := newWorld(t)
	w.commit(w.ledger, 2)
	w.commit(w.ledger, 1)
	asked := recorded(t, w)
	for name, change := range map[string]func(r *imprint.Request){
		"version":        func(r *imprint.Request) { r.V = 2 },
		"nothing":        func(r *imprint.Request) { r.Deliveries = nil },
		"d version":      func(r *imprint.Request) { r.Deliveries[0].V = 2 },
		"channel":        func(r *imprint.Request) { r.Deliveries[0].Channel = "other" },
		"ledger":         func(r *imprint.Request) { r.Deliveries[0].Ledger = "fabric" },
		"hash":           func(r *imprint.Request) { r.Deliveries[1].Hash = strings.Repeat("0", 64) },
		"no hash":        func(r *imprint.Request) { r.Deliveries[1].Hash = "x" },
		"prev":           func(r *imprint.Request) { r.Deliveries[1].Prev = strings.Repeat("0", 64) },
		"gap":            func(r *imprint.Request) { r.Deliveries = r.Deliveries[1:] },
		"gap between":    func(r *imprint.Request) { r.Deliveries = append(r.Deliveries[:1], r.Deliveries[2]) },
		"order":          func(r *imprint.Request) { r.Deliveries[1], r.Deliveries[2] = r.Deliveries[2], r.Deliveries[1] },
		"no proof":       func(r *imprint.Request) { r.Deliveries[1].Proofs = nil },
		"one proof less": func(r *imprint.Request) { r.Deliveries[1].Proofs = r.Deliveries[1].Proofs[:1] },
		"left out": func(r *imprint.Request) {
			d := &r.Deliveries[1]
			d.Proofs, d.Commands = d.Proofs[:1], d.Commands[:1]
		},
		"hash, the last one": func(r *imprint.Request) {
			r.Deliveries = r.Deliveries[:2]
			r.Deliveries[1].Hash = strings.Repeat("0", 64)
		},
		"nothing in it": func(r *imprint.Request) { r.Deliveries[1].Proofs, r.Deliveries[1].Commands = nil, []imprint.Command{} },
		"a part that proves more": func(r *imprint.Request) {
			d := &r.Deliveries[1]
			r.Deliveries, d.Parts, d.Commands = r.Deliveries[:2], 2, d.Commands[:1]
		},
		"twice":         func(r *imprint.Request) { r.Deliveries[1].Commands[1] = r.Deliveries[1].Commands[0] },
		"other proof":   func(r *imprint.Request) { r.Deliveries[1].Proofs = r.Deliveries[2].Proofs },
		"other command": func(r *imprint.Request) { r.Deliveries[1].Commands[0].JWS = r.Deliveries[2].Commands[0].JWS },
		"other act":     func(r *imprint.Request) { r.Deliveries[1].Commands[0].Act = "party.revoke_key" },
		"other party":   func(r *imprint.Request) { r.Deliveries[1].Commands[0].By = courtParty },
		"position":      func(r *imprint.Request) { r.Deliveries[1].Commands[0].Position.Index = 1 },
		"genesis":       func(r *imprint.Request) { r.Deliveries[0].Genesis = false },
		"parts":         func(r *imprint.Request) { r.Deliveries[1].Part = 3 },
		"last part":     func(r *imprint.Request) { r.Deliveries[1].Part, r.Deliveries[1].Parts = 2, 2 },
	} {
		c := w.newCourt()
		var q imprint.Request
		if err := json.Unmarshal(asked, &q); err != nil {
			t.Fatal(err)
		}
		change(&q)
		body, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := c.post(t, body, nil); status/100 != 4 {
			t.Errorf("%s: got %d %s", name, status, answer)
		}
	}
	if status, answer := w.newCourt().post(t, asked, nil); status != http.StatusOK {
		t.Errorf("as it was: got %d %s", status, answer)
	}
}

// recorded is the body of the request that delivers the whole ledger.
func recorded(t *testing.T, w *world) (body []byte) {
	t.Helper()
	c := w.newCourt()
	c.mischief(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(rw, r)
		})
	})
	deliver(t, c.sink(w.ledger, 0), blocksOf(t, w.ledger)...)
	return body
}

// post signs a body and hands it to the court; change spoils the request.
func (c *court) post(t *testing.T, body []byte, change func(r *http.Request)) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "https://court.example"+imprint.PathDeliveries, bytes.NewReader(body))
	if err := imprint.SignRequest(r, body, c.w.exchange); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	rec := httptest.NewRecorder()
	c.inner.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// The same request again is answered by the same receipts, and changes
// nothing; later than its window it is not believed, nor is an altered one.
func TestReplay(t *testing.T) {
	w := newWorld(t)
	w.commit(w.ledger, 2)
	body := recorded(t, w)
	c := w.newCourt()
	r := httptest.NewRequest(http.MethodPost, "https://court.example"+imprint.PathDeliveries, nil)
	if err := imprint.SignRequest(r, body, w.exchange); err != nil {
		t.Fatal(err)
	}
	send := func(h http.Handler, body []byte) (int, string) {
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	code, first := send(c.inner, body)
	held := files(t, c.dir)
	again, second := send(c.inner, body)
	if code != http.StatusOK || again != code || first != second || files(t, c.dir) != held {
		t.Errorf("got %d and %d, and another answer: %t", code, again, first != second)
	}
	altered := bytes.Replace(body, []byte(`"party.enroll"`), []byte(`"party.enrolL"`), 1)
	if code, answer := send(c.inner, altered); code != http.StatusUnauthorized {
		t.Errorf("altered: got %d %s", code, answer)
	}
	if code, answer := send(c.open(func() time.Time { return time.Now().Add(6 * time.Minute) }), body); code != http.StatusUnauthorized {
		t.Errorf("six minutes later: got %d %s", code, answer)
	}
}

// files is everything below a folder, with its content.
func files(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		b.WriteString(path + "\n" + string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A court that died after it signed, before it counted, gives the same receipt.
func TestOneReceiptForABlock(t *testing.T) {
	w := newWorld(t)
	w.commit(w.ledger, 1)
	c := w.newCourt()
	blocks := blocksOf(t, w.ledger)
	deliver(t, c.sink(w.ledger, 0), blocks[:1]...)
	head := filepath.Join(c.dir, channel, "head.json")
	before, err := os.ReadFile(head)
	if err != nil {
		t.Fatal(err)
	}
	first := deliver(t, c.sink(w.ledger, 0), blocks[1:]...)
	if err := os.WriteFile(head, before, 0o600); err != nil {
		t.Fatal(err)
	}
	c.mischief(func(http.Handler) http.Handler {
		return c.open(func() time.Time { return time.Now().Add(time.Minute) })
	})
	if again := deliver(t, c.sink(w.ledger, 0), blocks[1:]...); again[0].Document != first[0].Document {
		t.Errorf("got another receipt: %+v and %+v", first, again)
	}
}

// A court does not begin again where it has receipts but not how far they reach.
func TestCourtWithoutHead(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	deliver(t, c.sink(w.ledger, 0), blocksOf(t, w.ledger)...)
	if err := os.Remove(filepath.Join(c.dir, channel, "head.json")); err != nil {
		t.Fatal(err)
	}
	_, err := receiver.New(receiver.Options{Dir: c.dir, Key: w.court, Trust: evidence.TrustOf(w.ledger.Info()), Verifier: verifier(t, "", time.Now, w.exchange)})
	if err == nil || !strings.Contains(err.Error(), "head.json") {
		t.Errorf("got %v", err)
	}
}
