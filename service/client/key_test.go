package client_test

import (
	"bytes"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const uscc = "91350100M000100Y43"

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func newKey(t *testing.T, kind client.Kind) *client.Key {
	t.Helper()
	k, err := client.New(kind, uscc, pledge.ScopeAdmin)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeySurvivesItsFile(t *testing.T) {
	for _, kind := range []client.Kind{client.Ed25519, client.P256} {
		words := []string{""}
		if kind == client.Ed25519 {
			words = append(words, "correct horse") // slow: what a passphrase costs is the point of it
		}
		for _, word := range words {
			k := newKey(t, kind)
			path := filepath.Join(t.TempDir(), "k.jwk")
			if err := k.Save(path, word); err != nil {
				t.Fatal(err)
			}
			got, err := client.Load(path, func() (string, error) { return word, nil })
			if err != nil {
				t.Fatalf("%s, passphrase %q: %v", kind, word, err)
			}
			same := got.KID() == k.KID() && got.Party() == uscc && got.Scope() == pledge.ScopeAdmin &&
				got.Recipient() == k.Recipient() && bytes.Equal(got.Public(), k.Public())
			if !same {
				t.Errorf("%s: loaded %v, saved %v", kind, got, k)
			}
		}
	}
}

func TestKeyFileIsPrivateAndNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k.jwk")
	k := newKey(t, client.Ed25519)
	if err := k.Save(path, ""); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	before, _ := os.ReadFile(path)
	if err := newKey(t, client.Ed25519).Save(path, ""); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second save: %v, want fs.ErrExist", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the second save changed the file")
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("files left behind: %v", names)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k.jwk")
	if err := newKey(t, client.Ed25519).Save(path, ""); err != nil {
		t.Fatal(err)
	}
	good, _ := os.ReadFile(path)
	other := filepath.Join(dir, "other.jwk")
	if err := newKey(t, client.Ed25519).Save(other, ""); err != nil {
		t.Fatal(err)
	}
	foreign, _ := os.ReadFile(other)
	curve, another := p256Files(t)
	tests := []struct{ name, text, want string }{
		{"another private part, P-256", member(t, curve, "d", field(t, another, "d")), "damaged"},
		{"not on the curve", member(t, curve, "y", field(t, another, "y")), "damaged"},
		{"empty", "", "not a key file"},
		{"trailing", string(good) + "{}", "something follows"},
		{"unknown member", strings.Replace(string(good), `"kty"`, `"zzz": 1, "kty"`, 1), "not a key file"},
		{"public only", member(t, good, "d", ""), "public key"},
		{"another private part", member(t, good, "d", field(t, foreign, "d")), "damaged"},
		{"another public part", member(t, good, "x", field(t, foreign, "x")), "damaged"},
		{"another kid", member(t, good, "kid", field(t, foreign, "kid")), "thumbprint"},
		{"damaged identity", member(t, good, "age_identity", "AGE-SECRET-KEY-1XYZZY"), "age identity"},
		{"bad scope", member(t, good, "scope", "root"), "scope"},
		{"symmetric", `{"kty":"oct","d":"AAAA"}`, "not an Ed25519"},
		{"huge", strings.Repeat(" ", 70<<10), "too large"},
	}
	for _, tt := range tests {
		p := filepath.Join(t.TempDir(), "k.jwk")
		if err := os.WriteFile(p, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := client.Load(p, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if err != nil && (strings.Contains(err.Error(), field(t, good, "d")) || strings.Contains(err.Error(), "XYZZY")) {
			t.Errorf("%s: the message shows the secret", tt.name)
		}
	}
}

func p256Files(t *testing.T) (a, b []byte) {
	t.Helper()
	files := [2][]byte{}
	for i := range files {
		path := filepath.Join(t.TempDir(), "k.jwk")
		if err := newKey(t, client.P256).Save(path, ""); err != nil {
			t.Fatal(err)
		}
		files[i], _ = os.ReadFile(path)
	}
	return files[0], files[1]
}

func TestPassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.jwk")
	if err := newKey(t, client.Ed25519).Save(path, "right"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Load(path, func() (string, error) { return "wrong", nil }); !errors.Is(err, client.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := client.Load(path, nil); err == nil {
		t.Error("opened without a passphrase")
	}
}

func TestKeyNeverPrints(t *testing.T) {
	k := newKey(t, client.P256)
	path := filepath.Join(t.TempDir(), "k.jwk")
	if err := k.Save(path, ""); err != nil {
		t.Fatal(err)
	}
	file, _ := os.ReadFile(path)
	d, identity := field(t, file, "d"), field(t, file, "age_identity")
	raw, err := base64.RawURLEncoding.DecodeString(d)
	if err != nil || len(raw) == 0 {
		t.Fatal(err)
	}
	secrets := []string{d, identity, fmt.Sprintf("%x", raw), fmt.Sprint(raw), new(big.Int).SetBytes(raw).String(), strings.Trim(fmt.Sprintf("%#v", raw), "[]byte{}")}
	for how, text := range everyWay(t, k) {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s shows the key: %s", how, text)
			}
		}
	}
}

func everyWay(t *testing.T, k *client.Key) map[string]string {
	t.Helper()
	type holder struct{ key *client.Key }
	type value struct{ key client.Key }
	type exported struct{ Key *client.Key }
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for i, v := range []any{k, *k, holder{k}, &holder{k}, value{*k}, exported{k}, []*client.Key{k}, map[string]client.Key{"k": *k}} {
			out[fmt.Sprint(verb, i)] = fmt.Sprintf(verb, v)
		}
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("m", "key", k, "value", *k, "in", holder{k}, "out", exported{k})
	}
	out["slog"] = log.String()
	text, err := json.Marshal([]any{k, *k, exported{k}, map[string]*client.Key{"k": k}})
	if err != nil {
		t.Fatal(err)
	}
	out["json"] = string(text)
	return out
}

func TestSign(t *testing.T) {
	for _, kind := range []client.Kind{client.Ed25519, client.P256} {
		k := newKey(t, kind)
		body := pledge.FenceBody{CommandID: "cmd_<&>"}
		for range 20 { // half of all unnormalised ES256 signatures are high-S
			jws, err := k.Sign(pledge.CommandFence, "pledge", body, noon, bytes.Repeat([]byte{7}, 16))
			if err != nil {
				t.Fatal(err)
			}
			checkCommand(t, k, kind, jws)
		}
	}
}

func checkCommand(t *testing.T, k *client.Key, kind client.Kind, jws string) {
	t.Helper()
	parts := strings.Split(jws, ".")
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	alg := map[client.Kind]string{client.Ed25519: "EdDSA", client.P256: "ES256"}[kind]
	if want := `{"alg":"` + alg + `","kid":"` + k.KID() + `","typ":"datapledge+jws"}`; string(header) != want {
		t.Errorf("header %s, want %s", header, want)
	}
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	want := `{"act":"command.fence","by":"` + uscc + `","on":"pledge","at":"2026-11-21T12:00:00Z",` +
		`"nonce":"BwcHBwcHBwcHBwcHBwcHBw","body":{"command_id":"cmd_<&>"}}`
	if string(payload) != want {
		t.Errorf("payload %s, want %s", payload, want)
	}
	var public jose.JSONWebKey
	if err := public.UnmarshalJSON(k.Public()); err != nil {
		t.Fatal(err)
	}
	parsed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parsed.Verify(public); err != nil {
		t.Errorf("%s: %v", kind, err)
	}
	sig, _ := base64.RawURLEncoding.DecodeString(parts[2])
	half := new(big.Int).Rsh(elliptic.P256().Params().N, 1)
	if kind == client.P256 && new(big.Int).SetBytes(sig[32:]).Cmp(half) > 0 {
		t.Error("high-S signature")
	}
}

func TestJWT(t *testing.T) {
	k := newKey(t, client.Ed25519)
	a, err := k.JWT("pledge", noon)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := k.JWT("pledge", noon)
	if a == b {
		t.Error("two tokens are the same: no fresh jti")
	}
	text, _ := base64.RawURLEncoding.DecodeString(strings.Split(a, ".")[1])
	var c struct {
		Iss, Sub, Aud, Jti string
		Iat, Exp           int64
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	if c.Iss != uscc || c.Sub != uscc || c.Aud != "pledge" || c.Iat != noon.Unix() || c.Exp != c.Iat+300 || c.Jti == "" {
		t.Errorf("claims %s", text)
	}
}

func TestOperatorKeySignsForNobody(t *testing.T) {
	k, err := client.New(client.Ed25519, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign(pledge.CommandFence, "pledge", nil, noon, nil); err == nil {
		t.Error("signed a command without a party")
	}
	if _, err := k.JWT("pledge", noon); err == nil {
		t.Error("made a token without a party")
	}
	if _, ok := k.RevealEd25519(); !ok {
		t.Error("the operator's key cannot be had")
	}
}

func TestIdentityOpensWhatIsSealedToTheRecipient(t *testing.T) {
	k := newKey(t, client.Ed25519)
	if !strings.HasPrefix(k.Recipient(), "age1") {
		t.Fatalf("recipient %q", k.Recipient())
	}
	r, err := age.ParseX25519Recipient(k.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	open(t, k, r)
	if err := k.UsePostQuantum(); err != nil {
		t.Fatal(err)
	}
	pq, err := age.ParseHybridRecipient(k.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	open(t, k, pq)
}

func open(t *testing.T, k *client.Key, r age.Recipient) {
	t.Helper()
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, "hello")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := age.Decrypt(&b, k.Identity())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(out); string(got) != "hello" {
		t.Errorf("opened %q", got)
	}
}

func field(t *testing.T, file []byte, name string) string {
	t.Helper()
	var m map[string]string
	if err := json.Unmarshal(file, &m); err != nil {
		t.Fatal(err)
	}
	return m[name]
}

func member(t *testing.T, file []byte, name, value string) string {
	t.Helper()
	var m map[string]string
	if err := json.Unmarshal(file, &m); err != nil {
		t.Fatal(err)
	}
	m[name] = value
	text, _ := json.Marshal(m)
	return string(text)
}
