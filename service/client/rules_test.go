package client_test

import (
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

// The rules themselves must take what Sign makes.
func TestRulesAcceptTheSignature(t *testing.T) {
	for _, kind := range []client.Kind{client.Ed25519, client.P256} {
		k := newKey(t, kind)
		jws, err := k.Sign(pledge.CommandFence, "pledge", pledge.FenceBody{CommandID: "cmd_" + strings.Repeat("0", 64)}, noon, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := pledge.ParseCommand(jws)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Verify(k.Public()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if c.ID != client.CommandID(jws) {
			t.Errorf("command id %s, want %s", client.CommandID(jws), c.ID)
		}
		if thumb, err := pledge.Thumbprint(k.Public()); err != nil || thumb != k.KID() {
			t.Errorf("kid %s, the rules say %s (%v)", k.KID(), thumb, err)
		}
	}
}
