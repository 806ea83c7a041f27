package storage_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

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

func (f *fixture) begin() string {
	f.t.Helper()
	u, err := f.Begin(f.t.Context(), owner, map[string]string{"owner": f.keys.Recipient()})
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

// TestStockAgeOpens is what a court does: nothing of ours but the files.
func TestStockAgeOpens(t *testing.T) {
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
			t.Errorf("%d bytes: stock age reads %d bytes, %v", n, len(got), err)
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

var errBroken = errors.New("connection lost")

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

// failingBucket fails the nth call of what changes the bucket, and all after it.
type failingBucket struct {
	storage.Bucket
	mu   sync.Mutex
	left int
	done bool // the failing call takes effect all the same
}

var errDown = errors.New("bucket is down")

func (b *failingBucket) step() (do, fail bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left--
	return b.left > 0 || (b.left == 0 && b.done), b.left <= 0
}

func (b *failingBucket) call(fn func() error) error {
	do, fail := b.step()
	if do {
		if err := fn(); err != nil {
			return err
		}
	}
	if fail {
		return errDown
	}
	return nil
}

func (b *failingBucket) Create(ctx context.Context, key string, r io.Reader) error {
	return b.call(func() error { return b.Bucket.Create(ctx, key, r) })
}

func (b *failingBucket) Begin(ctx context.Context, key string) (id string, err error) {
	err = b.call(func() (err error) { id, err = b.Bucket.Begin(ctx, key); return err })
	return id, err
}

func (b *failingBucket) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (p storage.Part, err error) {
	err = b.call(func() (err error) { p, err = b.Bucket.PutPart(ctx, key, id, n, off, data); return err })
	return p, err
}

func (b *failingBucket) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	return b.call(func() error { return b.Bucket.Complete(ctx, key, id, parts) })
}

func (b *failingBucket) Delete(ctx context.Context, key string) error {
	return b.call(func() error { return b.Bucket.Delete(ctx, key) })
}

// TestCrashAnywhere stops the vault before and after every single write to the
// bucket, and lets another replica finish the work.
func TestCrashAnywhere(t *testing.T) {
	want := map[string][]byte{"a": content(2*part + 70_000), "b": content(10), "c": content(part)}
	points := 0
	for n := 1; ; n++ {
		crashed := false
		for _, done := range []bool{false, true} {
			if crashAt(t, want, n, done) {
				crashed = true
				points++
			}
		}
		if !crashed {
			break
		}
	}
	if points < 30 {
		t.Errorf("got %d crash points, want more", points)
	}
	t.Logf("%d crash points", points)
}

func crashAt(t *testing.T, want map[string][]byte, n int, done bool) (crashed bool) {
	t.Helper()
	f := newFixture(t)
	broken := &failingBucket{Bucket: f.bucket, left: n, done: done}
	clock := func() time.Time { return f.now }
	id := f.begin()
	err := story(t, vault(t, broken, f.custodian, clock), id, want)
	if err != nil && !errors.Is(err, errDown) {
		t.Fatalf("crash %d (%v): got %v", n, done, err)
	}
	if err2 := story(t, f.Vault, id, want); err2 != nil {
		t.Fatalf("crash %d (%v): going on: %v", n, done, err2)
	}
	s := f.seal(id)
	for path, b := range want {
		if got := f.read(s, path, 0, -1); !bytes.Equal(got, b) {
			t.Errorf("crash %d (%v): %s differs", n, done, path)
		}
	}
	f.now = f.now.Add(48 * time.Hour)
	if _, err := f.Sweep(t.Context(), f.now.Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	report, err3 := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true, Files: s.Files})
	if err3 != nil || !report.OK {
		t.Errorf("crash %d (%v): got %+v, %v", n, done, report, err3)
	}
	return err != nil
}

// story writes what is missing of each file, and seals.
func story(t *testing.T, v *storage.Vault, id string, want map[string][]byte) error {
	for _, path := range []string{"a", "b", "c"} {
		st, err := v.Status(t.Context(), id, path)
		if err != nil {
			return err
		}
		if st.Complete {
			continue
		}
		_, err = v.Write(t.Context(), id, storage.WriteRequest{Path: path, Off: st.Offset,
			Size: int64(len(want[path])), Body: bytes.NewReader(want[path][st.Offset:])})
		if errors.Is(err, storage.ErrClosed) {
			break // it had come as far as sealing
		}
		if err != nil {
			return err
		}
	}
	_, err := v.Seal(t.Context(), id)
	return err
}

// TestChangedContentIsNotSealedTwice: after a crash between the commitment to a
// part and the part, other bytes in its place start the file anew.
func TestChangedContentIsNotSealedTwice(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	first, second := content(part+10), content(part+20)
	broken := &partBreaker{Bucket: f.bucket, n: 2}
	f.Vault = vault(t, broken, f.custodian, func() time.Time { return f.now })
	write := func(off int64, b []byte) error {
		_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: off, Size: -1, Body: bytes.NewReader(b[off:])})
		return err
	}
	if err := write(0, first); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	broken.n = 0
	if err := write(part, append(slices.Clone(first[:part]), second...)); !errors.As(err, new(*storage.ChangedError)) {
		t.Fatalf("got %v, want a ChangedError", err)
	}
	if st, err := f.Status(t.Context(), id, "a"); err != nil || st.Offset != 0 {
		t.Fatalf("got %+v, %v; want to start again", st, err)
	}
	if err := write(0, second); err != nil {
		t.Fatal(err)
	}
	if got := f.read(f.seal(id), "a", 0, -1); !bytes.Equal(got, second) {
		t.Error("content differs")
	}
}

// partBreaker loses part n, after everything before it.
type partBreaker struct {
	storage.Bucket
	n int
}

func (b *partBreaker) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	if n == b.n {
		return storage.Part{}, errDown
	}
	return b.Bucket.PutPart(context.WithoutCancel(ctx), key, id, n, off, data)
}

func TestTwoFilesAtOnce(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	a, b := content(part+1), content(part+2)
	var wg sync.WaitGroup
	wg.Go(func() { f.write(id, "a", a) })
	wg.Go(func() { f.write(id, "b", b) })
	wg.Wait()
	s := f.seal(id)
	if !bytes.Equal(f.read(s, "a", 0, -1), a) || !bytes.Equal(f.read(s, "b", 0, -1), b) {
		t.Error("content differs")
	}
}

// gate holds a body back until it is opened.
type gate struct {
	reached, open chan struct{}
	once          sync.Once
	r             io.Reader
}

func newGate(b []byte) *gate {
	return &gate{reached: make(chan struct{}), open: make(chan struct{}), r: bytes.NewReader(b)}
}

func (g *gate) Read(p []byte) (int, error) {
	g.once.Do(func() { close(g.reached); <-g.open })
	return g.r.Read(p)
}

func TestSameFileAtOnce(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	want := content(part + 100)
	for name, second := range map[string]*storage.Vault{"here": f.Vault, "replica": f.other} {
		path := "file-" + name
		g := newGate(want)
		var first error
		var wg sync.WaitGroup
		wg.Go(func() {
			_, first = f.Write(t.Context(), id, storage.WriteRequest{Path: path, Size: -1, Body: g})
		})
		<-g.reached
		_, err := second.Write(t.Context(), id, storage.WriteRequest{Path: path, Size: -1, Body: bytes.NewReader(want)})
		close(g.open)
		wg.Wait()
		if winners := count(err == nil, first == nil); winners != 1 {
			t.Errorf("%s: got %v and %v, want one winner", name, first, err)
		}
		if loser := errors.Join(first, err); !errors.Is(loser, storage.ErrBusy) {
			t.Errorf("%s: got %v, want ErrBusy", name, loser)
		}
		if name == "here" && err == nil {
			t.Error("here: the second one was let in at all")
		}
	}
	s := f.seal(id)
	if !bytes.Equal(f.read(s, "file-here", 0, -1), want) || !bytes.Equal(f.read(s, "file-replica", 0, -1), want) {
		t.Error("content differs")
	}
}

func count(bs ...bool) (n int) {
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}

func TestSealRefuses(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	if _, err := f.Seal(t.Context(), id); !errors.As(err, new(*storage.ManifestError)) {
		t.Errorf("empty dataset: got %v, want a ManifestError", err)
	}
	_, _ = f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Size: 100, Body: strings.NewReader("x")})
	ie := (*storage.IncompleteError)(nil)
	if _, err := f.Seal(t.Context(), id); !errors.As(err, &ie) || ie.Path != "a" {
		t.Errorf("incomplete file: got %v, want an IncompleteError", err)
	}
	if err := f.Remove(t.Context(), id, "a"); err != nil {
		t.Fatal(err)
	}
	f.write(id, "b", []byte("b"))
	f.write(id, "b/c", []byte("c"))
	if _, err := f.Seal(t.Context(), id); !errors.As(err, new(*storage.PathError)) {
		t.Errorf("file and folder: got %v, want a PathError", err)
	}
	if err := f.Remove(t.Context(), id, "b"); err != nil {
		t.Fatal(err)
	}
	if s := f.seal(id); s.Manifest != sum([]byte("c"))+"  b/c\n" {
		t.Errorf("got %q", s.Manifest)
	}
	for _, id := range []string{"", "none", "../../../../etc/passwd", strings.Repeat("a", 26)} {
		if _, err := f.Seal(t.Context(), id); !errors.Is(err, storage.ErrNotExist) {
			t.Errorf("upload %q: got %v, want ErrNotExist", id, err)
		}
	}
}

func TestSealedIsClosed(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", []byte("a"))
	s := f.seal(id)
	if again := f.seal(id); again.Fingerprint != s.Fingerprint {
		t.Errorf("sealed again: got %s, want %s", again.Fingerprint, s.Fingerprint)
	}
	_, err := f.other.Write(t.Context(), id, storage.WriteRequest{Path: "b", Size: -1, Body: strings.NewReader("b")})
	if !errors.Is(err, storage.ErrClosed) {
		t.Errorf("writing: got %v, want ErrClosed", err)
	}
	if err := f.Remove(t.Context(), id, "a"); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("removing: got %v, want ErrClosed", err)
	}
	if err := f.Abort(t.Context(), id); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("aborting: got %v, want ErrClosed", err)
	}
}

// TestWriteThatEndsAfterTheSeal gets no success, whatever became of its bytes.
func TestWriteThatEndsAfterTheSeal(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", []byte("a"))
	g := newGate([]byte("late"))
	var late error
	var wg sync.WaitGroup
	wg.Go(func() {
		_, late = f.other.Write(t.Context(), id, storage.WriteRequest{Path: "late", Size: -1, Body: g})
	})
	<-g.reached
	if err := f.Remove(t.Context(), id, "late"); err != nil { // its claim keeps the seal back
		t.Fatal(err)
	}
	s := f.seal(id)
	close(g.open)
	wg.Wait()
	if !errors.Is(late, storage.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", late)
	}
	if again := f.seal(id); again.Fingerprint != s.Fingerprint || len(s.Files) != 1 {
		t.Errorf("the dataset changed: %+v", again)
	}
}

func TestSameContentTwice(t *testing.T) {
	f := newFixture(t)
	one := f.sealed("a", content(1000))
	two := f.sealed("a", content(1000))
	if one.Fingerprint != two.Fingerprint {
		t.Fatalf("got %s and %s", one.Fingerprint, two.Fingerprint)
	}
	if got := f.keysLike("datasets/"); len(got) != 1 {
		t.Errorf("got %v, want one record", got)
	}
	f.now = f.now.Add(48 * time.Hour)
	if r, err := f.Sweep(t.Context(), f.now); err != nil || r.Cleaned != 2 {
		t.Errorf("got %+v, %v; want two cleaned", r, err)
	}
	if !bytes.Equal(f.read(one, "a", 0, -1), content(1000)) {
		t.Error("content differs")
	}
	f.object() // the second copy is gone
}

// TestDamagedIsSucceeded: an owner mends custody by sending the content again.
func TestDamagedIsSucceeded(t *testing.T) {
	f := newFixture(t)
	want := content(1000)
	s := f.sealed("a", want)
	f.bucket.Damage(f.object(), func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
	f.sealed("a", want)
	if got := f.read(s, "a", 0, -1); !bytes.Equal(got, want) {
		t.Error("content differs")
	}
}

func TestAbort(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", content(10))
	_, _ = f.Write(t.Context(), id, storage.WriteRequest{Path: "b", Size: -1, Body: cut(content(part+5), part+5)})
	for range 2 {
		if err := f.Abort(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Upload(t.Context(), id); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	if got := f.keysLike(""); len(got) != 1 || !strings.HasSuffix(got[0], "/fate") {
		t.Errorf("left over: %v", got)
	}
	f.now = f.now.Add(time.Hour)
	if _, err := f.Sweep(t.Context(), f.now); err != nil {
		t.Fatal(err)
	}
	if got := f.keysLike(""); len(got) != 0 {
		t.Errorf("left over after a sweep: %v", got)
	}
}

func TestSweep(t *testing.T) {
	f := newFixture(t)
	old := f.begin()
	_, _ = f.Write(t.Context(), old, storage.WriteRequest{Path: "b", Size: -1, Body: cut(content(part+5), part+5)})
	sealed := f.sealed("a", content(part+1))
	f.now = f.now.Add(48 * time.Hour)
	young := f.begin()
	f.write(young, "c", []byte("c"))
	r, err := f.Sweep(t.Context(), f.now.Add(-24*time.Hour))
	if err != nil || r.Abandoned != 1 || r.Cleaned != 1 || r.Finished != 0 {
		t.Errorf("got %+v, %v; want one abandoned, one cleaned", r, err)
	}
	if _, err := f.Upload(t.Context(), old); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("the old one: got %v, want ErrNotExist", err)
	}
	f.seal(young)
	if !bytes.Equal(f.read(sealed, "a", 0, -1), content(part+1)) {
		t.Error("content differs")
	}
	for range 3 {
		f.now = f.now.Add(48 * time.Hour)
		if _, err := f.Sweep(t.Context(), f.now); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.keysLike("uploads/"); len(got) != 0 {
		t.Errorf("left over: %v", got)
	}
	report, err := f.Check(t.Context(), sealed.Fingerprint, owner, storage.CheckOptions{Full: true})
	if err != nil || !report.OK {
		t.Errorf("after the sweeps: %+v, %v", report, err)
	}
}
