package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/rest"
	"github.com/datapledge/datapledge/service/solo"
	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

const channel = "pledge"

// USCCs of the cast: made up, with valid check digits.
var usccs = map[string]string{
	"ipcenter": "12330100MADEUP013P", "notary": "32330100MADEUP021G", "exchange": "91330100MADEUP03X5",
	"court": "11330100MADEUP048D", "regulator": "11330100MADEUP0568", "bank": "91330100MADEUP064T",
	"enterprise": "91330100MADEUP072M", "enterprise2": "91330100MADEUP080G", "bank2": "91330100MADEUP099D",
}

// stack is a whole service in this process, with a server in front that
// holds every exchange against the contract.
type stack struct {
	t       *testing.T
	svc     *service.Service
	handler *rest.Handler
	server  *httptest.Server
	http    *http.Client
	keys    map[string]*client.Key
	clock   *clock
	bucket  *flaky
	vault   *storage.Vault
	ledger  *solo.Ledger
	wrapped *brokenLedger
	index   *slowIndex
	logs    *syncBuffer
	audit   *syncBuffer
	checks  []string // that terms name
}

type setup struct {
	rest      rest.Options
	service   service.Options // of which the stack takes what stands beside the ledger
	noParties bool
}

func newStack(t *testing.T, setups ...func(*setup)) *stack {
	t.Helper()
	conf := setup{rest: rest.Options{RatePerAddress: -1, RatePerParty: -1}} // the clock stands still
	for _, f := range setups {
		f(&conf)
	}
	s := &stack{t: t, keys: map[string]*client.Key{}, clock: newClock(), logs: &syncBuffer{}, audit: &syncBuffer{}}
	s.bucket = &flaky{Bucket: &mem.Bucket{Now: s.clock.Now}}
	genesis := pledge.Genesis{V: 1, Channel: channel, Created: s.clock.Now().Format(time.RFC3339)}
	for name, uscc := range usccs {
		s.keys[name] = must(client.New(client.Ed25519, uscc, pledge.ScopeAdmin))(t)
	}
	for _, role := range []pledge.Role{pledge.RoleIPCentre, pledge.RoleNotary, pledge.RoleExchange, pledge.RoleCourt, pledge.RoleRegulator, pledge.RoleBank} {
		k := s.keys[string(role)]
		genesis.Members = append(genesis.Members, pledge.Member{Party: k.Party(), Name: string(role) + " (demo)", Roles: []pledge.Role{role},
			Keys: []pledge.KeyGrant{{JWK: k.Public(), Scope: pledge.ScopeAdmin}}, Recipient: k.Recipient()})
	}
	dir := t.TempDir()
	operator, _ := must(client.New(client.Ed25519, "", ""))(t).RevealEd25519()
	s.ledger = must(solo.Open(solo.Options{Path: filepath.Join(dir, "ledger.db"), Genesis: genesis, Operator: solo.NewOperator(operator),
		Now: s.clock.Now, Logger: slog.New(slog.DiscardHandler)}))(t)
	ix := must(index.Open(filepath.Join(dir, "index.db"), nil))(t)
	s.wrapped = &brokenLedger{Ledger: s.ledger}
	s.index = &slowIndex{Index: ix}
	s.assemble(conf, ix)
	s.run(ix)
	if !conf.noParties {
		s.enroll("enterprise", pledge.RoleEnterprise)
		s.enroll("enterprise2", pledge.RoleEnterprise)
		s.enroll("bank2", pledge.RoleBank)
	}
	return s
}

func (s *stack) assemble(conf setup, ix *index.Index) {
	custodian := s.keys["exchange"]
	identity := must(storage.ParseIdentity(storage.NewSecret(custodian.Identity().(fmt.Stringer).String())))(s.t)
	s.vault = must(storage.NewVault(s.bucket, identity, storage.Options{Now: s.clock.Now}))(s.t)
	logger := slog.New(slog.NewJSONHandler(s.logs, nil))
	metrics := rest.NewMetrics()
	s.svc = must(service.New(service.Options{Ledger: s.wrapped, Index: s.index, Vault: s.vault, Custodian: custodian,
		ReadYourWrites: time.Minute, // what was written is read at once, on slow machines too
		Evidence:       evidence.Source{Ledger: s.ledger, Index: ix, Signer: custodian, Search: s.searchReport, Now: s.clock.Now},
		Probe:          func(context.Context) error { return s.bucket.err() },
		TimeStamps:     conf.service.TimeStamps, Imprints: conf.service.Imprints, Examiner: conf.service.Examiner, Certificates: conf.service.Certificates, PublicURL: conf.service.PublicURL, Content: conf.service.Content, Webhooks: conf.service.Webhooks, FindingName: conf.service.FindingName,
		Now: s.clock.Now, Logger: logger, Audit: slog.New(slog.NewJSONHandler(s.audit, nil)), Observer: metrics}))(s.t)
	conf.rest.Logger, conf.rest.Metrics = logger, metrics
	if conf.rest.Now == nil {
		conf.rest.Now = s.clock.Now
	}
	s.handler = must(rest.New(s.svc, conf.rest))(s.t)
	s.server = httptest.NewUnstartedServer(s.handler)
	s.server.Start()
	s.http = &http.Client{Transport: newContract(s.t, s.server.Client().Transport)}
}

func (s *stack) searchReport(ctx context.Context, number string) (string, error) {
	r, err := s.svc.StoredSearch(ctx, number)
	return r.Report, err
}

func (s *stack) run(ix *index.Index) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = ix.Project(ctx, s.ledger) })
	if err := ix.WaitFor(s.t.Context(), 0); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		s.handler.Close()
		s.server.Close()
		cancel()
		running.Wait()
		if err := ix.Close(); err != nil {
			s.t.Error(err)
		}
		if err := s.ledger.Close(); err != nil {
			s.t.Error(err)
		}
	})
}

func (s *stack) enroll(name string, role pledge.Role) {
	s.t.Helper()
	k := s.keys[name]
	s.command("ipcenter", pledge.PartyEnroll, pledge.EnrollBody{Party: k.Party(), Name: name + " (demo)", Roles: []pledge.Role{role},
		Keys: []pledge.KeyGrant{{JWK: k.Public(), Scope: pledge.ScopeAdmin}}, Recipient: k.Recipient()})
}

func (s *stack) sign(name string, act pledge.Act, body any) string {
	s.t.Helper()
	return must(s.keys[name].Sign(act, channel, body, s.clock.Now(), nil))(s.t)
}

// command submits and expects it to be applied.
func (s *stack) command(name string, act pledge.Act, body any) pledge.Outcome {
	s.t.Helper()
	a := s.submit(s.sign(name, act, body))
	if a.status != http.StatusOK {
		s.t.Fatalf("%s by %s: got %d %s, want 200", act, name, a.status, a.body)
	}
	var o pledge.Outcome
	a.decode(&o)
	return o
}

func (s *stack) submit(jws string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, "/v1/commands", "", strings.NewReader(jws), "Content-Type", "application/jose")
}

type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

func (a answer) decode(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("decoding %s: %v", a.body, err)
	}
}

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p)
	return p.Code
}

// want fails the test unless the answer has this status and, for problems, code.
func (a answer) want(status int, code string) answer {
	a.t.Helper()
	if a.status != status || a.code() != code {
		a.t.Fatalf("got %d %q (%.300s), want %d %q", a.status, a.code(), a.body, status, code)
	}
	return a
}

// as_ gives the answer's body decoded.
func as_[T any](a answer) T {
	a.t.Helper()
	var v T
	if a.status >= 300 {
		a.t.Fatalf("got %d %.300s", a.status, a.body)
	}
	a.decode(&v)
	return v
}

func (s *stack) token(name string) string {
	s.t.Helper()
	return must(s.keys[name].JWT(channel, s.clock.Now()))(s.t)
}

// do sends a request as a party ("" for nobody), with headers in pairs.
func (s *stack) do(method, path, as string, body io.Reader, headers ...string) answer {
	s.t.Helper()
	req := must(http.NewRequest(method, s.server.URL+path, body))(s.t)
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+s.token(as))
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.http.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{s.t, resp.StatusCode, resp.Header, data}
}

func (s *stack) get(path, as string) answer {
	s.t.Helper()
	return s.do(http.MethodGet, path, as, nil)
}

func (s *stack) post(path, as string, body any) answer {
	s.t.Helper()
	data := must(json.Marshal(body))(s.t)
	return s.do(http.MethodPost, path, as, bytes.NewReader(data), "Content-Type", "application/json")
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// clock is passed in everywhere; it moves when told.
type clock struct{ offset atomic.Int64 }

func newClock() *clock { return &clock{} }

func (c *clock) Now() time.Time {
	return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).Add(time.Duration(c.offset.Load()))
}

func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// flaky is a bucket that can be made to fail.
type flaky struct {
	storage.Bucket
	fault atomic.Pointer[error]
}

func (f *flaky) fail(err error) { f.fault.Store(&err) }

func (f *flaky) err() error {
	if p := f.fault.Load(); p != nil {
		return *p
	}
	return nil
}

func (f *flaky) Create(ctx context.Context, key string, r io.Reader) error {
	if err := f.err(); err != nil {
		return err
	}
	return f.Bucket.Create(ctx, key, r)
}

func (f *flaky) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	if err := f.err(); err != nil {
		return storage.Part{}, err
	}
	return f.Bucket.PutPart(ctx, key, id, n, off, data)
}

func (f *flaky) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Bucket.Open(ctx, key, off, n)
}

// brokenLedger answers Submit with an error when it is given one.
type brokenLedger struct {
	service.Ledger
	submit atomic.Pointer[error]
	panics atomic.Bool
}

func (b *brokenLedger) Submit(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	if b.panics.Load() {
		panic("canary of a panic")
	}
	if p := b.submit.Load(); p != nil && *p != nil {
		return nil, *p
	}
	return b.Ledger.Submit(ctx, commands)
}

func (b *brokenLedger) fail(err error) { b.submit.Store(&err) }

// slowIndex can be made to lag: what it waits for never comes.
type slowIndex struct {
	service.Index
	lags atomic.Bool
	lost atomic.Bool // a block of the ledger
}

func (i *slowIndex) Regressed() *service.Regression {
	if i.lost.Load() {
		return &service.Regression{}
	}
	return i.Index.Regressed()
}

func (i *slowIndex) WaitFor(ctx context.Context, height uint64) error {
	if i.lags.Load() {
		return context.DeadlineExceeded
	}
	return i.Index.WaitFor(ctx, height)
}

// Metrics are numbers that only this ledger has.
func (*brokenLedger) Metrics() []service.Metric {
	return []service.Metric{{Name: "height", Help: "a gauge", Value: 7}, {Name: "batches_total", Help: "a counter", Value: 3, Counter: true}}
}
