package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

// liar is a service that answers GET requests as the test says and counts
// the commands that it could get signed, and what it is told to forget.
type liar struct {
	answers   map[string]any // by path; a string is sent as it is
	signed    int
	forgotten int
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/v1/commands" {
		l.signed++
	}
	if r.Method == http.MethodDelete {
		l.forgotten++
	}
	switch answer := l.answers[r.Method+" "+r.URL.Path].(type) {
	case nil:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"code":"not_found","status":404,"detail":"no"}`)
	case string:
		fmt.Fprint(w, answer)
	default:
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// runAgainst runs the program against a liar, with a key of its own.
func runAgainst(t *testing.T, l *liar, args ...string) (int, string) {
	t.Helper()
	l.answers["GET /v1/network"] = `{"channel":"pledge","ledger":"solo"}`
	srv := httptest.NewServer(l)
	t.Cleanup(srv.Close)
	path := filepath.Join(t.TempDir(), "k.jwk")
	k, err := client.New(client.Ed25519, "91350100M000100Y43", pledge.ScopeAdmin)
	if err == nil {
		err = k.Save(path, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	code := run(append(args, "-server", srv.URL, "-key", path), strings.NewReader(""), &out, &errs)
	return code, out.String() + errs.String()
}

func someTerms() pledge.Terms {
	return pledge.Terms{Principal: pledge.Amount{Amount: 100, Currency: "CNY"}, SecuredMax: pledge.Amount{Amount: 100, Currency: "CNY"},
		Matures: "2099-01-01", Expires: "2099-01-01", Mode: pledge.Exclusive, SecurityType: "PLEDGE"}
}

// The bank must not sign a digest that is not that of the terms it was shown.
func TestShownTermsMustBeTheSignedOnes(t *testing.T) {
	signed, err := someTerms().Digest()
	if err != nil {
		t.Fatal(err)
	}
	shown := someTerms()
	shown.Principal.Amount = 1
	for _, command := range []string{"accept", "consent", "register"} {
		l := &liar{answers: map[string]any{"GET /v1/pledges/pl_1": pledge.Pledge{ID: "pl_1", Terms: shown, TermsDigest: signed}}}
		code, text := runAgainst(t, l, "pledge", command, "pl_1")
		if code != exitRefused || !strings.Contains(text, string(pledge.TermsMismatch)) || l.signed != 0 {
			t.Errorf("%s: exit %d, %d commands signed: %s", command, code, l.signed, text)
		}
	}
}

func TestFetchedContentMustBeTheNotarizedOne(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	sum := sha256.Sum256([]byte("right"))
	file := pledge.File{Path: "a.csv", Size: 5, SHA256: hex.EncodeToString(sum[:])}
	l := &liar{answers: map[string]any{
		"GET /v1/assets/as_1":             client.Asset{Asset: pledge.Asset{ID: "as_1"}, FileList: []pledge.File{file}},
		"GET /v1/assets/as_1/files/a.csv": "wrong",
	}}
	if code, text := runAgainst(t, l, "asset", "fetch", "as_1", "-out", out); code != exitTampered {
		t.Errorf("exit %d: %s", code, text)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	l.answers["GET /v1/assets/as_1/files/a.csv"] = "right"
	if code, text := runAgainst(t, l, "asset", "fetch", "as_1", "-out", out); code != 0 {
		t.Errorf("exit %d: %s", code, text)
	}
}

func TestFetchWritesNowhereElse(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"../evil", "/tmp/evil", "a/../../evil", "."} {
		l := &liar{answers: map[string]any{
			"GET /v1/assets/as_1": client.Asset{Asset: pledge.Asset{ID: "as_1"}, FileList: []pledge.File{{Path: path}}}}}
		if code, text := runAgainst(t, l, "asset", "fetch", "as_1", "-out", filepath.Join(dir, "out")); code == 0 || !strings.Contains(text, "path") {
			t.Errorf("%s: exit %d: %s", path, code, text)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The owner signs nothing unless the custodian has exactly what is here.
func TestAgree(t *testing.T) {
	const owner = "91350100M000100Y43"
	m, err := storage.NewManifest([]storage.File{digestOf("a", "1"), digestOf("b", "2")})
	if err != nil {
		t.Fatal(err)
	}
	good := func() client.Sealed {
		return client.Sealed{Fingerprint: m.Fingerprint(), Files: filesOf(m),
			Receipt: pledge.ReceiptBody{Fingerprint: m.Fingerprint(), Owner: owner}}
	}
	if err := agree(m, good(), owner); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		lie  func(*client.Sealed)
	}{
		{"another fingerprint", func(s *client.Sealed) { s.Fingerprint, s.Receipt.Fingerprint = "sha256:0", "sha256:0" }},
		{"a receipt for other content", func(s *client.Sealed) { s.Receipt.Fingerprint = "sha256:0" }},
		{"a receipt for another owner", func(s *client.Sealed) { s.Receipt.Owner = "x" }},
		{"a file less", func(s *client.Sealed) { s.Files = s.Files[:1] }},
		{"another root", func(s *client.Sealed) { s.Files[1].Root = "0" }},
		{"another size", func(s *client.Sealed) { s.Files[0].Size++ }},
	}
	for _, tt := range tests {
		s := good()
		tt.lie(&s)
		if err := agree(m, s, owner); err == nil || !strings.Contains(err.Error(), "nothing was signed") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func digestOf(path, content string) storage.File {
	d := storage.NewDigester()
	_, _ = d.Write([]byte(content))
	return d.File(path)
}
