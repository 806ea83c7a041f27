package storage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// print shows x in every way that a careless line of code would.
func print(t *testing.T, x any) string {
	t.Helper()
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T %[1]v"} {
		fmt.Fprintf(&b, verb+"\n", x)
		fmt.Fprintf(&b, verb+"\n", &x)
	}
	fmt.Fprintln(&b, x, errors.New(fmt.Sprint(x)))
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(text)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "x", x, slog.Any("y", &x))
	slog.New(slog.NewTextHandler(&b, nil)).Info("m", "x", x, slog.Any("y", &x))
	return b.String()
}

func TestSecretsNeverPrint(t *testing.T) {
	const canary = "CANARY-OF-A-SECRET"
	s := storage.NewSecret(canary)
	type holder struct {
		Public  storage.Secret
		private storage.Secret
		pointer *storage.Secret
		any     any
	}
	for name, x := range map[string]any{"secret": s, "pointer": &s, "list": []storage.Secret{s}, "map": map[string]storage.Secret{"k": s},
		"struct": holder{s, s, &s, s}, "pointer to struct": &holder{s, s, &s, s}} {
		if out := print(t, x); strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s prints: %s", name, out)
		}
	}
	if s.Reveal() != canary || (storage.Secret{}).Reveal() != "" {
		t.Error("the secret is lost")
	}
}

func TestIdentitiesNeverPrint(t *testing.T) {
	for _, hybrid := range []bool{false, true} {
		id := identity(t, hybrid)
		canary := id.Secret().Reveal()[20:60]
		type holder struct {
			Public  storage.Identity
			private storage.Identity
		}
		for name, x := range map[string]any{"identity": id, "pointer": &id, "struct": holder{id, id}, "pointer to struct": &holder{id, id}} {
			if out := print(t, x); strings.Contains(strings.ToUpper(out), canary) {
				t.Errorf("%s prints", name)
			}
		}
		again, err := storage.ParseIdentity(storage.NewSecret(" " + id.Secret().Reveal() + "\n"))
		if err != nil || again.Recipient() != id.Recipient() {
			t.Errorf("got %v, %v; want the same", again, err)
		}
	}
	_, err := storage.ParseIdentity(storage.NewSecret("AGE-SECRET-KEY-1MISTYPED"))
	if err == nil || strings.Contains(err.Error(), "MISTYPED") {
		t.Errorf("got %v, want a refusal that shows nothing", err)
	}
}

// TestVaultNeverPrints: not its keys, and nothing in the bucket shows a path,
// an identity or content.
func TestVaultNeverPrints(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "canary-path.csv", []byte("canary-content"))
	s := f.seal(id)
	envelope, err := f.Envelope(t.Context(), s.Fingerprint, owner, "owner")
	if err != nil {
		t.Fatal(err)
	}
	key, err := storage.OpenEnvelope(envelope, f.keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range f.keysLike("") {
		r, err := f.bucket.Open(t.Context(), k, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{"canary", key.Secret().Reveal(), "AGE-SECRET", owner} {
			if strings.Contains(k, canary) || bytes.Contains(b.Bytes(), []byte(canary)) {
				t.Errorf("%s shows %.10s…", k, canary)
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if strings.Contains(fmt.Sprintf(verb, f.Vault), "AGE-SECRET") {
			t.Errorf("%s of a vault shows its key", verb)
		}
	}
}

func TestEnvelopes(t *testing.T) {
	for _, dataset := range []bool{false, true} {
		for _, party := range []bool{false, true} {
			id, to, stranger := identity(t, dataset), identity(t, party), identity(t, party)
			e, err := storage.NewEnvelope(id, to.Recipient())
			if err != nil {
				t.Fatal(err)
			}
			got, err := storage.OpenEnvelope(e, to)
			if err != nil || got.Secret().Reveal() != id.Secret().Reveal() {
				t.Errorf("hybrid %v to %v: got %v, %v", dataset, party, got, err)
			}
			if _, err := storage.OpenEnvelope(e, stranger); err == nil || errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("a stranger: got %v, want no match", err)
			}
			e[len(e)-1] ^= 1
			if _, err := storage.OpenEnvelope(e, to); !errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("damaged: got %v, want ErrCorrupt", err)
			}
		}
	}
	for _, r := range []string{"", "age1", "age1pq1", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1"} {
		if _, err := storage.NewEnvelope(identity(t, false), r); err == nil {
			t.Errorf("recipient %q was taken", r)
		}
	}
}

func TestAddEnvelope(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(100))
	bank := identity(t, false)
	add := func(name string) error {
		return f.AddEnvelope(t.Context(), s.Fingerprint, owner, name, bank.Recipient())
	}
	if err := add("bank"); err != nil {
		t.Fatal(err)
	}
	if err := add("bank"); !errors.Is(err, storage.ErrExist) {
		t.Errorf("again: got %v, want ErrExist", err)
	}
	e, err := f.other.Envelope(t.Context(), s.Fingerprint, owner, "bank")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := storage.OpenEnvelope(e, bank); err != nil {
		t.Error(err)
	}
	if err := f.RemoveEnvelope(t.Context(), s.Fingerprint, owner, "bank"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Envelope(t.Context(), s.Fingerprint, owner, "bank"); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("removed: got %v, want ErrNotExist", err)
	}
	if err := f.RemoveEnvelope(t.Context(), s.Fingerprint, owner, storage.CustodianName); err == nil {
		t.Error("the custodian's envelope was removed")
	}
	if err := f.AddEnvelope(t.Context(), s.Fingerprint, "other", "bank", bank.Recipient()); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("another owner: got %v, want ErrNotExist", err)
	}
}
