package storage_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

const owner = "91350100M000100Y43"

// fixture is a vault over a bucket in memory, and an owner with a key.
type fixture struct {
	*storage.Vault
	t         *testing.T
	bucket    *mem.Bucket
	custodian storage.Identity
	now       time.Time
	keys      storage.Identity // the owner's
	other     *storage.Vault   // another replica
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return f.now }
	f.bucket = &mem.Bucket{Now: clock}
	f.custodian = identity(t, false)
	f.keys = identity(t, true)
	f.Vault = vault(t, f.bucket, f.custodian, clock)
	f.other = vault(t, f.bucket, f.custodian, clock)
	return f
}

func vault(t *testing.T, b storage.Bucket, custodian storage.Identity, now func() time.Time) *storage.Vault {
	t.Helper()
	v, err := storage.NewVault(b, custodian, storage.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func identity(t *testing.T, hybrid bool) storage.Identity {
	t.Helper()
	id, err := storage.NewIdentity(hybrid)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (f *fixture) begin(extras ...storage.Extra) string {
	f.t.Helper()
	u, err := f.Begin(f.t.Context(), owner, map[string]string{"owner": f.keys.Recipient()}, extras...)
	if err != nil {
		f.t.Fatal(err)
	}
	return u.ID
}

func (f *fixture) write(id, path string, content []byte) storage.FileStatus {
	f.t.Helper()
	s, err := f.Write(f.t.Context(), id, storage.WriteRequest{Path: path, Size: -1, Body: bytes.NewReader(content)})
	if err != nil {
		f.t.Fatalf("writing %s: %v", path, err)
	}
	return s
}

func (f *fixture) seal(id string) storage.Sealed {
	f.t.Helper()
	s, err := f.Seal(f.t.Context(), id)
	if err != nil {
		f.t.Fatalf("sealing: %v", err)
	}
	return s
}

// sealed is a dataset of one file.
func (f *fixture) sealed(path string, content []byte) storage.Sealed {
	f.t.Helper()
	id := f.begin()
	f.write(id, path, content)
	return f.seal(id)
}

func (f *fixture) read(s storage.Sealed, path string, off, n int64) []byte {
	f.t.Helper()
	r, err := f.Open(f.t.Context(), s.Fingerprint, s.Owner, path, off, n)
	if err != nil {
		f.t.Fatalf("opening %s: %v", path, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		f.t.Fatalf("reading %s: %v", path, err)
	}
	return b
}

// keysLike lists the bucket's keys that contain part.
func (f *fixture) keysLike(part string) []string {
	f.t.Helper()
	var found []string
	err := f.bucket.List(f.t.Context(), "", func(i storage.Info) error {
		if strings.Contains(i.Key, part) {
			found = append(found, i.Key)
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return found
}

// object is the one data object in the bucket.
func (f *fixture) object() string {
	f.t.Helper()
	found := slices.DeleteFunc(f.keysLike("-0"), func(k string) bool {
		return !strings.HasPrefix(k, "sealed/") || strings.HasSuffix(k, ".tree.age") || strings.Contains(k, "key-")
	})
	if len(found) != 1 {
		f.t.Fatalf("got objects %v, want one", found)
	}
	return found[0]
}

// content is pseudo-random, so that no two chunks are alike.
func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = r.Read(b)
	return b
}

func sum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

const part = storage.PartSize

// sizes are around every boundary of the format.
var sizes = []int{0, 1, 65_535, 65_536, 65_537, 1<<20 - 1, 1 << 20, 1<<20 + 1,
	part - 1, part, part + 1, part + 65_536, 2 * part, 2*part + 1}
