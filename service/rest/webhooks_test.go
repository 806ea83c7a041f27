package rest_test

import (
	"context"
	"crypto"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/webhook"
)

// custodianKey signs as whoever the stack has for custodian, which is made
// after the webhooks.
type custodianKey struct{ *client.Key }

func (k *custodianKey) RevealSigner() crypto.Signer { return k.Key.RevealSigner() }

// withWebhooks is a stack that delivers.
func withWebhooks(t *testing.T) *stack {
	t.Helper()
	key := &custodianKey{must(client.New(client.Ed25519, usccs["exchange"], pledge.ScopeAdmin))(t)}
	var now func() time.Time // of the stack, which is made after the webhooks too
	hooks := must(webhook.Open(webhook.Options{Path: filepath.Join(t.TempDir(), "webhooks.db"), Key: key, AllowHTTP: true, AllowPrivate: true, Tries: 1,
		Timeout: time.Minute, FirstWait: time.Millisecond, LongestWait: time.Millisecond, Remind: time.Millisecond,
		Now: func() time.Time { return now() }}))(t)
	s := newStack(t, func(c *setup) { c.service.Webhooks = hooks })
	key.Key, now = s.keys["exchange"], s.clock.Now
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); hooks.Run(ctx, s.svc) }()
	t.Cleanup(func() {
		cancel()
		<-done
		if err := hooks.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestWebhooksDeliverNoticesOfCommittedActs(t *testing.T) {
	s := withWebhooks(t)
	got, answer := make(chan *http.Request, 100), http.StatusOK
	bodies := make(chan string, 100)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
		got <- r
		w.WriteHeader(answer)
	}))
	t.Cleanup(target.Close)

	network := as_[service.Network](s.get("/v1/network", ""))
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "id,n\n1,2\n"})
	hook := as_[service.Webhook](s.post("/v1/webhooks", "bank", service.WebhookRequest{URL: target.URL + "/in", Acts: []pledge.Act{pledge.PledgePropose}}).want(201, ""))
	var key jose.JSONWebKey
	if err := errors.Join(key.UnmarshalJSON(network.ServiceKey)); err != nil || string(hook.Key) != string(network.ServiceKey) {
		t.Fatalf("got %s, %v; want the key of /v1/network", hook.Key, err)
	}
	p := s.pending("enterprise", "bank", asset)
	select {
	case r := <-got:
		if r.Header.Get("Datapledge-Delivery") == "" || r.Header.Get("Signature") == "" || r.Header.Get("Content-Digest") == "" {
			t.Errorf("got %v", r.Header)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was delivered")
	}
	var n service.Notice
	answerOf(t, <-bodies).decode(&n)
	if n.RecordID != p.ID || n.To != s.keys["bank"].Party() || n.Reason != service.ReasonPledgee {
		t.Errorf("got %+v", n)
	}
	s.get("/v1/webhooks/"+hook.ID+"/dead", "enterprise").want(404, "not_found")
	s.do(http.MethodDelete, "/v1/webhooks/"+hook.ID, "enterprise", nil).want(404, "not_found")
	s.do(http.MethodPost, "/v1/webhooks/"+hook.ID+"/replay", "enterprise", nil).want(404, "not_found")
	s.do(http.MethodDelete, "/v1/webhooks/"+hook.ID, "bank", nil).want(204, "")
}

func TestDeadLettersOverHTTP(t *testing.T) {
	s := withWebhooks(t)
	target := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(target.Close)
	hook := as_[service.Webhook](s.post("/v1/webhooks", "bank", service.WebhookRequest{URL: target.URL}).want(201, ""))
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "id,n\n1,2\n"})
	s.pending("enterprise", "bank", asset)
	var page struct{ Items []service.DeadLetter }
	for end := time.Now().Add(time.Minute); len(page.Items) == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		s.get("/v1/webhooks/"+hook.ID+"/dead", "bank").decode(&page)
	}
	if len(page.Items) != 1 || page.Items[0].Cause != "the target answered 404" {
		t.Fatalf("got %+v, want one dead letter", page.Items)
	}
	s.post("/v1/webhooks/"+hook.ID+"/replay", "bank", map[string][]string{"deliveries": {page.Items[0].DeliveryID}}).want(200, "")
	s.post("/v1/webhooks/"+hook.ID+"/replay", "bank", map[string][]string{"deliveries": {"dl_other"}}).want(404, "not_found")
}

func TestWebhookRequestsAreChecked(t *testing.T) {
	s := withWebhooks(t)
	for name, r := range map[string]any{"address": service.WebhookRequest{URL: "https://169.254.169.254/"}, "scheme": service.WebhookRequest{URL: "file:///etc/passwd"},
		"act": service.WebhookRequest{URL: "http://127.0.0.1:1/", Acts: []pledge.Act{"pledge.forget"}}, "record": service.WebhookRequest{URL: "http://127.0.0.1:1/", Records: []string{"x"}},
		"member": map[string]string{"url": "http://127.0.0.1:1/", "party": "other"}} {
		if a := s.post("/v1/webhooks", "bank", r); a.status != 400 || a.code() != "malformed" {
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
	}
	s.post("/v1/webhooks", "", service.WebhookRequest{URL: "http://127.0.0.1:1/"}).want(401, "unsigned")
}

func TestReplicaWithoutWebhooksSaysSo(t *testing.T) {
	s := newStack(t)
	s.get("/v1/webhooks", "bank").want(503, "unavailable")
	s.get("/v1/notices?follow=false", "bank").want(200, "")
}

func answerOf(t *testing.T, body string) answer { return answer{t: t, body: []byte(body)} }
