package imprint_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/solo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ipcentreParty = "12330100MADEUP013P"
	courtParty    = "11330100MADEUP048D"
	bankParty     = "91330100MADEUP064T"
	notaryParty   = "32330100MADEUP021G"
	channel       = "pledge"
)

// world is a solo ledger whose members' keys we have.
type world struct {
	t                                       *testing.T
	genesis                                 pledge.Genesis
	operator                                solo.Operator
	ipcentre, exchange, court, bank, notary *client.Key
	path                                    string
	ledger                                  *solo.Ledger
	parties                                 int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ipcentre: newKey(t, client.Ed25519, ipcentreParty), exchange: newKey(t, client.P256, exchangeParty),
		court: newKey(t, client.Ed25519, courtParty), bank: newKey(t, client.Ed25519, bankParty), notary: newKey(t, client.P256, notaryParty)}
	operator, ok := newKey(t, client.Ed25519, "").RevealEd25519()
	if !ok {
		t.Fatal("no key")
	}
	w.operator = solo.NewOperator(operator)
	w.genesis = pledge.Genesis{V: pledge.Version, Channel: channel, Created: "2026-01-01T00:00:00Z", Members: []pledge.Member{
		member(w.ipcentre, "中心", pledge.RoleIPCentre), member(w.exchange, "交易所", pledge.RoleExchange),
		member(w.court, "法院", pledge.RoleCourt), member(w.bank, "银行", pledge.RoleBank), member(w.notary, "公证处", pledge.RoleNotary)}}
	w.path = filepath.Join(t.TempDir(), "ledger")
	w.ledger = w.open(w.path)
	return w
}

func member(k *client.Key, name string, role pledge.Role) pledge.Member {
	return pledge.Member{Party: k.Party(), Name: name, Roles: []pledge.Role{role}, Recipient: k.Recipient(),
		Keys: []pledge.KeyGrant{{JWK: k.Public(), Scope: pledge.ScopeAdmin}}}
}

func (w *world) open(path string) *solo.Ledger {
	w.t.Helper()
	l, err := solo.Open(solo.Options{Path: path, Genesis: w.genesis, Operator: w.operator, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = l.Close() })
	return l
}

// copied is the same ledger as it is now, to go on in another way.
func (w *world) copied() *solo.Ledger {
	w.t.Helper()
	if err := w.ledger.Close(); err != nil {
		w.t.Fatal(err)
	}
	data, err := os.ReadFile(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(w.t.TempDir(), "copy")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.ledger = w.open(w.path)
	return w.open(path)
}

// commit enrols n parties at once, and returns the ids of the commands.
func (w *world) commit(l *solo.Ledger, n int) []string {
	w.t.Helper()
	var commands, ids []string
	for range n {
		w.parties++
		k := newKey(w.t, client.Ed25519, actors.USCC(w.parties))
		jws, err := w.ipcentre.Sign(pledge.PartyEnroll, channel, pledge.EnrollBody{Party: k.Party(), Name: fmt.Sprintf("第%d企业", w.parties),
			Roles: []pledge.Role{pledge.RoleEnterprise}, Keys: []pledge.KeyGrant{{JWK: k.Public(), Scope: pledge.ScopeAdmin}}}, time.Now(), nil)
		if err != nil {
			w.t.Fatal(err)
		}
		commands, ids = append(commands, jws), append(ids, client.CommandID(jws))
	}
	w.submit(l, commands...)
	return ids
}

func (w *world) submit(l *solo.Ledger, commands ...string) {
	w.t.Helper()
	outcomes, err := l.Submit(w.t.Context(), commands)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Status != pledge.Applied {
			w.t.Fatalf("got %+v", o)
		}
	}
}

// court is a receiver behind TLS; before may answer in its place.
type court struct {
	w      *world
	dir    string
	server *httptest.Server

	mu     sync.Mutex
	inner  http.Handler
	before func(next http.Handler) http.Handler
	posts  int
}

func (w *world) newCourt() *court {
	w.t.Helper()
	c := &court{w: w, dir: w.t.TempDir()}
	c.restart()
	c.server = httptest.NewTLSServer(c)
	w.t.Cleanup(c.server.Close)
	return c
}

// restart opens the receiver's folder anew, as another process would.
func (c *court) restart() {
	c.w.t.Helper()
	r := c.open(time.Now)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inner = r
}

func (c *court) open(now func() time.Time) *receiver.Receiver {
	c.w.t.Helper()
	v, err := imprint.NewVerifier([]json.RawMessage{c.w.exchange.Public()}, "", 5*time.Minute, now)
	if err != nil {
		c.w.t.Fatal(err)
	}
	r, err := receiver.New(receiver.Options{Dir: c.dir, Key: c.w.court, Trust: evidence.TrustOf(c.w.ledger.Info()), Verifier: v, Now: now})
	if err != nil {
		c.w.t.Fatal(err)
	}
	return r
}

func (c *court) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	h := c.inner
	if c.before != nil {
		h = c.before(h)
	}
	if r.Method == http.MethodPost {
		c.posts++
	}
	c.mu.Unlock()
	h.ServeHTTP(w, r)
}

// mischief puts something before the receiver; nil takes it away.
func (c *court) mischief(fn func(next http.Handler) http.Handler) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before = fn
}

func (c *court) sink(l *solo.Ledger, usual int) *imprint.HTTP {
	c.w.t.Helper()
	return c.sinkOf(l, usual, courtParty)
}

// sinkOf believes one party's receipts.
func (c *court) sinkOf(l *solo.Ledger, usual int, party string) *imprint.HTTP {
	c.w.t.Helper()
	s, err := imprint.NewHTTP(imprint.HTTPOptions{Name: "court", URL: c.server.URL, Party: party, TLS: c.server.Client().Transport.(*http.Transport).TLSClientConfig,
		Key: c.w.exchange, Ledger: l, Usual: usual})
	if err != nil {
		c.w.t.Fatal(err)
	}
	c.w.t.Cleanup(func() { _ = s.Close() })
	return s
}

// received maps command ids to how many of the court's blocks hold them.
func (c *court) received() map[string]int {
	c.w.t.Helper()
	found := map[string]int{}
	err := filepath.WalkDir(filepath.Join(c.dir, channel, "blocks"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var d imprint.Delivery
		if err := json.Unmarshal(data, &d); err != nil {
			return err
		}
		for _, cmd := range d.Commands {
			found[cmd.ID]++
		}
		return nil
	})
	if err != nil {
		c.w.t.Fatal(err)
	}
	return found
}

// hasOnce wants the court to hold exactly these commands, each once.
func (c *court) hasOnce(ids ...string) {
	c.w.t.Helper()
	found := c.received()
	for _, id := range ids {
		if found[id] != 1 {
			c.w.t.Errorf("%s stands %d times with the court", id, found[id])
		}
	}
	if len(found) != len(ids) {
		c.w.t.Errorf("the court holds %d commands, want %d", len(found), len(ids))
	}
}

// running is a follower under way.
type running struct {
	*imprint.Follower
	t    *testing.T
	dir  string
	log  *strings.Builder
	mu   *sync.Mutex
	stop func()
}

func follow(t *testing.T, dir string, l imprint.Ledger, s imprint.Sink, changes ...func(*imprint.Options)) *running {
	t.Helper()
	r := &running{t: t, dir: dir, log: &strings.Builder{}, mu: &sync.Mutex{}}
	o := imprint.Options{Ledger: l, Sink: s, Dir: dir, Logger: slog.New(slog.NewTextHandler(r, nil)), Wait: brief}
	for _, change := range changes {
		change(&o)
	}
	f, err := imprint.NewFollower(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Follower = f
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx)
	}()
	r.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(r.stop)
	return r
}

// Write takes the follower's log.
func (r *running) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(b)
}

func (r *running) logged(word string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(r.log.String(), word)
}

// brief is a pause that tests can afford.
func brief(ctx context.Context, _ time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Millisecond):
	}
}

// until waits for a state of the follower, for as long as a slow machine needs.
func (r *running) until(what string, ok func(s service.ImprintStatus) bool) {
	r.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if ok(r.Status(context.Background())) {
			return
		}
	}
	r.t.Fatalf("not %s: %+v", what, r.Status(context.Background()))
}

func (r *running) untilDelivered() {
	r.t.Helper()
	r.until("all delivered", func(s service.ImprintStatus) bool { return s.LagBlocks == 0 })
}

func (r *running) untilState(state string) {
	r.t.Helper()
	r.until(state, func(s service.ImprintStatus) bool { return s.State == state })
}
