package storage_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

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
		if name == "here" && err != nil {
			t.Errorf("here: the newer one was refused: %v", err)
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
	f.write(id, "b/c", []byte("c"))
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
