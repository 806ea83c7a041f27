package node_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
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
	"github.com/datapledge/datapledge/service/node"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(t *testing.T) node.Config {
	t.Helper()
	c := node.Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	return c
}

func open(t *testing.T, c node.Config, w io.Writer) *node.Node {
	t.Helper()
	n, err := node.Open(t.Context(), c, slog.New(slog.NewTextHandler(w, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func closed(t *testing.T, n *node.Node) {
	t.Helper()
	if err := n.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestFirstStartMakesKeysAndSaysSo(t *testing.T) {
	c := config(t)
	var log bytes.Buffer
	n := open(t, c, &log)
	first, err := n.Service().Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closed(t, n)
	roles := map[string]pledge.Role{"ipcenter": pledge.RoleIPCentre, "notary": pledge.RoleNotary, "exchange": pledge.RoleExchange,
		"court": pledge.RoleCourt, "regulator": pledge.RoleRegulator, "bank": pledge.RoleBank}
	for name, role := range roles {
		checkMember(t, c, first, name, role)
	}
	if len(first.Members) != len(roles) {
		t.Errorf("got %d members, want %d", len(first.Members), len(roles))
	}
	if _, err := client.Load(filepath.Join(c.Data, "keys", "operator.jwk"), nil); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "first start") || !strings.Contains(log.String(), "operator.jwk") {
		t.Errorf("got %s, want word of the keys", log.String())
	}
	log.Reset()
	n = open(t, c, &log)
	second, err := n.Service().Network(t.Context())
	closed(t, n)
	if err != nil || second.GenesisHash != first.GenesisHash || second.Height != first.Height {
		t.Errorf("got %+v, %v after a restart, want the same ledger", second, err)
	}
	if strings.Contains(log.String(), "first start") {
		t.Error("the second start calls itself the first")
	}
}

func checkMember(t *testing.T, c node.Config, network service.Network, name string, role pledge.Role) {
	t.Helper()
	path := filepath.Join(c.Data, "keys", name+".jwk")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: got %v, %v, want mode 0600", name, info, err)
		return
	}
	key, err := client.Load(path, nil)
	if err != nil {
		t.Error(err)
		return
	}
	if err := pledge.CheckUSCC(key.Party()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, m := range network.Members {
		if m.Party == key.Party() {
			if len(m.Roles) != 1 || m.Roles[0] != role || !strings.HasSuffix(m.Name, "(demo)") || m.Recipient != key.Recipient() {
				t.Errorf("%s: got %+v", name, m)
			}
			return
		}
	}
	t.Errorf("%s is no member", name)
}

// A first start that was cut off after some keys goes on with them.
func TestFirstStartGoesOn(t *testing.T) {
	c := config(t)
	closed(t, open(t, c, io.Discard))
	bank := read(t, filepath.Join(c.Data, "keys", "bank.jwk"))
	for _, name := range []string{"genesis.json", "ledger.db", "index.db", "keys/court.jwk"} {
		if err := os.Remove(filepath.Join(c.Data, name)); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, open(t, c, io.Discard))
	if !bytes.Equal(bank, read(t, filepath.Join(c.Data, "keys", "bank.jwk"))) {
		t.Error("the bank's key was made anew")
	}
}

func TestLedgerWithoutGenesisIsRefused(t *testing.T) {
	c := config(t)
	closed(t, open(t, c, io.Discard))
	if err := os.Remove(filepath.Join(c.Data, "genesis.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "genesis.json") {
		t.Errorf("got %v, want a refusal that names the file", err)
	}
}

// Where a ledger was, no empty one is started.
func TestLostLedgerIsNotStartedAnew(t *testing.T) {
	for name, gone := range map[string][]string{
		"ledger": {"ledger.db"}, "ledger and genesis": {"ledger.db", "genesis.json"}, "ledger and index": {"ledger.db", "index.db"},
	} {
		c := config(t)
		closed(t, open(t, c, io.Discard))
		object := filepath.Join(c.Data, "bucket", "objects", "datasets")
		if err := os.MkdirAll(object, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range gone {
			if err := os.Remove(filepath.Join(c.Data, file)); err != nil {
				t.Fatal(err)
			}
		}
		n, err := node.Open(t.Context(), c, nil)
		if err == nil || !strings.Contains(err.Error(), "ledger.db is missing") {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
		if n != nil {
			closed(t, n)
		}
	}
}

func TestDamagedGenesisIsRefused(t *testing.T) {
	c := config(t)
	closed(t, open(t, c, io.Discard))
	path := filepath.Join(c.Data, "genesis.json")
	for _, text := range []string{"", "{", "{}"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "genesis") {
			t.Errorf("%q: got %v, want a refusal that names the file", text, err)
		}
	}
}

func TestDamagedLedgerIsRefused(t *testing.T) {
	c := config(t)
	closed(t, open(t, c, io.Discard))
	path := filepath.Join(c.Data, "ledger.db")
	data := read(t, path)
	if err := os.WriteFile(path, data[:len(data)/8], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Open(t.Context(), c, nil); err == nil {
		t.Error("a ledger cut short was opened")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A graceful stop finishes what is under way and ends streams.
func TestServeAndStop(t *testing.T) {
	c := config(t)
	c.Bucket.Kind = "mem"
	n := open(t, c, io.Discard)
	defer closed(t, n)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var served error
	var running sync.WaitGroup
	running.Go(func() { served = n.Serve(ctx, l, 10*time.Second) })
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	base, web := "http://"+l.Addr().String(), &http.Client{Transport: transport}
	resp, err := web.Get(base + "/readyz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v, want ready", resp, err)
	}
	resp.Body.Close()

	key, err := client.Load(filepath.Join(c.Data, "keys", "court.jwk"), nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := key.JWT("pledge", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	bank, err := client.Load(filepath.Join(c.Data, "keys", "ipcenter.jwk"), nil)
	if err != nil {
		t.Fatal(err)
	}
	enrol := pledge.EnrollBody{Party: "91330100MADEUP072M", Name: "Enterprise (demo)", Roles: []pledge.Role{pledge.RoleEnterprise},
		Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: pledge.ScopeAdmin}}}
	jws, err := bank.Sign(pledge.PartyEnroll, "pledge", enrol, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err = web.Post(base+"/v1/commands", "application/jose", strings.NewReader(jws)); err != nil || resp.StatusCode != 200 {
		t.Fatalf("got %v, %v", resp, err)
	}
	resp.Body.Close()
	req, err := http.NewRequest(http.MethodGet, base+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	stream, err := web.Do(req)
	if err != nil || stream.StatusCode != 200 {
		t.Fatalf("got %v, %v, want a stream", stream, err)
	}
	stop()
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("the stream broke: %v", err)
	}
	stream.Body.Close()
	running.Wait()
	if served != nil {
		t.Error(served)
	}
}

func TestExampleConfigIsTheDefault(t *testing.T) {
	c, err := node.Load("config.example.json")
	if err != nil {
		t.Fatal(err)
	}
	got, want := text(t, c), text(t, node.Default())
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestConfigIsStrict(t *testing.T) {
	for name, body := range map[string]string{
		"unknown": `{"listen":"127.0.0.1:1","lissen":"x"}`, "goes on": `{}{}`, "empty": ``,
		"inner": `{"limits":{"idle":"1m","rate":1}}`, "duration": `{"limits":{"idle":"soon"}}`, "fraction": `{"limits":{"idle":60}}`,
	} {
		path := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := node.Load(path); err == nil {
			t.Errorf("%s: %s was accepted", name, body)
		}
	}
}

func TestCheckReportsAllFaults(t *testing.T) {
	c := node.Config{Listen: "nowhere", Channel: "A b", Bucket: node.Bucket{Kind: "tape"}, TLS: node.TLS{CertFile: "x"},
		Log: node.Log{Level: "loud"}, Limits: node.Limits{TrustedProxies: []string{"proxy"}}}
	err := c.Check()
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{"listen", "data", "channel", "bucket.kind", "tls", "log.level", "limits.idle", "limits.upload_life", "limits.sweep", "rate", "trusted_proxies"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not in %v", want, err)
		}
	}
	if err := node.Default().Check(); err != nil {
		t.Error(err)
	}
}
