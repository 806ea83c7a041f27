package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// fake is a service that answers as the test says.
type fake struct {
	t        *testing.T
	mu       sync.Mutex
	commands []string // the JWS that arrived
	waits    []time.Duration
	answer   func(w http.ResponseWriter, r *http.Request, n int) // to POST /v1/commands, the n-th from 1
	lookup   func(w http.ResponseWriter, id string)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/v1/network":
		fmt.Fprint(w, `{"channel":"pledge","ledger":"solo","extra":"kept"}`)
	case r.Method == http.MethodPost && r.URL.Path == "/v1/commands":
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.commands = append(f.commands, string(body))
		n := len(f.commands)
		f.mu.Unlock()
		f.answer(w, r, n)
	case strings.HasPrefix(r.URL.Path, "/v1/commands/") && f.lookup != nil:
		f.lookup(w, strings.TrimPrefix(r.URL.Path, "/v1/commands/"))
	default:
		fail(w, 404, "not_found", "no such thing")
	}
}

func fail(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "urn:datapledge:" + code, "code": code, "status": status, "detail": detail})
}

// sent is what arrived so far.
func (f *fake) sent() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

func applied(w http.ResponseWriter, id string) {
	_ = json.NewEncoder(w).Encode(pledge.Outcome{CommandID: id, Status: pledge.Applied, RecordID: "rec"})
}

func hangUp(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// dial makes a client whose waits cost no time.
func (f *fake) dial(key *client.Key) *client.Client {
	f.t.Helper()
	srv := httptest.NewServer(f)
	f.t.Cleanup(srv.Close)
	c, err := client.Dial(srv.URL, key, client.Options{
		Now: func() time.Time { return noon },
		Wait: func(ctx context.Context, d time.Duration) error {
			f.waits = append(f.waits, d)
			return ctx.Err()
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func TestSubmitSendsTheSameCommandAgain(t *testing.T) {
	id := ""
	f := &fake{t: t, answer: func(w http.ResponseWriter, _ *http.Request, n int) {
		switch n {
		case 1:
			hangUp(w)
		case 2:
			fail(w, 503, "unavailable", "no ledger")
		case 3:
			w.WriteHeader(http.StatusAccepted)
			_ = json.NewEncoder(w).Encode(pledge.Outcome{CommandID: id, Status: pledge.Unknown})
		case 4:
			fail(w, 500, "internal", "")
		default:
			applied(w, id)
		}
	}}
	c := f.dial(newKey(t, client.Ed25519))
	jws, err := c.Sign(t.Context(), pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_x"})
	if err != nil {
		t.Fatal(err)
	}
	id = client.CommandID(jws)
	out, err := c.Submit(t.Context(), jws)
	if err != nil || out.Status != pledge.Applied || out.CommandID != id {
		t.Fatalf("got %+v, %v", out, err)
	}
	if len(f.sent()) != 5 {
		t.Errorf("sent %d times, want 5", len(f.sent()))
	}
	for _, sent := range f.sent() {
		if sent != jws {
			t.Fatal("another command was sent")
		}
	}
}

func TestSubmitLooksTheCommandUp(t *testing.T) {
	f := &fake{t: t}
	f.answer = func(w http.ResponseWriter, _ *http.Request, n int) { hangUp(w) }
	f.lookup = func(w http.ResponseWriter, id string) { applied(w, id) }
	out, err := f.dial(newKey(t, client.Ed25519)).Act(t.Context(), pledge.CommandFence, pledge.FenceBody{})
	if err != nil || out.Status != pledge.Applied {
		t.Fatalf("got %+v, %v", out, err)
	}
	if len(f.sent()) != 1 {
		t.Errorf("sent %d times, want 1: it had taken effect", len(f.sent()))
	}
}

func TestSubmitThatNeverLearnsIsUnknown(t *testing.T) {
	f := &fake{t: t, answer: func(w http.ResponseWriter, _ *http.Request, n int) { hangUp(w) }}
	out, err := f.dial(newKey(t, client.Ed25519)).Act(t.Context(), pledge.CommandFence, pledge.FenceBody{})
	unknown := (*client.UnknownError)(nil)
	if !errors.Is(err, service.ErrUnknownOutcome) || !errors.As(err, &unknown) {
		t.Fatalf("got %v, want an unknown outcome", err)
	}
	if out.Status != pledge.Unknown || out.CommandID != unknown.CommandID || out.CommandID != client.CommandID(f.sent()[0]) {
		t.Errorf("got %+v, %v", out, unknown)
	}
	if errors.Is(err, service.ErrUnavailable) {
		t.Error("an unknown outcome must not read as a no")
	}
}

func TestRefusalIsNotRepeated(t *testing.T) {
	f := &fake{t: t, answer: func(w http.ResponseWriter, _ *http.Request, n int) {
		w.WriteHeader(http.StatusConflict)
		fmt.Fprint(w, `{"type":"urn:datapledge:already_pledged","code":"already_pledged","status":409,"detail":"as_1 is pledged",
			"outcome":{"command_id":"cmd_1","status":"refused","code":"already_pledged","detail":"as_1 is pledged","duplicate":false}}`)
	}}
	out, err := f.dial(newKey(t, client.Ed25519)).Act(t.Context(), pledge.CommandFence, pledge.FenceBody{})
	if !errors.Is(err, pledge.AlreadyPledged) || out.Status != pledge.Refused || out.CommandID != "cmd_1" {
		t.Errorf("got %+v, %v", out, err)
	}
	if len(f.sent()) != 1 || len(f.waits) != 0 {
		t.Errorf("sent %d times, waited %v", len(f.sent()), f.waits)
	}
}

func TestNobodyListens(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	c, err := client.Dial(srv.URL, newKey(t, client.Ed25519), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	jws, _ := c.Key().Sign(pledge.CommandFence, "pledge", pledge.FenceBody{}, noon, nil)
	if _, err := c.Submit(t.Context(), jws); !errors.Is(err, service.ErrUnavailable) || errors.Is(err, service.ErrUnknownOutcome) {
		t.Errorf("submit: %v, want unavailable and nothing unknown", err)
	}
	if _, err := c.Network(t.Context()); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("network: %v, want unavailable", err)
	}
}

func TestAnswersOfStrangers(t *testing.T) {
	for _, body := range []string{"<html>proxy</html>", "", "{}", `{"code":""}`} {
		f := &fake{t: t, answer: func(w http.ResponseWriter, _ *http.Request, n int) {
			w.WriteHeader(403)
			fmt.Fprint(w, body)
		}}
		_, err := f.dial(newKey(t, client.Ed25519)).Act(t.Context(), pledge.CommandFence, pledge.FenceBody{})
		if refused := (*pledge.Error)(nil); err == nil || errors.As(err, &refused) {
			t.Errorf("%q: %v must not count as a refusal by the rules", body, err)
		}
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	f := &fake{t: t, answer: func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			w.Header().Set("Retry-After", "7")
			fail(w, 503, "unavailable", "")
			return
		}
		applied(w, "cmd_1")
	}}
	if _, err := f.dial(newKey(t, client.Ed25519)).Act(t.Context(), pledge.CommandFence, pledge.FenceBody{}); err != nil {
		t.Fatal(err)
	}
	if len(f.waits) != 1 || f.waits[0] != 7*time.Second {
		t.Errorf("waited %v, want 7s", f.waits)
	}
}

func TestSubmitAll(t *testing.T) {
	f := &fake{t: t}
	k := newKey(t, client.Ed25519)
	var jws, ids []string
	for range 3 {
		j, err := k.Sign(pledge.CommandFence, "pledge", pledge.FenceBody{}, noon, nil)
		if err != nil {
			t.Fatal(err)
		}
		jws, ids = append(jws, j), append(ids, client.CommandID(j))
	}
	whole := true
	f.answer = func(w http.ResponseWriter, r *http.Request, n int) {
		applied(w, ids[0])
		applied(w, ids[1])
		if whole {
			applied(w, ids[2])
			return
		}
		_ = http.NewResponseController(w).Flush()
		hangUp(w)
	}
	c := f.dial(k)
	out, err := c.SubmitAll(t.Context(), jws)
	if err != nil || out[2].Status != pledge.Applied || out[2].CommandID != ids[2] {
		t.Fatalf("got %+v, %v", out, err)
	}
	whole = false
	out, err = c.SubmitAll(t.Context(), jws)
	if !errors.Is(err, service.ErrUnknownOutcome) || out[1].Status != pledge.Applied || out[2].Status != pledge.Unknown || out[2].CommandID != ids[2] {
		t.Errorf("broken off: got %+v, %v", out, err)
	}
}

func TestRawKeepsWhatTheClientDoesNotKnow(t *testing.T) {
	n, err := (&fake{t: t}).dial(nil).Network(t.Context())
	if err != nil || n.Value.Channel != "pledge" || !strings.Contains(string(n.Raw), `"extra":"kept"`) {
		t.Errorf("got %s, %v", n.Raw, err)
	}
	text, err := json.Marshal(n)
	if err != nil || !strings.Contains(string(text), `"extra":"kept"`) {
		t.Errorf("prints %s, %v", text, err)
	}
}

func TestDialRefuses(t *testing.T) {
	for _, server := range []string{"", "127.0.0.1:8080", "ftp://x", "http://", "://"} {
		if _, err := client.Dial(server, nil, client.Options{}); err == nil {
			t.Errorf("%q was taken for a server", server)
		}
	}
}

func TestWithoutAKeyNothingPrivateIsAsked(t *testing.T) {
	c := (&fake{t: t}).dial(nil)
	if _, err := c.Asset(t.Context(), "as_1", ""); !errors.Is(err, client.ErrNoKey) {
		t.Errorf("got %v, want ErrNoKey", err)
	}
	if _, err := c.Act(t.Context(), pledge.CommandFence, nil); !errors.Is(err, client.ErrNoKey) {
		t.Errorf("got %v, want ErrNoKey", err)
	}
}

func TestEventsResume(t *testing.T) {
	var afters []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/network" {
			fmt.Fprint(w, `{"channel":"pledge"}`)
			return
		}
		after, _ := strconv.Atoi(r.URL.Query().Get("after"))
		afters = append(afters, r.URL.Query().Get("after"))
		for i := after + 1; i <= 5; i++ {
			fmt.Fprintf(w, "{\"cursor\":\"%d\",\"act\":\"pledge.propose\"}\n", i)
			if i == 2 && len(afters) == 1 {
				_ = http.NewResponseController(w).Flush()
				hangUp(w)
			}
		}
	}))
	t.Cleanup(srv.Close)
	c, err := client.Dial(srv.URL, newKey(t, client.Ed25519), client.Options{
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = c.Events(t.Context(), "", false, func(e client.Doc[service.Event]) error {
		got = append(got, e.Value.Cursor)
		return nil
	})
	if err != nil || strings.Join(got, "") != "12345" || strings.Join(afters, ",") != ",2" {
		t.Errorf("got %v after %q, %v", got, afters, err)
	}
	stop := errors.New("stop")
	if err := c.Events(t.Context(), "", true, func(client.Doc[service.Event]) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the caller's error", err)
	}
}
