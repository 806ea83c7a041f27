package webhook_test

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/remitly-oss/httpsig-go"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/webhook"
)

// deadline is for what must happen; it ends early.
const deadline = time.Minute

const bank, owner = "91330100MADEUP064T", "91330100MADEUP072M"

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// told is a source of notices that a test fills.
type told struct {
	mu      sync.Mutex
	list    []service.Told
	more    chan struct{}
	revoked map[string]bool

	reminders []service.Reminder
	asked     func(after, until time.Time)
}

func newTold() *told { return &told{more: make(chan struct{}), revoked: map[string]bool{}} }

// add tells parties of an act on a record, in a block of its own.
func (s *told) add(record string, act pledge.Act, to ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	height := uint64(len(s.list) + 1)
	t := service.Told{Cursor: strconv.FormatUint(height, 10), Height: height}
	for _, party := range to {
		t.Notices = append(t.Notices, service.Notice{ID: fmt.Sprintf("cmd_%d", height), Cursor: t.Cursor, To: party, Act: act, RecordID: record, Subject: record,
			Position: pledge.Position{Block: height}, By: owner, Reason: service.ReasonPledgee})
	}
	s.list = append(s.list, t)
	close(s.more)
	s.more = make(chan struct{})
}

func (s *told) Told(ctx context.Context, after string, _ uint64) ([]service.Told, error) {
	n, _ := strconv.Atoi(after)
	for {
		s.mu.Lock()
		rest, more := s.list[n:], s.more
		s.mu.Unlock()
		if len(rest) > 0 {
			return rest, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *told) Speaks(_ context.Context, _, kid string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.revoked[kid], nil
}

func (s *told) revoke(kid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked[kid] = true
}

// got is a delivery as a target received it.
type got struct {
	service.Notice
	id, missed string
	reminder   string // its id, when it is one
}

// target is a receiver that checks signatures and answers as it is told.
type target struct {
	*httptest.Server
	t      *testing.T
	got    chan got
	mu     sync.Mutex
	answer func(n service.Notice) int
	first  func(n service.Notice) // before it is answered
}

func newTarget(t *testing.T, key *client.Key) *target {
	tg := &target{t: t, got: make(chan got, 1000), answer: func(service.Notice) int { return http.StatusNoContent }}
	tg.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender was killed half-way
		}
		if err := verified(r, body, key); err != nil {
			t.Errorf("the signature does not stand: %v", err)
		}
		g := got{id: r.Header.Get(webhook.HeaderDelivery), missed: r.Header.Get(webhook.HeaderMissed)}
		var due service.Reminder
		if err := errors.Join(json.Unmarshal(body, &g.Notice), json.Unmarshal(body, &due)); err != nil {
			t.Errorf("got %q: %v", body, err)
		}
		g.reminder = due.ID
		tg.mu.Lock()
		first, status := tg.first, tg.answer(g.Notice)
		tg.mu.Unlock()
		if first != nil {
			first(g.Notice)
		}
		tg.got <- g
		w.WriteHeader(status)
	}))
	t.Cleanup(tg.Close)
	return tg
}

func (tg *target) answers(f func(n service.Notice) int) {
	tg.mu.Lock()
	defer tg.mu.Unlock()
	tg.answer = f
}

func (tg *target) before(f func(n service.Notice)) {
	tg.mu.Lock()
	defer tg.mu.Unlock()
	tg.first = f
}

func always(status int) func(service.Notice) int {
	return func(service.Notice) int { return status }
}

// next is the next delivery.
func (tg *target) next() got {
	tg.t.Helper()
	select {
	case g := <-tg.got:
		return g
	case <-time.After(deadline):
		tg.t.Fatal("nothing was delivered")
	}
	return got{}
}

type keys map[string]httpsig.KeySpec

func (k keys) FetchByKeyID(_ context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	spec, ok := k[id]
	if !ok {
		return nil, fmt.Errorf("no key %s", id)
	}
	return spec, nil
}

func (k keys) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, fmt.Errorf("no key id")
}

// verified checks a delivery with the library, by the public key that the
// service shows to everybody.
func verified(r *http.Request, body []byte, key *client.Key) error {
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(key.Public()); err != nil {
		return err
	}
	ring := keys{key.KID(): {KeyID: key.KID(), Algo: httpsig.Algo_ED25519, PubKey: jwk.Key.(crypto.PublicKey)}}
	p := webhook.Plain(r, "http", r.Host, body)
	_, err := httpsig.Verify(p, ring, httpsig.VerifyProfile{SignatureLabel: "datapledge", AllowedAlgorithms: []httpsig.Algorithm{httpsig.Algo_ED25519},
		RequiredFields:   httpsig.Fields("@method", "@target-uri", "content-digest", "content-type", "datapledge-delivery", "datapledge-missed"),
		RequiredMetadata: []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaKeyID, httpsig.MetaAlgorithm}})
	return err
}

// bench is a running Hooks.
type bench struct {
	t      *testing.T
	key    *client.Key
	source *told
	o      webhook.Options
	hooks  *webhook.Hooks
	stop   func()
}

func newBench(t *testing.T, set func(o *webhook.Options)) *bench {
	t.Helper()
	b := &bench{t: t, key: must(client.New(client.Ed25519, owner, pledge.ScopeAdmin))(t), source: newTold()}
	b.o = webhook.Options{Path: filepath.Join(t.TempDir(), "webhooks.db"), Key: b.key, AllowHTTP: true, AllowPrivate: true,
		Timeout: deadline, FirstWait: time.Millisecond, LongestWait: 5 * time.Millisecond}
	if set != nil {
		set(&b.o)
	}
	b.open()
	t.Cleanup(func() { b.close() })
	return b
}

func (b *bench) open() {
	b.t.Helper()
	b.hooks = must(webhook.Open(b.o))(b.t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); b.hooks.Run(ctx, b.source) }()
	b.stop = func() { cancel(); <-done }
}

func (b *bench) close() {
	b.stop()
	if err := b.hooks.Close(); err != nil {
		b.t.Error(err)
	}
}

func (b *bench) add(party, url string, set ...func(*service.Webhook)) service.Webhook {
	b.t.Helper()
	w := service.Webhook{WebhookRequest: service.WebhookRequest{URL: url}, Party: party, RegisteredBy: "kid of " + party, State: service.WebhookActive}
	for _, f := range set {
		f(&w)
	}
	return must(b.hooks.Add(b.t.Context(), w))(b.t)
}

func (b *bench) shown(party string) service.Webhook {
	b.t.Helper()
	list := must(b.hooks.List(b.t.Context(), party))(b.t)
	if len(list) != 1 {
		b.t.Fatalf("got %d webhooks, want 1", len(list))
	}
	return list[0]
}

// until waits for what happens soon after a delivery.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(deadline); !ok(); {
		if time.Now().After(end) {
			b.t.Fatalf("it did not come to pass: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}
