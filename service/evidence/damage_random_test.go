package evidence_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/evidence"
)

// choose is the small number in CI; DATAPLEDGE_FAULTS=long takes the large.
func choose(short, large int) int {
	if os.Getenv("DATAPLEDGE_FAULTS") == "long" {
		return large
	}
	return short
}

// soundPackages are of every kind: three of a solo ledger, and the one of a
// real consortium.
func soundPackages(t *testing.T) []sound {
	t.Helper()
	s := newStory(t)
	search, err := s.writeSearch(searchJWS(t, s.exchange, s.searchOf(s.asset, s.kin)), false)
	if err != nil {
		t.Fatal(err)
	}
	data, trust := captured(t)
	return []sound{newSound(t, "asset", s.write(s.asset), s.trust()), newSound(t, "pledge", s.write(s.pledge), s.trust()),
		newSound(t, "search", search, s.trust()), newSound(t, "consortium", data, trust)}
}

// atOnce runs n trials over all processors, each with its own random numbers
// that repeat, and says how many there were and how long they took.
func atOnce(t *testing.T, n int, what string, trial func(r *rand.Rand) bool) {
	t.Helper()
	began, workers := time.Now(), runtime.GOMAXPROCS(0)
	var done, failed atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(20261122, uint64(w)))
			for i := w; i < n && failed.Load() < 10; i += workers {
				if done.Add(1); !trial(r) {
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if failed.Load() > 0 || done.Load() != int64(n) {
		t.Errorf("%s: %d failed of %d", what, failed.Load(), done.Load())
	}
	t.Logf("%s: %d in %.1f s, all found and located", what, done.Load(), time.Since(began).Seconds())
}

// flipped is one of the packages with one random bit changed, and where.
func flipped(r *rand.Rand, packages []sound) (sound, int, []byte) {
	p := packages[r.IntN(len(packages))]
	bit := r.IntN(8 * len(p.data))
	damaged := slices.Clone(p.data)
	damaged[bit/8] ^= 1 << (bit % 8)
	return p, bit, damaged
}

// One changed bit, wherever it is: the container says so, and in which file.
// No file need be read for that, so this is done very often.
func TestRandomBits(t *testing.T) {
	packages := soundPackages(t)
	atOnce(t, choose(1500, 1_000_000), "single bits flipped", func(r *rand.Rand) bool {
		p, bit, damaged := flipped(r, packages)
		f, err := evidence.Container(damaged, p.trust)
		if at := p.at(bit / 8); err != nil || !at.located(f, damaged) {
			t.Errorf("%s bit %d, %s of %s: got %v %+v", p.name, bit, at.part, at.file, err, f)
			return false
		}
		return true
	})
}

// The same by the whole check, which goes on after a wrong checksum: it must
// come to no better verdict, and the digests must name the same file.
func TestRandomBitsWholeCheck(t *testing.T) {
	packages := soundPackages(t)
	atOnce(t, choose(40, 20_000), "single bits flipped, whole check", func(r *rand.Rand) bool {
		p, bit, damaged := flipped(r, packages)
		report, err := evidence.Check(context.Background(), bytes.NewReader(damaged), int64(len(damaged)), p.trust)
		at := p.at(bit / 8)
		if err != nil || report.OK() || !at.located(report.Find(evidence.CheckContainer), damaged) || !at.told(report) {
			t.Errorf("%s bit %d, %s of %s: got %v\n%s", p.name, bit, at.part, at.file, err, text(report))
			return false
		}
		return true
	})
}

// told says whether a second check found the content of a file changed.
func (r region) told(report evidence.Report) bool {
	if r.part != "content" {
		return true
	}
	for _, name := range []string{evidence.CheckDigests, evidence.CheckSignature, evidence.CheckComplete, evidence.CheckChannel} {
		if slices.ContainsFunc(report.Find(name).Failures, func(f evidence.Failure) bool { return f.File == r.file || r.file == "manifest.json" }) {
			return true
		}
	}
	return false
}

// Every length to which a package can be cut. What is named is the file in
// which it ends now, or the last one that is whole.
func TestEveryTruncation(t *testing.T) {
	for _, p := range soundPackages(t) {
		began, n := time.Now(), 0
		for size := 0; size < len(p.data); size += choose(397, 1) {
			f, err := evidence.Container(p.data[:size], p.trust)
			if at := p.at(size); err != nil || !at.cut(f) {
				t.Fatalf("%s cut after %d bytes, in %s of %s: got %v %+v", p.name, size, at.part, at.file, err, f)
			}
			n++
		}
		t.Logf("%s: cut to %d lengths in %.1f s", p.name, n, time.Since(began).Seconds())
	}
}

func (r region) cut(f evidence.Finding) bool {
	if f.Result != evidence.Fail || len(f.Failures) != 1 {
		return false
	}
	file := f.Failures[0].File
	return file == r.file || file == r.before
}

// What could not be looked at is not blamed: a manifest that names no ledger
// that there is ends the check, and says nothing of the other files.
func TestDamagedManifestBlamesNoOtherFile(t *testing.T) {
	for _, p := range soundPackages(t) {
		damaged := bytes.Replace(p.data, []byte(`"ledger":"`+p.trust.Ledger), []byte(`"ledger":"`+strings.ToUpper(p.trust.Ledger)), 1)
		r := check(t, damaged, p.trust)
		if r.OK() || r.Find(evidence.CheckChannel).Result != evidence.Fail {
			t.Errorf("%s: %s", p.name, text(r))
		}
		for _, c := range r.Checks {
			for _, f := range c.Failures {
				if f.File != "manifest.json" {
					t.Errorf("%s: %s names %s: %s", p.name, c.Name, f.File, f.Detail)
				}
			}
		}
	}
}
