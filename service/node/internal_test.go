package node

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
)

// An evidence package is made with what a configured source has about its
// blocks, and without when it has nothing.
func TestEvidenceAsksTheSources(t *testing.T) {
	var asked atomic.Value
	asked.Store("nothing")
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		http.NotFound(w, r)
	}))
	defer source.Close()
	n := withSource(t, source.URL)
	signer, bank := loaded(t, n, pledge.RoleExchange), loaded(t, n, pledge.RoleBank)
	addKey(t, n, bank)
	if err := n.evidence(nil, signer).Write(t.Context(), io.Discard, bank.Party()); err != nil {
		t.Fatal(err)
	}
	if got := asked.Load(); got != "/v1/checkpoints?block=1&channel=pledge" {
		t.Errorf("the source was asked for %v", got)
	}
}

// withSource is a node that a source of checkpoints is configured for. On a
// ledger of one's own the configuration would not allow it, but it is the same
// to who asks.
func withSource(t *testing.T, url string) *Node {
	t.Helper()
	c := Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	n, err := Open(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	n.trust.Imprint = &evidence.TrustImprint{}
	n.config.Imprint.Sources = []CheckpointSource{{Name: "court", URL: url}}
	if err := n.openImprint(nil); err != nil {
		t.Fatal(err)
	}
	return n
}

func loaded(t *testing.T, n *Node, role pledge.Role) *client.Key {
	t.Helper()
	key, err := n.load("", string(role))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// addKey makes block 1, and waits until packages are made with it: a party
// gives itself one more key.
func addKey(t *testing.T, n *Node, by *client.Key) {
	t.Helper()
	more, err := client.New(client.Ed25519, by.Party(), pledge.ScopeOperate)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := by.Sign(pledge.PartyAddKey, "pledge", pledge.AddKeyBody{Party: by.Party(), Key: pledge.KeyGrant{JWK: more.Public(), Scope: pledge.ScopeOperate}}, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := n.Service().Submit(t.Context(), []string{jws}); err != nil || out[0].Status != pledge.Applied {
		t.Fatalf("got %+v, %v", out, err)
	}
	wait, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := n.index.WaitFor(wait, 1); err != nil {
		t.Fatal(err)
	}
}
