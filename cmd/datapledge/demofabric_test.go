package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/cmd/datapledge/demo"
	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
)

// The story on a real consortium with a real store; and what was written
// through REST is read, by a person, with Fabric's own client.
func TestDemoOnAConsortium(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys")
	c, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	g, err := newNetworkGenesis(keys, c)
	if err != nil {
		t.Fatal(err)
	}
	net := networktest.Start(t, g)
	dir, data := t.TempDir(), ""
	r, server, err := demo.Run(t.Context(), demo.Options{Dir: dir, Now: time.Now, Start: func(ctx context.Context, _ string) (demo.Server, error) {
		config := serviceFor(net.Dir(), net.Consortium(), true)
		config.Keys.CustodianFile, config.Preflight.SketchKeyFile = filepath.Join(keys, "exchange.jwk"), sketchKeyIn(keys)
		data = config.Data
		if err := writeConsortiumTrust(net.Dir(), net.Consortium()); err != nil {
			return demo.Server{}, err
		}
		server, err := startService(ctx, config, keys)
		server.Trust = trustFile(net.Dir())
		return server, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if r.Ledger != "fabric" || len(r.Steps) != 22 {
		t.Errorf("got %+v", r)
	}
	certifiedByAll(t, r, g.Members)
	notarizedWithSM3(t, r)
	readable(t, net, r.PledgeID)
	bareBlocksSigned(t, filepath.Join(data, "court"))
	courtFollows(t, net)
	independentlyExamined(t, net, r.PledgeID, historyOf(t, server.URL, filepath.Join(dir, "keys"), r.PledgeID))
}

// readable asks the bank's peer for a pledge.
func readable(t *testing.T, net *network.Running, id string) {
	t.Helper()
	out := asAdmin(t, net, pledge.RoleBank, fmt.Sprintf(`peer chaincode query -C pledge -n datapledge -c '{"Args":["record","%s"]}'`, id))
	p, err := pledge.DecodePledge(compacted(t, []byte(out)))
	if err != nil || p.ID != id || p.State != pledge.Released {
		t.Errorf("got %s, %v", out, err)
	}
	if lines := strings.Count(out, "\n"); lines < 20 {
		t.Errorf("got %d lines, want JSON that a person can read: %s", lines, out)
	}
}

func compacted(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return b.Bytes()
}
