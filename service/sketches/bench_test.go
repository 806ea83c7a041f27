package sketches

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// catalogue is assets on the disk as the index keeps them, made without ledger
// and vault: each with as many rows as a sketch holds, and six columns. Two and two
// have half of their rows in common.
type catalogue struct {
	dir    string
	assets int
}

const benchRows, benchColumns = 4096, 6

// limit below which all hashes of the tables are: those of a million rows.
const benchLimit = math.MaxUint64 / 1_000_000 * benchRows

// places is a prime above twice the number of assets: in slice i of the hashes,
// an asset stands at a place of its own, and the assets can be listed by place.
func (c catalogue) places() uint64 {
	if c.assets <= 1000 {
		return 2003
	}
	return 200_003
}

// slice says how assets are spread over the places of a slice.
func (c catalogue) slice(i int) (factor, offset uint64) {
	return 1 + mix(uint64(i))%(c.places()-1), mix(uint64(i)|1<<40) % c.places()
}

// row is the hash of an asset's row: both of a pair have the even ones.
func (c catalogue) row(asset, i int) uint64 {
	if i%2 == 0 {
		asset = asset / 2 * 2
	}
	factor, offset := c.slice(i)
	const step = benchLimit / benchRows
	return uint64(i)*step + (uint64(asset)*factor+offset)%c.places()*(step/c.places())
}

// inverse of a number modulo a prime, by Fermat.
func inverse(x, places uint64) uint64 {
	out := uint64(1)
	for e := places - 2; e > 0; e /= 2 {
		if e%2 == 1 {
			out = out * x % places
		}
		x = x * x % places
	}
	return out
}

// byPlace calls fn with the assets from first to last-1 in the order of the
// hashes that they have in a slice.
func (c catalogue) byPlace(i, first, last int, fn func(asset int)) {
	factor, offset := c.slice(i)
	places := c.places()
	step := inverse(factor, places)
	asset := (places - offset) * step % places
	for range places {
		if n := int(asset); i%2 == 1 && first <= n && n < last {
			fn(n)
		} else if i%2 == 0 && n%2 == 0 && first <= n+1 && n < last {
			for _, n := range []int{n, n + 1} {
				if first <= n && n < last {
					fn(n)
				}
			}
		}
		if asset += step; asset >= places {
			asset -= places
		}
	}
}

func (c catalogue) sketch(asset int) sketch.Sketch {
	s := sketch.Sketch{KeyID: testKey, Rows: sketch.Set{Limit: benchLimit}}
	for i := range benchRows {
		s.Rows.Hashes = append(s.Rows.Hashes, c.row(asset, i))
	}
	s.Cells = c.cells(asset)
	return s
}

func (c catalogue) cells(asset int) (out []sketch.Set) {
	for k := range benchColumns {
		var values []uint64
		for i := range 129 {
			values = append(values, mix(uint64(asset)<<20|uint64(k)<<10|uint64(i))|1<<63)
		}
		out = append(out, setOf(values, 128))
	}
	return out
}

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// write makes the catalog, and segments of which each is eight times the next.
func (c catalogue) write(b testing.TB) {
	cat, err := openCatalog(c.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer cat.close()
	for first := len(cat.list); first < c.assets; first += 100 {
		var list []entry
		var found []*sketch.Sketch
		for n := first; n < min(first+100, c.assets); n++ {
			s := c.sketch(n)
			e := entry{asset: fmt.Sprintf("as_%064d", n), held: held{block: uint64(n)}}
			e.key, _ = parseDigest(testKey)
			list, found = append(list, e), append(found, &s)
		}
		if err := cat.write(list, found); err != nil {
			b.Fatal(err)
		}
		for _, e := range list {
			cat.note(e)
		}
	}
	for at, left := 0, c.assets; left > 50; {
		n := left * growth / (growth + 1)
		c.segment(b, at, at+n)
		at, left = at+n, left-n
	}
}

// segment writes the postings of some assets.
func (c catalogue) segment(b testing.TB, first, last int) {
	w, err := newSegmentWriter(c.dir, uint32(first), uint32(last))
	if err != nil {
		b.Fatal(err)
	}
	defer w.drop()
	add := func(x posting) {
		if err := w.add(x); err != nil {
			b.Fatal(err)
		}
	}
	for i := range rowHashes { // they ascend: the smallest
		c.byPlace(i, first, last, func(n int) { add(posting{c.row(n, i), uint32(n) << 1}) })
	}
	var columns []posting // all above the limit of the rows
	for n := first; n < last; n++ {
		columns = append(columns, postings(nil, uint32(n), sketch.Sketch{Cells: c.cells(n)})...)
	}
	slices.SortFunc(columns, byHash)
	for _, x := range columns {
		add(x)
	}
	if _, err := w.finish(nil); err != nil {
		b.Fatal(err)
	}
}

// index is one that shows all blocks of the catalogue, without following.
func (c catalogue) index(b testing.TB) (*Index, *vault) {
	v := newVault()
	ix, err := Open(Options{Ledger: newLedger("bench"), Vault: v, Dir: c.dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ix.Close() })
	if err := ix.store.repair(context.Background()); err != nil {
		b.Fatal(err)
	}
	ix.state.set(&service.Head{Height: uint64(c.assets)})
	return ix, v
}

// TestSimilarAmongAThousand: what the benchmark measures is right.
func TestSimilarAmongAThousand(t *testing.T) {
	c := catalogue{t.TempDir(), 1000}
	c.write(t)
	ix, v := c.index(t)
	if n := len(ix.store.segments); n < 2 || len(ix.store.fresh) == 0 {
		t.Errorf("%d segments, %d in memory", n, len(ix.store.fresh))
	}
	for _, n := range []int{0, 1, 799, 800, 950, 999} {
		list, complete, err := ix.Similar(t.Context(), v.sketch(t, c.sketch(n)), uint64(c.assets))
		if err != nil || !complete || len(list) != 2 || list[0].AssetID != fmt.Sprintf("as_%064d", n) || list[0].Share.BP != 10000 ||
			list[0].Columns != benchColumns || list[1].AssetID != fmt.Sprintf("as_%064d", n^1) || list[1].Share.BP != 5000 {
			t.Errorf("of %d: %+v, complete %v: %v", n, list, complete, err)
		}
		list, _, _ = ix.Similar(t.Context(), v.sketch(t, c.sketch(n)), uint64(n))
		if want := 1 + n%2; len(list) != want {
			t.Errorf("up to block %d: %d are alike, not %d", n, len(list), want)
		}
	}
	if list, complete, err := ix.Similar(t.Context(), v.sketch(t, c.sketch(2000)), uint64(c.assets)); err != nil || !complete || len(list) != 0 {
		t.Errorf("of a new one: %+v, complete %v: %v", list, complete, err)
	}
}

// BenchmarkSimilar searches among a thousand assets and, where the folder
// DATAPLEDGE_BENCH names may grow by 6 GB, among 100,000. "ms-cpu" is the time
// that processors worked for a search, also in the system: other programs
// lengthen it less than the time it took. "pages" is how many times as long a
// search takes as reading 1,024 pages at random places, which is about what it
// has to read, by as many calls.
func BenchmarkSimilar(b *testing.B) {
	for _, assets := range []int{1000, 100_000} {
		c := catalogue{filepath.Join(os.Getenv("DATAPLEDGE_BENCH"), fmt.Sprint("sketches-", assets)), assets}
		if os.Getenv("DATAPLEDGE_BENCH") == "" {
			if c.dir = b.TempDir(); assets > 1000 {
				continue
			}
		} else if err := os.MkdirAll(c.dir, 0o700); err != nil {
			b.Fatal(err)
		}
		if len(names(b, c.dir, prefix)) < 2 || os.Getenv("DATAPLEDGE_BENCH") == "" {
			c.write(b)
		}
		for _, cold := range []bool{false, true} {
			b.Run(fmt.Sprintf("assets=%d/cold=%v", assets, cold), func(b *testing.B) { c.measure(b, cold) })
		}
	}
}

func (c catalogue) measure(b *testing.B, cold bool) {
	ix, v := c.index(b)
	dice := rand.New(rand.NewPCG(1, 2))
	var took, pages, worked []time.Duration
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		// Every other search is for an asset that is there; the rest find nothing.
		digest := v.sketch(b, c.sketch(dice.IntN(c.assets)+n%2*c.assets))
		if cold { // what is mapped stays in memory
			if err := ix.Close(); err != nil {
				b.Fatal(err)
			}
			ix, _ = c.index(b)
			ix.o.Vault = v
			c.forget(b)
		}
		b.StartTimer()
		start, work := time.Now(), processors()
		if _, _, err := ix.Similar(b.Context(), digest, uint64(c.assets)); err != nil {
			b.Fatal(err)
		}
		took, worked = append(took, time.Since(start)), append(worked, processors()-work)
		b.StopTimer()
		if cold {
			c.forget(b)
		}
		pages = append(pages, readPages(b, ix.store.segments[0], dice))
		b.StartTimer()
	}
	slices.Sort(took)
	slices.Sort(pages)
	slices.Sort(worked)
	b.ReportMetric(float64(worked[len(worked)/2])/1e6, "ms-cpu")
	b.ReportMetric(float64(took[len(took)/2])/1e6, "ms-median")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "ms-p99")
	b.ReportMetric(float64(took[len(took)/2])/float64(pages[len(pages)/2]), "pages")
	b.ReportMetric(float64(pages[len(pages)/2])/1e6, "ms-pages")
}

// readPages is how long it takes to read as many pages as hashes are looked up.
func readPages(b *testing.B, seg *segment, dice *rand.Rand) time.Duration {
	at := make([]int, rowHashes)
	for i := range at {
		at[i] = dice.IntN(len(seg.pages))
	}
	slices.Sort(at)
	var buf [pageSize]byte
	start := time.Now()
	for _, i := range at {
		if _, err := seg.file.ReadAt(buf[:], int64(i)*pageSize); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

// forget has the system drop what it holds of the files in memory.
func (c catalogue) forget(b *testing.B) {
	for _, name := range names(b, c.dir, "") {
		if out, err := exec.Command("dd", "of="+name, "oflag=nocache", "conv=notrunc,fdatasync", "count=0").CombinedOutput(); err != nil {
			b.Skipf("dd cannot drop a file from memory: %v: %s", err, out)
		}
	}
}
