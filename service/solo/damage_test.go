package solo

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// images are ledger files of the same content: one closed in order, one as
// a crash leaves it, with a part of the index not written.
func images(t *testing.T) (*world, map[string][]byte, string) {
	t.Helper()
	w := newWorld(t)
	l := w.open(t)
	w.fill(t, l)
	for n := 0; l.state.frozen == nil || l.state.frozen.next == 0 || len(l.state.active.lines) == 0; n++ {
		if w.apply(t, l, w.notarize(1)...); n == 100 {
			t.Fatal("the image is never amid writing its index")
		}
	}
	crashed := readFile(t, w.options.Path)
	want, err := dump(t, l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return w, map[string][]byte{"crashed": crashed, "closed": readFile(t, w.options.Path)}, want
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hurt opens a damaged file: either that is noticed and told where, or the
// content is the same to the last byte. It reports whether it was noticed.
func hurt(t *testing.T, w *world, want string, file []byte, what string) bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hurt.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	l, err := Open(w.at(path).options)
	if err != nil {
		if d := (*DamageError)(nil); !errors.As(err, &d) || d.Part == "" || d.What == "" {
			t.Errorf("%s: %v, want a DamageError that says where", what, err)
		}
		return true
	}
	defer l.Close()
	if got, err := dump(t, l); err != nil || got != want {
		t.Errorf("%s: not noticed, and the content is %s, %v; want %s", what, got, err, want)
	}
	return false
}

func times(t *testing.T, name string, otherwise int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil || n <= 0 {
		return otherwise
	}
	return n
}

func TestFlippedBits(t *testing.T) {
	defer goleak.VerifyNone(t)
	w, files, want := images(t)
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	for name, whole := range files {
		if hurt(t, w, want, whole, "nothing") {
			t.Fatalf("%s: damage is found in a whole file", name)
		}
		noticed, n := 0, times(t, "DATAPLEDGE_TEST_FLIPS", 150)
		for i := range n {
			at := random.IntN(len(whole))
			if i%2 == 0 { // the structure of a page is in its first bytes
				at = at/4096*4096 + random.IntN(128)
			}
			file := append([]byte(nil), whole...)
			file[at] ^= 1 << random.IntN(8)
			if hurt(t, w, want, file, name+" flipped at "+strconv.Itoa(at)) {
				noticed++
			}
		}
		t.Logf("%s: %d of %d flips in %d bytes noticed, the others harmless", name, noticed, n, len(whole))
		if noticed < n/4 {
			t.Errorf("%s: only %d of %d flips noticed", name, noticed, n)
		}
	}
}

func TestOverwrittenPages(t *testing.T) {
	w, files, want := images(t)
	random := rand.New(rand.NewPCG(1, 2))
	for name, whole := range files {
		for range times(t, "DATAPLEDGE_TEST_FLIPS", 150) / 6 {
			from, to := random.IntN(len(whole)/4096)*4096, random.IntN(len(whole)/4096)*4096
			file := append([]byte(nil), whole...)
			switch random.IntN(3) {
			case 0: // a page in the place of another
				copy(file[to:to+4096], whole[from:])
			case 1: // a page of zeros
				clear(file[to : to+4096])
			case 2: // noise
				for i := range 64 {
					file[to+i] = byte(random.Uint32())
				}
			}
			hurt(t, w, want, file, name+" with page "+strconv.Itoa(to/4096)+" overwritten")
		}
	}
}

func TestCutShort(t *testing.T) {
	w, files, want := images(t)
	random := rand.New(rand.NewPCG(3, 4))
	for name, whole := range files {
		var lengths []int
		for n := range times(t, "DATAPLEDGE_TEST_FLIPS", 150) / 15 {
			lengths = append(lengths, n*37, len(whole)-n, n*4096, len(whole)-n*4096, random.IntN(len(whole)))
		}
		p := &pages{file: bytes.NewReader(whole), size: int64(len(whole))}
		if err := p.readMeta(); err != nil {
			t.Fatal(err)
		}
		used := int(p.meta.end) * int(p.page)
		if err := checkPages(bytes.NewReader(whole[:used-1]), int64(used-1)); err == nil || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("%s without the last byte in use: %v", name, err)
		}
		noticed := 0
		for _, n := range lengths {
			if n >= 0 && n < len(whole) && hurt(t, w, want, whole[:n], name+" cut at "+strconv.Itoa(n)) {
				noticed++
			}
		}
		if noticed < len(lengths)/3 {
			t.Errorf("%s: only %d of %d cuts noticed", name, noticed, len(lengths))
		}
	}
}
