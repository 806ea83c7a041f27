package evidence_test

import (
	"bytes"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// splice is a run of bytes of one package over those of another; within one
// package the bytes that were there go where the others came from.
func splice(r *rand.Rand, packages []sound) (p sound, damaged []byte, from, to int) {
	p, other := packages[r.IntN(len(packages))], packages[r.IntN(len(packages))]
	size := 1 + r.IntN(min(4096, len(p.data)/4, len(other.data)/4))
	from, to = r.IntN(len(other.data)-size), r.IntN(len(p.data)-size)
	damaged = slices.Clone(p.data)
	copy(damaged[to:], other.data[from:from+size])
	if other.name == p.name && (from+size <= to || to+size <= from) {
		copy(damaged[from:], p.data[to:to+size])
	}
	return p, damaged, from, to
}

// Runs of bytes that change places, or come from another package. The file of
// the first byte that differs is named, or the one that the others hide.
func TestRandomSplices(t *testing.T) {
	packages := soundPackages(t)
	atOnce(t, choose(500, 10_000), "runs of bytes swapped or spliced", func(r *rand.Rand) bool {
		p, damaged, from, to := splice(r, packages)
		first := 0
		for first < len(damaged) && damaged[first] == p.data[first] {
			first++
		}
		if first == len(damaged) {
			return true // the same bytes
		}
		f, err := evidence.Container(damaged, p.trust)
		if err != nil || !p.at(first).spliced(f, damaged) {
			t.Errorf("%s, from %d to %d, first at %d in %+v: got %v %+v", p.name, from, to, first, p.at(first), err, f)
			return false
		}
		return true
	})
}

// spliced is located where the damage begins: more of it may follow.
func (r region) spliced(f evidence.Finding, damaged []byte) bool {
	if f.Result != evidence.Fail || len(f.Failures) == 0 {
		return false
	}
	one := f
	one.Failures = f.Failures[:1]
	return r.located(one, damaged) || r.part == "content" && f.Failures[0].File == r.file
}

// Whole files that change places, or come from another package of the same
// ledger, in a container that is made anew: the digests name the file.
func TestRandomFilesSwapped(t *testing.T) {
	packages := soundPackages(t)[:3]
	var open []contents
	for _, p := range packages {
		open = append(open, unpack(t, p.data))
	}
	atOnce(t, choose(30, 10_000), "files swapped or from another package", func(r *rand.Rand) bool {
		n, from := r.IntN(len(open)), open[r.IntN(len(open))]
		f := maps.Clone(open[n])
		names, others := slices.Sorted(maps.Keys(f)), slices.Sorted(maps.Keys(from))
		a, b := names[r.IntN(len(names))], others[r.IntN(len(others))]
		if bytes.Equal(f[a], from[b]) {
			return true
		}
		f[a] = from[b]
		data := f.zip(t)
		report, err := evidence.Check(context.Background(), bytes.NewReader(data), int64(len(data)), packages[n].trust)
		if err != nil || report.OK() || !(region{part: "content", file: a}).told(report) {
			t.Errorf("%s of %s became %s: got %v\n%s", a, packages[n].name, b, err, text(report))
			return false
		}
		return true
	})
}
