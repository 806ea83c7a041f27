package storagetest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
)

// sealedDamage stores age files that a bucket has truncated, extended,
// swapped or spliced, and wants every reading path to notice.
func sealedDamage(t *testing.T, b storage.Bucket) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	one := bytes.Repeat([]byte("1"), 200_000)
	sealed, other := sealWhole(t, id, one), sealWhole(t, id, bytes.Repeat([]byte("2"), 200_000))
	const chunk = 64<<10 + 16
	head := len(sealed) - 200_000 - 4*16
	chunks := func(s []byte, n ...int) (out []byte) {
		for _, i := range n {
			out = append(out, s[head+i*chunk:min(head+(i+1)*chunk, len(s))]...)
		}
		return out
	}
	flipped := bytes.Clone(sealed)
	flipped[head+chunk+7] ^= 1
	for name, bytes := range map[string][]byte{
		"truncated by a byte":  sealed[:len(sealed)-1],
		"truncated by a chunk": sealed[:head+3*chunk],
		"header only":          sealed[:head],
		"half a header":        sealed[:head/2],
		"empty":                nil,
		"extended by a byte":   slices.Concat(sealed, []byte{0}),
		"extended by a chunk":  slices.Concat(sealed, chunks(sealed, 0)),
		"two chunks swapped":   slices.Concat(sealed[:head], chunks(sealed, 1, 0, 2, 3)),
		"a chunk left out":     slices.Concat(sealed[:head], chunks(sealed, 0, 1, 3)),
		"another file's chunk": slices.Concat(sealed[:head], chunks(sealed, 0), chunks(other, 1), chunks(sealed, 2, 3)),
		"another's header":     slices.Concat(other[:head], sealed[head:]),
		"a bit flipped":        flipped,
	} {
		key := "k" + string(rune('a'+len(keys(t, b, ""))))
		create(t, b, key, string(bytes))
		wantCorrupt(t, name, b, key, id, one)
		if o, err := storage.OpenObject(t.Context(), b, key, id); err == nil && o.Size() != int64(len(one)) {
			t.Errorf("%s: opened as %d bytes", name, o.Size())
		}
	}
	create(t, b, "good", string(sealed))
	o, err := storage.OpenObject(t.Context(), b, "good", id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readObject(t, o); err != nil || !bytes.Equal(got, one) {
		t.Errorf("the good object: got %d bytes, %v", len(got), err)
	}
}

func sealWhole(t *testing.T, id *age.X25519Identity, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := age.Encrypt(&b, id.Recipient())
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wantCorrupt wants an error from the opening, or from both ways of reading
// all of it; and not a byte that was not sealed.
func wantCorrupt(t *testing.T, name string, b storage.Bucket, key string, id age.Identity, plain []byte) {
	t.Helper()
	o, err := storage.OpenObject(t.Context(), b, key, id)
	if err != nil {
		if !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
		return
	}
	got, err := readObject(t, o)
	if !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("%s: reading it: got %v, want ErrCorrupt", name, err)
	}
	if !bytes.HasPrefix(plain, got) {
		t.Errorf("%s: released bytes that were not sealed", name)
	}
	if _, _, err := o.Digest(t.Context()); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("%s: digest: got %v, want ErrCorrupt", name, err)
	}
}

func readObject(t *testing.T, o *storage.Object) ([]byte, error) {
	t.Helper()
	r, err := o.Range(t.Context(), 0, -1)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
