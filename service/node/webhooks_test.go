package node_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/node"
)

// company is a party with a webhook, at a node that delivers.
type company struct {
	t      *testing.T
	config node.Config
	node   *node.Node
	key    *client.Key
	centre *client.Key
}

func newCompany(t *testing.T) *company {
	c := &company{t: t, config: config(t)}
	c.config.Webhooks.AllowHTTP, c.config.Webhooks.AllowPrivate = true, true
	c.node = open(t, c.config, io.Discard)
	t.Cleanup(func() { closed(t, c.node) })
	var err error
	if c.centre, err = client.Load(filepath.Join(c.config.Data, "keys", "ipcenter.jwk"), nil); err != nil {
		t.Fatal(err)
	}
	c.key = c.newKey()
	c.command(pledge.PartyEnroll, pledge.EnrollBody{Party: c.key.Party(), Name: "a company", Roles: []pledge.Role{pledge.RoleEnterprise},
		Keys: []pledge.KeyGrant{{JWK: c.key.Public(), Scope: pledge.ScopeAdmin}}})
	return c
}

func (c *company) newKey() *client.Key {
	c.t.Helper()
	k, err := client.New(client.Ed25519, "91330108MA2DEMXA01", pledge.ScopeAdmin)
	if err != nil {
		c.t.Fatal(err)
	}
	return k
}

// command has the IP centre do something.
func (c *company) command(act pledge.Act, body any) string {
	c.t.Helper()
	jws, err := c.centre.Sign(act, c.config.Channel, body, time.Now(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := c.node.Service().Submit(c.t.Context(), []string{jws})
	if err != nil || out[0].Status != pledge.Applied {
		c.t.Fatalf("%s: got %+v, %v", act, out, err)
	}
	return out[0].CommandID
}

func (c *company) caller() service.Caller {
	return service.Caller{Party: c.key.Party(), KID: c.key.KID(), Roles: []pledge.Role{pledge.RoleEnterprise}, Expires: time.Now().Add(time.Hour)}
}

func (c *company) webhook() service.Webhook {
	c.t.Helper()
	list, err := c.node.Service().ListWebhooks(c.t.Context(), c.caller())
	if err != nil || len(list) != 1 {
		c.t.Fatalf("got %+v, %v; want one webhook", list, err)
	}
	return list[0]
}

func (c *company) added() string {
	return c.command(pledge.PartyAddKey, pledge.AddKeyBody{Party: c.key.Party(), Key: pledge.KeyGrant{JWK: c.newKey().Public(), Scope: pledge.ScopeOperate}})
}

// A node delivers, goes on after a restart, and stops when the key that
// registered the webhook is revoked.
func TestNodeDeliversNotices(t *testing.T) {
	bodies := make(chan string, 100)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
	}))
	t.Cleanup(target.Close)
	c := newCompany(t)
	if _, err := c.node.Service().AddWebhook(t.Context(), c.caller(), service.WebhookRequest{URL: target.URL}); err != nil {
		t.Fatal(err)
	}
	delivered := func(id string) {
		t.Helper()
		select {
		case body := <-bodies:
			if !strings.Contains(body, id) {
				t.Errorf("got %s, want the notice of %s", body, id)
			}
		case <-time.After(time.Minute):
			t.Fatal("nothing was delivered")
		}
	}
	delivered(c.added())
	for end := time.Now().Add(time.Minute); c.webhook().Waiting > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	closed(t, c.node)
	c.node = open(t, c.config, io.Discard)
	delivered(c.added())

	c.command(pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: c.key.Party(), KID: c.key.KID()})
	for end := time.Now().Add(time.Minute); c.webhook().State != service.WebhookSuspended; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is not suspended")
		}
	}
	if len(bodies) > 0 {
		t.Errorf("got %s after the key was revoked", <-bodies)
	}
}

func TestWebhooksAreConfigured(t *testing.T) {
	for name, set := range map[string]func(w *node.Webhooks){
		"per_party": func(w *node.Webhooks) { w.PerParty = 0 }, "queue": func(w *node.Webhooks) { w.Queue = -1 }, "tries": func(w *node.Webhooks) { w.Tries = 0 },
		"timeout": func(w *node.Webhooks) { w.Timeout = 0 }, "first_wait": func(w *node.Webhooks) { w.FirstWait = node.Duration(2 * time.Hour) },
		"longest_wait": func(w *node.Webhooks) { w.LongestWait = 0 },
	} {
		c := node.Default()
		set(&c.Webhooks)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), "webhooks."+name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	c := config(t)
	c.Webhooks.CAFile = filepath.Join(t.TempDir(), "none.pem")
	if n, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "webhooks: ca_file") {
		t.Errorf("got %v, %v", n, err)
	}
	c.Webhooks.Enabled, c.Webhooks.CAFile = false, ""
	n := open(t, c, io.Discard)
	defer closed(t, n)
	if _, err := n.Service().ListWebhooks(t.Context(), service.Caller{Party: "91330108MA2DEMXA01"}); err == nil || !strings.Contains(err.Error(), "keeps no webhooks") {
		t.Errorf("got %v, want that this replica keeps none", err)
	}
}
