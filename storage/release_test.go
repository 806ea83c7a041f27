package storage_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
)

// A released key opens with its recipient's identity only, holds the key of each
// dataset that was named and of no other, and is believed by its digest only.
func TestRelease(t *testing.T) {
	f := newFixture(t)
	one, two, other := f.sealed("a", []byte("one")), f.sealed("a", []byte("two")), f.sealed("a", []byte("other"))
	bank := identity(t, false)
	id := func(s storage.Sealed) storage.DatasetID {
		return storage.DatasetID{Fingerprint: s.Fingerprint, Owner: s.Owner}
	}
	digest, err := f.Release(t.Context(), bank.Recipient(), id(one), id(two))
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.other.Released(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []storage.Identity{f.custodian, f.keys, identity(t, false)} {
		if _, err := age.Decrypt(bytes.NewReader(file), who.Age()); err == nil {
			t.Error("it opens for somebody else")
		}
	}
	r, err := age.Decrypt(bytes.NewReader(file), bank.Age())
	if err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(r)
	if err != nil || len(ids) != 2 {
		t.Fatalf("got %d identities, %v", len(ids), err)
	}
	opened := f.openable(ids)
	if !opened["one"] || !opened["two"] || opened["other"] {
		t.Errorf("got %v, want what was named and not %s", opened, other.Fingerprint)
	}
	f.bucket.Damage("released/"+strings.TrimPrefix(digest, "sha256:")+".age", func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
	if _, err := f.Released(t.Context(), digest); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
}

// openable is what the identities open of the sealed contents.
func (f *fixture) openable(ids []age.Identity) map[string]bool {
	f.t.Helper()
	found := map[string]bool{}
	for _, key := range f.keysLike("sealed/") {
		r, err := f.bucket.Open(f.t.Context(), key, 0, -1)
		if err != nil {
			f.t.Fatal(err)
		}
		if plain, err := age.Decrypt(r, ids...); err == nil {
			text, _ := io.ReadAll(plain)
			found[string(text)] = true
		}
		r.Close()
	}
	return found
}

func TestReleaseOfNothing(t *testing.T) {
	f := newFixture(t)
	bank := identity(t, false).Recipient()
	for _, ids := range [][]storage.DatasetID{nil, {{Fingerprint: "sha256:" + strings.Repeat("0", 64), Owner: owner}}} {
		if _, err := f.Release(t.Context(), bank, ids...); err == nil {
			t.Errorf("%v: a key was released", ids)
		}
	}
	if keys := f.keysLike("released/"); len(keys) != 0 {
		t.Errorf("got %v", keys)
	}
	if _, err := f.Released(t.Context(), "sha256:../x"); err == nil {
		t.Error("a digest that is none leads somewhere")
	}
}
