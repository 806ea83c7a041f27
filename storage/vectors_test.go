package storage_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// vector is one of the age test vectors of C2SP CCTV.
type vector struct {
	name, expect string
	payload      []byte // SHA-256 of the plaintext, or of the part before the damage
	identities   []age.Identity
	armored      bool
	file         []byte
}

func vectors(t *testing.T) []vector {
	t.Helper()
	names, err := fs.Glob(agetest.Vectors, "*")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for _, name := range names {
		text, err := fs.ReadFile(agetest.Vectors, name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parseVector(t, name, text))
	}
	return all
}

func parseVector(t *testing.T, name string, text []byte) vector {
	t.Helper()
	v := vector{name: name}
	head, file, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		t.Fatalf("%s: no file", name)
	}
	v.file = file
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		if err := v.set(key, value); err != nil {
			t.Fatalf("%s: %s: %v", name, key, err)
		}
	}
	return v
}

func (v *vector) set(key, value string) (err error) {
	switch key {
	case "expect":
		v.expect = value
	case "payload":
		v.payload, err = hex.DecodeString(value)
	case "identity":
		var id storage.Identity
		id, err = storage.ParseIdentity(storage.NewSecret(value))
		v.identities = append(v.identities, id.Age())
	case "passphrase":
		var id *age.ScryptIdentity
		id, err = age.NewScryptIdentity(value)
		v.identities = append(v.identities, id)
	case "armored":
		v.armored = true
	case "compressed":
		var r io.Reader
		if r, err = zlib.NewReader(bytes.NewReader(v.file)); err == nil {
			v.file, err = io.ReadAll(r)
		}
	case "file key", "comment":
	default:
		err = errors.New("unknown line")
	}
	return err
}

// TestVectors runs the corpus through every way of reading. Out of scope are
// the armored files (names in armor_*, and whatever else is armored): objects
// are binary. Passphrase files go through as well: headers are the age library's.
func TestVectors(t *testing.T) {
	kinds := map[string]int{}
	for _, v := range vectors(t) {
		if v.armored {
			kinds["armored, out of scope"]++
			continue
		}
		family, _, _ := strings.Cut(v.name, "_")
		kinds[family]++
		t.Run(v.name, func(t *testing.T) {
			b := &mem.Bucket{}
			if err := b.Create(t.Context(), "k", bytes.NewReader(v.file)); err != nil {
				t.Fatal(err)
			}
			o, err := storage.OpenObject(t.Context(), b, "k", v.identities...)
			if err != nil {
				wantVectorError(t, v, err)
				return
			}
			readVector(t, v, o)
		})
	}
	for family, least := range map[string]int{"stream": 20, "x25519": 10, "hybrid": 10, "scrypt": 10, "hmac": 5, "stanza": 10, "header": 1} {
		if kinds[family] < least {
			t.Errorf("got %d vectors %s_*, want at least %d", kinds[family], family, least)
		}
	}
	t.Logf("vectors: %v", kinds)
}

func wantVectorError(t *testing.T, v vector, err error) {
	t.Helper()
	none := (*age.NoIdentityMatchError)(nil)
	switch v.expect {
	case "success":
		t.Errorf("got %v, want it to open", err)
	case "no match":
		if !errors.As(err, &none) {
			t.Errorf("got %v, want no match", err)
		}
	default:
		if !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("got %v, want ErrCorrupt (%s)", err, v.expect)
		}
	}
}

// readVector reads in every way; only a payload may still be found damaged.
func readVector(t *testing.T, v vector, o *storage.Object) {
	t.Helper()
	if v.expect != "success" && v.expect != "payload failure" {
		t.Fatalf("it opened, want %s", v.expect)
	}
	whole, err := readRange(t, o, 0, -1)
	_, _, digestErr := o.Digest(t.Context())
	if v.expect == "payload failure" {
		if !errors.Is(err, storage.ErrCorrupt) || !errors.Is(digestErr, storage.ErrCorrupt) {
			t.Errorf("got %v and %v, want ErrCorrupt", err, digestErr)
		}
		wantPrefix(t, v, whole)
		return
	}
	if err != nil || digestErr != nil {
		t.Fatal(err, digestErr)
	}
	wantContent(t, v, o, whole)
}

func wantContent(t *testing.T, v vector, o *storage.Object, whole []byte) {
	t.Helper()
	digest, leaves, err := o.Digest(t.Context())
	if err != nil || !bytes.Equal(digest[:], v.payload) || len(leaves) != (len(whole)+1<<20-1)>>20 {
		t.Errorf("digest %x of %d leaves, %v; want %x", digest, len(leaves), err, v.payload)
	}
	if got := sha256.Sum256(whole); !bytes.Equal(got[:], v.payload) || o.Size() != int64(len(whole)) {
		t.Errorf("read %d bytes of %d, SHA-256 %x; want %x", len(whole), o.Size(), got, v.payload)
	}
	for i := range leaves {
		leaf, err := o.Leaf(t.Context(), int64(i))
		if err != nil || !bytes.Equal(leaf, whole[i<<20:min((i+1)<<20, len(whole))]) {
			t.Errorf("leaf %d differs: %v", i, err)
		}
	}
	for off := 0; off < len(whole); off += 50_001 {
		n := min(len(whole)-off, 70_000)
		if got, err := readRange(t, o, int64(off), int64(n)); err != nil || !bytes.Equal(got, whole[off:off+n]) {
			t.Errorf("range %d+%d differs: %v", off, n, err)
		}
	}
}

// wantPrefix: what was released is what the stock library releases, or less.
func wantPrefix(t *testing.T, v vector, got []byte) {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(v.file), v.identities...)
	if err != nil {
		t.Fatal(err)
	}
	stock, _ := io.ReadAll(r) // fails: that is the point of the vector
	if !bytes.HasPrefix(stock, got) {
		t.Errorf("released %d bytes that the stock library does not", len(got))
	}
}

func readRange(t *testing.T, o *storage.Object, off, n int64) ([]byte, error) {
	t.Helper()
	r, err := o.Range(t.Context(), off, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// FuzzOpenObject: whatever a bucket returns, we release what the stock library
// releases, or less, and never panic.
func FuzzOpenObject(f *testing.F) {
	id, err := age.ParseX25519Identity("AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0")
	if err != nil {
		f.Fatal(err)
	}
	opened := 0
	for _, name := range []string{"x25519", "stream_no_final", "stream_last_chunk_empty", "stream_short_nonce", "hmac_bad", "stanza_valid_characters"} {
		text, err := fs.ReadFile(agetest.Vectors, name)
		if err != nil {
			f.Fatal(err)
		}
		_, file, _ := bytes.Cut(text, []byte("\n\n"))
		f.Add(file)
		if _, err := age.Decrypt(bytes.NewReader(file), id); err == nil {
			opened++
		}
	}
	if opened < 3 {
		f.Fatalf("got %d seeds that open, want at least 3", opened)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		b := &mem.Bucket{}
		if err := b.Create(t.Context(), "k", bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		var ours []byte
		o, err := storage.OpenObject(t.Context(), b, "k", id)
		if err == nil {
			ours, err = readRange(t, o, 0, -1)
		}
		var stock []byte
		r, stockErr := age.Decrypt(bytes.NewReader(file), id)
		if stockErr == nil {
			stock, stockErr = io.ReadAll(r)
		}
		if (err == nil) != (stockErr == nil) || !bytes.HasPrefix(stock, ours) {
			t.Errorf("ours: %d bytes, %v; stock: %d bytes, %v", len(ours), err, len(stock), stockErr)
		}
	})
}
