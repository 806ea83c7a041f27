package storage_test

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"errors"
	"io"
	"testing"

	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
)

// TestSealReadsBack: what a bucket lost or changed between writing and sealing
// is never vouched for.
func TestSealReadsBack(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"flip": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut":  func(b []byte) []byte { return b[:len(b)-1] },
	} {
		f := newFixture(t)
		id := f.begin()
		f.write(id, "a", content(3<<20))
		f.bucket.Damage(f.object(), damage)
		if s, err := f.Seal(t.Context(), id); !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%s: got %+v, %v; want ErrCorrupt", name, s, err)
		}
		if got := f.keysLike("datasets/"); len(got) != 0 {
			t.Errorf("%s: recorded all the same: %v", name, got)
		}
	}
}

// TestAnotherStory: Seal holds what it reads back against what was sent.
func TestAnotherStory(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", content(1000))
	verify := func(change func(total *int64, state, prefix *[]byte)) error {
		return f.VerifyAs(t.Context(), id, "a", change)
	}
	if err := verify(func(*int64, *[]byte, *[]byte) {}); err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	h.Write(content(999))
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(total *int64, state, prefix *[]byte){
		"other content":    func(_ *int64, s, _ *[]byte) { *s = state },
		"other size":       func(n *int64, _, _ *[]byte) { *n++ },
		"other encryption": func(_ *int64, _, p *[]byte) { (*p)[0] ^= 1 },
	} {
		if err := verify(change); !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
	}
}

// TestKeyHolderCannotRewrite: who holds an envelope can encrypt to the dataset,
// and still put nothing of theirs in its place.
func TestKeyHolderCannotRewrite(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(1000))
	e, err := f.Envelope(t.Context(), s.Fingerprint, owner, "owner")
	if err != nil {
		t.Fatal(err)
	}
	key, err := storage.OpenEnvelope(e, f.keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{f.keysLike("descriptor")[0], f.object()} {
		var before []byte
		f.bucket.Damage(k, func(b []byte) []byte { before = bytes.Clone(b); return encryptAgain(t, b, key) })
		if _, err := f.Open(t.Context(), s.Fingerprint, owner, "a", 0, -1); !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", k, err)
		}
		f.bucket.Damage(k, func([]byte) []byte { return before })
	}
	if got := f.read(s, "a", 0, -1); !bytes.Equal(got, content(1000)) {
		t.Error("content differs")
	}
}

func encryptAgain(t *testing.T, b []byte, key storage.Identity) []byte {
	t.Helper()
	plain, err := age.Decrypt(bytes.NewReader(b), key.Age())
	if err != nil {
		t.Fatal(err)
	}
	to, err := storage.ParseRecipient(key.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.EncryptReader(plain, to)
	if err != nil {
		t.Fatal(err)
	}
	again, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestTruncatedFailsWhenOpened, before a byte of it is released.
func TestTruncatedFailsWhenOpened(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(10*65_536))
	f.bucket.Damage(f.object(), func(b []byte) []byte { return b[:len(b)-65_552] })
	if _, err := f.Open(t.Context(), s.Fingerprint, owner, "a", 0, 10); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
}

func TestPayloadSizes(t *testing.T) {
	valid := map[int64]bool{}
	for n := int64(0); n <= 3*65_536+10; n++ {
		sealed := storage.SealedSize(n)
		if got, err := storage.PlainSize(sealed); err != nil || got != n {
			t.Fatalf("%d: got %d, %v", n, got, err)
		}
		valid[sealed] = true
	}
	for sealed := int64(-1); sealed < 3*65_552; sealed++ {
		if _, err := storage.PlainSize(sealed); (err == nil) != valid[sealed] {
			t.Fatalf("a payload of %d bytes: got %v", sealed, err)
		}
	}
}

// TestCheckComparesContent and not only encryptions.
func TestCheckComparesContent(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(3<<20))
	for _, full := range []bool{false, true} {
		as := func(change func(*storage.File)) error {
			return f.CheckAs(t.Context(), s.Fingerprint, owner, "a", full, change)
		}
		if err := as(func(*storage.File) {}); err != nil {
			t.Fatal(err)
		}
		if err := as(func(x *storage.File) { x.Root = zeros }); !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("full %v: another root: got %v, want ErrCorrupt", full, err)
		}
	}
}

// TestEveryBitOfAPointer: its JSON has one spelling.
func TestEveryBitOfAPointer(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(10))
	key := f.keysLike("datasets/")[0]
	var good []byte
	f.bucket.Damage(key, func(b []byte) []byte { good = bytes.Clone(b); return b })
	for i := range 8 * len(good) {
		f.bucket.Damage(key, func([]byte) []byte {
			bad := bytes.Clone(good)
			bad[i/8] ^= 1 << (i % 8)
			return bad
		})
		if _, err := f.Find(t.Context(), s.Fingerprint, owner); !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("bit %d of %q: got %v, want ErrCorrupt", i, good, err)
		}
	}
}
