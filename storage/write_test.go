package storage_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
)

func TestWriteSealOpen(t *testing.T) {
	for _, n := range sizes {
		for _, announced := range []bool{false, true} {
			f := newFixture(t)
			want := content(n)
			size := int64(-1)
			if announced {
				size = int64(n)
			}
			id := f.begin()
			st, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "数据/a.csv", Size: size, Body: bytes.NewReader(want)})
			if err != nil || !st.Complete || st.Offset != int64(n) || st.SHA256 != sum(want) {
				t.Fatalf("%d bytes: got %+v, %v", n, st, err)
			}
			s := f.seal(id)
			if line := sum(want) + "  数据/a.csv\n"; s.Manifest != line || s.Fingerprint != "sha256:"+sum([]byte(line)) {
				t.Errorf("%d bytes: got manifest %q and %s", n, s.Manifest, s.Fingerprint)
			}
			if got := f.read(s, "数据/a.csv", 0, -1); !bytes.Equal(got, want) {
				t.Errorf("%d bytes: read back %d others", n, len(got))
			}
			d := storage.NewDigester()
			_, _ = d.Write(want)
			if file := d.File("数据/a.csv"); s.Files[0] != file {
				t.Errorf("%d bytes: got %+v, want %+v", n, s.Files[0], file)
			}
		}
	}
}

// TestAgeLibraryOpens needs nothing of ours but the files, also with an owner's
// key that resists quantum computers.
func TestAgeLibraryOpens(t *testing.T) {
	for _, n := range []int{0, 65_536, part + 70_000} {
		f := newFixture(t)
		want := content(n)
		s := f.sealed("a", want)
		envelope, err := f.Envelope(t.Context(), s.Fingerprint, owner, "owner")
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(envelope), f.keys.Age())
		if err != nil {
			t.Fatal(err)
		}
		ids, err := age.ParseIdentities(r)
		if err != nil {
			t.Fatal(err)
		}
		obj, err := f.bucket.Open(t.Context(), f.object(), 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := age.Decrypt(obj, ids...)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(plain); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: age reads %d bytes, %v", n, len(got), err)
		}
	}
}

func TestOpenRanges(t *testing.T) {
	f := newFixture(t)
	want := content(part + 200_000)
	s := f.sealed("a", want)
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		off := r.IntN(len(want) + 1)
		n := r.IntN(len(want) - off + 1)
		if off%3 == 0 {
			n = min(n, 100)
		}
		if got := f.read(s, "a", int64(off), int64(n)); !bytes.Equal(got, want[off:off+n]) {
			t.Fatalf("range %d+%d differs", off, n)
		}
	}
	for _, c := range [][2]int64{{-1, 1}, {0, int64(len(want)) + 1}, {int64(len(want)) + 1, 0}, {int64(len(want)) + 1, -1}} {
		_, err := f.Open(t.Context(), s.Fingerprint, owner, "a", c[0], c[1])
		if re := (*storage.RangeError)(nil); !errors.As(err, &re) {
			t.Errorf("range %v: got %v, want a RangeError", c, err)
		}
	}
}

// cut ends a body with an error after n bytes.
func cut(b []byte, n int) io.Reader {
	return io.MultiReader(bytes.NewReader(b[:n]), brokenReader{})
}

// errBroken is what net/http says of a body that ends before its Content-Length.
var errBroken = io.ErrUnexpectedEOF

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

// TestResume cuts an upload anywhere; another replica goes on at the last whole part.
func TestResume(t *testing.T) {
	want := content(2*part + 300_000)
	for _, at := range []int{0, 1, 65_536, part - 1, part, part + 1, part + 65_536, 2 * part, 2*part + 1, len(want) - 1, len(want)} {
		for _, size := range []int64{-1, int64(len(want))} {
			f := newFixture(t)
			id := f.begin()
			_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Size: size, Body: cut(want, at)})
			if !errors.Is(err, errBroken) {
				t.Fatalf("cut at %d: got %v", at, err)
			}
			st, err := f.other.Status(t.Context(), id, "a")
			if err != nil || st.Complete || st.Offset%part != 0 || st.Offset > int64(at) || int64(at)-st.Offset > part {
				t.Fatalf("cut at %d: got %+v, %v", at, st, err)
			}
			_, err = f.other.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: st.Offset + 1, Size: size, Body: bytes.NewReader(nil)})
			if oe := (*storage.OffsetError)(nil); !errors.As(err, &oe) || oe.Want != st.Offset {
				t.Errorf("wrong offset: got %v, want an OffsetError with %d", err, st.Offset)
			}
			st, err = f.other.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: st.Offset, Size: size, Body: bytes.NewReader(want[st.Offset:])})
			if err != nil || !st.Complete || st.SHA256 != sum(want) {
				t.Fatalf("resumed after %d: got %+v, %v", at, st, err)
			}
			if got := f.read(f.seal(id), "a", 0, -1); !bytes.Equal(got, want) {
				t.Errorf("resumed after %d: content differs", at)
			}
		}
	}
}

// TestResumeWithSize: a body that ends early leaves the file open.
func TestResumeWithSize(t *testing.T) {
	f := newFixture(t)
	want := content(part + 5)
	id := f.begin()
	req := storage.WriteRequest{Path: "a", Size: int64(len(want))}
	for _, step := range []struct{ body, offset int }{{100, 0}, {part, part}, {0, part}, {5, len(want)}} {
		st, err := f.Status(t.Context(), id, "a")
		if err != nil {
			t.Fatal(err)
		}
		req.Off, req.Body = st.Offset, bytes.NewReader(want[st.Offset:][:step.body])
		st, err = f.Write(t.Context(), id, req)
		if err != nil || st.Offset != int64(step.offset) || st.Complete != (step.offset == len(want)) {
			t.Fatalf("after %d bytes: got %+v, %v; want offset %d", step.body, st, err, step.offset)
		}
	}
	req.Off, req.Body = int64(len(want)), bytes.NewReader(nil)
	if st, err := f.Write(t.Context(), id, req); err != nil || !st.Complete {
		t.Errorf("the last request again: got %+v, %v", st, err)
	}
	req.Off, req.Body, req.Size = int64(len(want)), strings.NewReader("x"), -1
	if _, err := f.Write(t.Context(), id, req); !errors.As(err, new(*storage.SizeError)) {
		t.Errorf("more after the end: got %v, want a SizeError", err)
	}
}

func TestBodyLongerThanSize(t *testing.T) {
	for _, n := range []int{0, 1, 65_536, 65_537, part, part + 1} {
		f := newFixture(t)
		id := f.begin()
		_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Size: int64(n), Body: bytes.NewReader(content(n + 1))})
		if !errors.As(err, new(*storage.SizeError)) {
			t.Errorf("%d: got %v, want a SizeError", n, err)
		}
		st, err := f.Status(t.Context(), id, "a")
		if err != nil || st.Complete {
			t.Errorf("%d: got %+v, %v; want an incomplete file", n, st, err)
		}
	}
}

func TestDigestMismatchKeepsNothing(t *testing.T) {
	want := content(2*part + 1000)
	wrong := sha256.Sum256([]byte("else"))
	f := newFixture(t)
	id := f.begin()
	write := func(off, end int, digest [32]byte) error {
		_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: int64(off), Size: int64(len(want)),
			Digest: &digest, Body: bytes.NewReader(want[off:end])})
		return err
	}
	offset := func(wantOff int) {
		t.Helper()
		if st, err := f.Status(t.Context(), id, "a"); err != nil || st.Offset != int64(wantOff) || st.Complete {
			t.Fatalf("got %+v, %v; want offset %d", st, err, wantOff)
		}
	}
	de := (*storage.DigestError)(nil)
	if err := write(0, len(want), wrong); !errors.As(err, &de) || de.Want != 0 {
		t.Fatalf("got %v, want a DigestError from 0", err)
	}
	offset(0)
	if err := write(0, part, sha256.Sum256(want[:part])); err != nil {
		t.Fatal(err)
	}
	offset(part)
	if err := write(part, part+10, wrong); !errors.As(err, &de) || de.Want != part {
		t.Fatalf("got %v, want a DigestError from one part", err)
	}
	offset(part)
	if err := write(part, len(want), sha256.Sum256(want[part:])); err != nil {
		t.Fatal(err)
	}
	if got := f.read(f.seal(id), "a", 0, -1); !bytes.Equal(got, want) {
		t.Error("content differs")
	}
}
