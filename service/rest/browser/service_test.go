package browser_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/node"
)

// owner is a made-up enterprise.
const owner = "91330100MADEUP072M"

// dataset is what the service holds a notarization of. One name sorts
// otherwise in UTF-16 than in UTF-8, one can be spelled in two ways.
var dataset = map[string]string{"a.csv": "id,n\n1,2\n", "caf\u00e9.csv": "y\n", "子目录/数据.csv": "x\n", "z/\U0001F426.txt": "bird\n", "z/\uFB01.txt": "fi\n", "empty": ""}

// server is a node with a dataset on its ledger, and a log of what it was asked.
type server struct {
	url         string
	asset       string
	number      string
	fingerprint string
	owner       *client.Key
	evidence    []byte
	trust       []byte

	mu       sync.Mutex
	requests []string
	uploads  []string
}

func serve(t *testing.T, withChecker bool) *server {
	t.Helper()
	c := node.Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	if withChecker {
		c.Checker.Dir = must(checker())(t)
	}
	n := must(node.Open(t.Context(), c, slog.New(slog.DiscardHandler)))(t)
	s := &server{}
	h := httptest.NewServer(s.watch(n.Handler()))
	s.url = h.URL
	t.Cleanup(func() {
		h.Close()
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s.fill(t, c)
	return s
}

// watch notes every request, and which of them carry a body.
func (s *server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		if r.Method != http.MethodGet || r.ContentLength != 0 {
			s.uploads = append(s.uploads, fmt.Sprintf("%s %s with %d bytes", r.Method, r.URL, r.ContentLength))
		}
		s.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (s *server) fill(t *testing.T, c node.Config) {
	t.Helper()
	ctx := t.Context()
	centre := s.client(t, must(client.Load(filepath.Join(c.Data, "keys", "ipcenter.jwk"), nil))(t))
	key := must(client.New(client.Ed25519, owner, pledge.ScopeAdmin))(t)
	must(centre.Act(ctx, pledge.PartyEnroll, pledge.EnrollBody{Party: owner, Name: "杭州某数据公司", Roles: []pledge.Role{pledge.RoleEnterprise},
		Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: pledge.ScopeAdmin}}, Recipient: key.Recipient()}))(t)
	enterprise := s.client(t, key)
	s.asset, s.fingerprint = s.notarize(t, key, "鸟类观测", dataset)
	s.number = numberOf(s.asset)
	s.owner = key
	var zip bytes.Buffer
	if err := enterprise.Evidence(ctx, s.asset, &zip); err != nil {
		t.Fatal(err)
	}
	s.evidence, s.trust = zip.Bytes(), s.get(t, "/verify/trust.json")
	s.forget()
}

func (s *server) client(t *testing.T, key *client.Key) *client.Client {
	t.Helper()
	return must(client.Dial(s.url, key, client.Options{Now: time.Now}))(t)
}

func (s *server) get(t *testing.T, path string) []byte {
	t.Helper()
	resp := must(http.Get(s.url + path))(t)
	defer resp.Body.Close()
	var b bytes.Buffer
	must(b.ReadFrom(resp.Body))(t)
	return b.Bytes()
}

func (s *server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.uploads = nil, nil
}

func (s *server) asked() (requests, uploads []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.requests...), append([]string{}, s.uploads...)
}

func numberOf(asset string) string { return "N-" + strings.ToUpper(strings.TrimPrefix(asset, "as_")) }

// notarize declares what the custodian found, and answers for each finding.
func (s *server) notarize(t *testing.T, key *client.Key, name string, files map[string]string) (asset, fingerprint string) {
	t.Helper()
	c := s.client(t, key)
	sealed := upload(t.Context(), t, c, files)
	d := sealed.Preflight.Declaration
	d.Consent = pledge.Consent{Basis: "licence", Documents: []string{"sha256:" + digest("consent")}}
	d.Exclusion.SignedBy = key.KID()
	for _, f := range sealed.Preflight.Fix {
		if f.Must {
			d.Overrides = append(d.Overrides, pledge.Override{Finding: f.ID, Reason: "公开的客服热线 <b>hotline</b>", Capacity: "王五", SignedBy: key.KID()})
		}
	}
	o := must(c.Act(t.Context(), pledge.AssetNotarize, pledge.NotarizeBody{Name: name, Fingerprint: sealed.Fingerprint, Files: sealed.Files,
		Source: "self-collected", Scenario: "credit", UpdatePeriod: "P1M", CustodyReceipt: sealed.CustodyReceipt, Declaration: d}))(t)
	return o.RecordID, sealed.Fingerprint
}

func upload(ctx context.Context, t *testing.T, c *client.Client, files map[string]string) client.Sealed {
	t.Helper()
	u := must(c.BeginUpload(ctx, "birds"))(t)
	for path, text := range files {
		err := c.PutFile(ctx, u.ID, client.Source{Path: path, Size: int64(len(text)), SHA256: digest(text), Content: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
	}
	return must(c.SealUpload(ctx, u.ID))(t)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// folder writes files below a folder of that name.
func folder(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	for path, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
