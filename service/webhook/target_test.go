package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/webhook"
)

func TestAddresses(t *testing.T) {
	tests := []struct {
		address         string
		public, trusted bool
	}{
		{"8.8.8.8", true, true}, {"1.1.1.1", true, true}, {"2606:4700::1111", true, true}, {"::ffff:8.8.8.8", true, true},
		{"127.0.0.1", false, true}, {"127.255.255.254", false, true}, {"::1", false, true}, {"::ffff:127.0.0.1", false, true},
		{"10.0.0.1", false, true}, {"172.16.0.1", false, true}, {"172.31.255.255", false, true}, {"172.32.0.1", true, true},
		{"192.168.1.1", false, true}, {"100.64.0.1", false, true}, {"100.127.255.255", false, true}, {"100.128.0.1", true, true},
		{"fc00::1", false, true}, {"fd12:3456::1", false, true}, {"fec0::1", false, true},
		{"64:ff9b::7f00:1", false, true}, {"64:ff9b::808:808", false, true}, {"64:ff9b:1::1", false, true},
		{"2002:7f00:1::1", false, true}, {"2001::1", false, true}, {"2001:db8::1", false, true}, {"3fff::1", false, true},
		{"192.0.0.1", false, true}, {"192.0.2.1", false, true}, {"198.18.0.1", false, true}, {"198.51.100.1", false, true}, {"203.0.113.1", false, true},
		{"192.88.99.1", false, true}, {"240.0.0.1", false, true}, {"::7f00:1", false, true}, {"100::1", false, true},
		{"169.254.169.254", false, false}, {"::ffff:169.254.169.254", false, false}, {"fe80::1", false, false}, {"fe80::1%eth0", false, false},
		{"0.0.0.0", false, false}, {"::", false, false}, {"0.1.2.3", false, false},
		{"224.0.0.1", false, false}, {"239.255.255.255", false, false}, {"255.255.255.255", false, false}, {"ff02::1", false, false},
	}
	for _, tt := range tests {
		if got := webhook.Allowed(tt.address, false); got != tt.public {
			t.Errorf("%s: got %v, want %v", tt.address, got, tt.public)
		}
		if got := webhook.Allowed(tt.address, true); got != tt.trusted {
			t.Errorf("%s where private ones are allowed: got %v, want %v", tt.address, got, tt.trusted)
		}
	}
}

// leads resolves names as a test wants, and literals as they are.
func leads(names map[string]string) func(context.Context, string) ([]netip.Addr, error) {
	return func(_ context.Context, host string) (list []netip.Addr, err error) {
		if a, err := netip.ParseAddr(host); err == nil {
			return []netip.Addr{a}, nil
		}
		if names[host] == "" {
			return nil, errors.New("no such host")
		}
		for text := range strings.SplitSeq(names[host], " ") {
			list = append(list, netip.MustParseAddr(text))
		}
		return list, nil
	}
}

func TestTargetsAreChecked(t *testing.T) {
	names := map[string]string{"good.example": "8.8.8.8 2606:4700::1111", "inside.example": "10.1.2.3", "loop.example": "127.0.0.1", "mixed.example": "8.8.8.8 127.0.0.1",
		"mapped.example": "::ffff:192.168.0.1", "meta.example": "169.254.169.254", "nat.example": "64:ff9b::a00:1"}
	b := newBench(t, func(o *webhook.Options) {
		o.AllowHTTP, o.AllowPrivate, o.PerParty, o.Resolve = false, false, 100, leads(names)
	})
	for _, url := range []string{"https://good.example/in", "https://good.example:8443/in?a=b", "https://8.8.8.8", "https://[2606:4700::1111]:443/"} {
		b.add(bank, url)
	}
	for _, url := range []string{"http://good.example/", "ftp://good.example/", "good.example", "", "https://", "https:///x", "https:good.example",
		"https://user@good.example/", "https://user:word@good.example/", "https://good.example/#part", "https://good.example:0/", "https://good.example:99999/",
		"https://inside.example/", "https://loop.example/", "https://mixed.example/", "https://mapped.example/", "https://meta.example/", "https://nat.example/",
		"https://unknown.example/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:8.8.8.8]/", "https://[fe80::1%25eth0]/", "https://169.254.169.254/latest",
		"https://good.example/" + strings.Repeat("a", 2048), "https://good.example\x00/", "https://good.example:https/"} {
		_, err := b.hooks.Add(t.Context(), service.Webhook{WebhookRequest: service.WebhookRequest{URL: url}, Party: bank})
		if !errors.Is(err, pledge.Malformed) {
			t.Errorf("%.60q: got %v, want it refused", url, err)
		}
	}
}

// The system's resolver reads forms of an address that no parser here does.
func TestOddFormsOfLoopback(t *testing.T) {
	b := newBench(t, func(o *webhook.Options) { o.AllowPrivate = false })
	for _, host := range []string{"localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::1]", "127.0.0.1."} {
		_, err := b.hooks.Add(t.Context(), service.Webhook{WebhookRequest: service.WebhookRequest{URL: "http://" + host + ":1/"}, Party: bank})
		if !errors.Is(err, pledge.Malformed) {
			t.Errorf("%s: got %v, want it refused", host, err)
		}
	}
}

// A name that led elsewhere when it was registered is looked up and checked
// again by each connection.
func TestRebinding(t *testing.T) {
	var reached, asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(server.Close)
	b := newBench(t, func(o *webhook.Options) {
		o.AllowPrivate, o.Tries = false, 2
		o.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			if asked.Add(1) == 1 {
				return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
	})
	w := b.add(bank, strings.Replace(server.URL, "127.0.0.1", "rebound.example", 1))
	b.source.add("pl_1", pledge.PledgeRegister, bank)
	b.until("it is given up", func() bool { return b.shown(bank).Dead == 1 })
	dead, _, err := b.hooks.Dead(t.Context(), bank, w.ID, service.Page{})
	if err != nil || len(dead) != 1 || dead[0].Cause != "the target's address is not public any more" || reached.Load() != 0 {
		t.Errorf("got %+v, %v, reached %d times", dead, err, reached.Load())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var reached atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(inner.Close)
	for _, to := range []string{inner.URL, "http://169.254.169.254/latest/meta-data/"} {
		outer := httptest.NewServer(http.RedirectHandler(to, http.StatusTemporaryRedirect))
		t.Cleanup(outer.Close)
		b := newBench(t, func(o *webhook.Options) { o.Tries = 1 })
		w := b.add(bank, outer.URL)
		b.source.add("pl_1", pledge.PledgeRegister, bank)
		b.until("it is given up", func() bool { return b.shown(bank).Dead == 1 })
		dead, _, err := b.hooks.Dead(t.Context(), bank, w.ID, service.Page{})
		if err != nil || dead[0].Cause != "the target answered 307" || reached.Load() != 0 {
			t.Errorf("got %+v, %v, reached %d times", dead, err, reached.Load())
		}
	}
}

// A body without end is not waited for: the status says it all.
func TestEndlessAnswer(t *testing.T) {
	reached := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		for r.Context().Err() == nil {
			if _, err := fmt.Fprint(w, strings.Repeat("more ", 1000)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	b := newBench(t, func(o *webhook.Options) { o.Timeout = time.Hour })
	b.add(bank, server.URL)
	b.source.add("pl_1", pledge.PledgeRegister, bank)
	<-reached
	b.until("it is delivered", func() bool { return b.shown(bank).Waiting == 0 })
}

// A target that never answers costs others nothing, and its own other records
// little: those are delivered beside it.
func TestSlowTargetHoldsUpNobodyElse(t *testing.T) {
	slow := silent(t)
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	b.add(owner, slow.URL)
	b.add(bank, tg.URL)
	for range 10 {
		b.source.add("pl_1", pledge.PledgeRegister, owner, bank)
	}
	for i := range 10 {
		if g := tg.next(); g.Position.Block != uint64(i+1) {
			t.Fatalf("got block %d, want %d", g.Position.Block, i+1)
		}
	}
	if s := b.shown(owner); s.Waiting != 10 {
		t.Errorf("%d wait for the slow one, want 10", s.Waiting)
	}
}

// One record that hangs leaves the way to the others.
func TestSlowRecordHoldsUpNoOther(t *testing.T) {
	hold := make(chan struct{})
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	tg.before(func(n service.Notice) {
		if n.RecordID == "pl_slow" {
			<-hold
		}
	})
	t.Cleanup(func() { close(hold) })
	b.add(bank, tg.URL)
	b.source.add("pl_slow", pledge.PledgeRegister, bank)
	for i := range 10 {
		b.source.add("pl_quick", pledge.PledgeRegister, bank)
		if g := tg.next(); g.Position.Block != uint64(i+2) {
			t.Fatalf("got block %d, want %d", g.Position.Block, i+2)
		}
	}
}

func TestSilentTargetTimesOut(t *testing.T) {
	slow := silent(t)
	b := newBench(t, func(o *webhook.Options) { o.Timeout, o.Tries = 50*time.Millisecond, 1 })
	w := b.add(bank, slow.URL)
	b.source.add("pl_1", pledge.PledgeRegister, bank)
	b.until("it is given up", func() bool { return b.shown(bank).Dead == 1 })
	dead, _, err := b.hooks.Dead(t.Context(), bank, w.ID, service.Page{})
	if err != nil || dead[0].Cause != "the target did not answer in time" {
		t.Errorf("got %+v, %v", dead, err)
	}
}

// silent is a server that takes requests and answers none.
func silent(t *testing.T) *httptest.Server {
	hold := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(hold) })
	return s
}
