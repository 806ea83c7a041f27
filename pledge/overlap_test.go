package pledge_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestOverlaps(t *testing.T) {
	a := file("a", "A", 100)
	for _, c := range []struct {
		name          string
		first, second []pledge.File
		disputed      bool
		here, there   int // shares of the second and the first, when an overlap
	}{
		{name: "nothing shared", first: []pledge.File{a}, second: []pledge.File{file("b", "B", 100)}},
		{name: "the same", first: []pledge.File{a}, second: []pledge.File{a}, disputed: true},
		{name: "the same under another name", first: []pledge.File{a}, second: []pledge.File{file("z", "A", 100)}, disputed: true},
		{name: "all of the first in a large one", first: []pledge.File{a}, second: []pledge.File{a, file("b", "B", 99999)}, disputed: true},
		{name: "exactly half of the second", first: []pledge.File{a, file("c", "C", 900)}, second: []pledge.File{a, file("b", "B", 100)}, disputed: true},
		{name: "exactly half of the first", first: []pledge.File{a, file("c", "C", 100)}, second: []pledge.File{a, file("b", "B", 900)}, disputed: true},
		{name: "a byte less than half", first: []pledge.File{a, file("c", "C", 101)}, second: []pledge.File{a, file("b", "B", 900)}, here: 1000, there: 4975},
		{name: "copies count once", first: []pledge.File{a, file("a2", "A", 100), file("c", "C", 201)}, second: []pledge.File{a, file("b", "B", 900)}, here: 1000, there: 3322},
		{name: "empty files say nothing", first: []pledge.File{a, file("e", "", 0)}, second: []pledge.File{file("b", "B", 100), file("e", "", 0)}},
		{name: "only empty files, under other names", first: []pledge.File{file("e", "", 0)}, second: []pledge.File{file("f", "", 0)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			one := w.notarize(w.owner, "one", c.first...)
			two := w.notarize(w.other, "two", c.second...)
			x, y := w.asset(one), w.asset(two)
			if got := slices.Equal(x.DisputedWith, []string{two}) && slices.Equal(y.DisputedWith, []string{one}); got != c.disputed {
				t.Errorf("disputed: %v, %v", x.DisputedWith, y.DisputedWith)
			}
			if c.here == 0 {
				if len(x.Overlaps)+len(y.Overlaps) > 0 {
					t.Errorf("overlaps %v, %v", x.Overlaps, y.Overlaps)
				}
				return
			}
			wantX := []pledge.Overlap{{AssetID: two, Owner: w.other.uscc, Shared: 100, ShareHere: c.there, ShareThere: c.here}}
			wantY := []pledge.Overlap{{AssetID: one, Owner: w.owner.uscc, Shared: 100, ShareHere: c.here, ShareThere: c.there}}
			if !slices.Equal(x.Overlaps, wantX) || !slices.Equal(y.Overlaps, wantY) {
				t.Errorf("got %v, %v", x.Overlaps, y.Overlaps)
			}
		})
	}
}

// TestKin: one owner's assets with half of their bytes in common count as
// one, and a registration or release on either moves both sequences.
func TestKin(t *testing.T) {
	w := newWorld(t)
	a := file("a", "A", 100)
	one := w.notarize(w.owner, "one", a, file("c", "C", 10))
	two := w.notarize(w.owner, "two", a, file("b", "B", 100))
	three := w.notarize(w.owner, "three", file("b", "B", 100), file("d", "D", 1000))
	if x := w.asset(one); !slices.Equal(x.Kin, []string{two}) || len(x.DisputedWith) > 0 {
		t.Errorf("kin %v, disputed %v", x.Kin, x.DisputedWith)
	}
	if x := w.asset(two); !slices.Equal(x.Kin, []string{one, three}) {
		t.Errorf("kin of the second: %v", x.Kin)
	}
	stale := w.registration(w.ready(two, w.bank2, terms("ranked")))
	id := w.active(one, w.bank, terms("ranked"))
	if x, y, z := w.asset(one).Seq, w.asset(two).Seq, w.asset(three).Seq; x != 1 || y != 1 || z != 0 {
		t.Errorf("sequences %d %d %d", x, y, z)
	}
	w.refuse(pledge.SequenceChanged, w.bank2, pledge.PledgeRegister, stale)
	stale.ExpectedSeq = 1
	w.refuse(pledge.ConsentMissing, w.bank2, pledge.PledgeRegister, stale)
	w.do(w.bank, pledge.PledgeConsent, w.agree(stale.PledgeID))
	w.do(w.bank2, pledge.PledgeRegister, stale)
	w.do(w.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "PAID"})
	if x, y, z := w.asset(one).Seq, w.asset(two).Seq, w.asset(three).Seq; x != 3 || y != 3 || z != 1 {
		t.Errorf("sequences %d %d %d", x, y, z)
	}
}

func TestLargeDataset(t *testing.T) {
	w := newWorld(t)
	fp, root := doc("a manifest of 5,000 lines"), sha("root")
	body := func(a *actor, files int) pledge.NotarizeBody {
		b := w.dataset(a, "large", file("x", "x", 1))
		b.Files, b.Fingerprint, b.ManifestRoot = nil, fp, root
		b.CustodyReceipt = w.sign(w.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: fp, Owner: a.uscc, Files: files, Size: 1 << 40, ManifestRoot: root, Depth: "full"})
		return b
	}
	w.refuse(pledge.Malformed, w.owner, pledge.AssetNotarize, body(w.owner, 500))
	id := w.do(w.owner, pledge.AssetNotarize, body(w.owner, 5000))
	if a := w.asset(id); a.Files != 5000 || a.Size != 1<<40 || a.DistinctSize != 1<<40 || a.ManifestRoot != root {
		t.Errorf("%+v", a)
	}
	other := body(w.other, 5000)
	other.ManifestRoot = sha("other root")
	w.refuse(pledge.CustodyMissing, w.other, pledge.AssetNotarize, other)
	w.refuse(pledge.Duplicate, w.owner, pledge.AssetNotarize, body(w.owner, 5000))
	two := w.do(w.other, pledge.AssetNotarize, body(w.other, 5000))
	if a := w.asset(id); !slices.Equal(a.DisputedWith, []string{two}) {
		t.Errorf("disputed with %v", a.DisputedWith)
	}
}

func TestThousandFiles(t *testing.T) {
	w := newWorld(t)
	id := w.notarize(w.owner, "large", manyFiles(1000)...)
	if a := w.asset(id); a.Files != 1000 || a.Size != 500500 {
		t.Errorf("%d files, %d bytes", a.Files, a.Size)
	}
	f, err := pledge.DecodeFile(w.st.kv[pledge.KeyFile(manyFiles(1000)[999].SHA256)])
	if err != nil || f.Count != 1 || f.Holders[0] != (pledge.Holder{AssetID: id, Owner: w.owner.uscc, Size: 1000, Total: 500500}) {
		t.Errorf("%+v %v", f, err)
	}
}

// TestCommonFile: a small file in more than 256 assets is counted, no longer
// listed, and stands in nobody's way.
func TestCommonFile(t *testing.T) {
	w := newWorld(t)
	licence := file("LICENSE", "Apache", 10)
	first := w.asset(w.notarize(w.owner, "first", licence, file("data", "first", 1000)))
	w.crowd(first, licence, 255)
	for i := range 2 {
		w.notarize(w.owner, fmt.Sprint(i), licence, file("data", fmt.Sprint(i), 1000))
	}
	f, err := pledge.DecodeFile(w.st.kv[pledge.KeyFile(licence.SHA256)])
	if err != nil || f.Count != 258 || len(f.Holders) != 256 {
		t.Errorf("count %d, %d holders, %v", f.Count, len(f.Holders), err)
	}
	last := w.asset(w.notarize(w.other, "last", licence, file("data", "last", 1000)))
	if len(last.Overlaps) != 32 || len(last.DisputedWith) > 0 {
		t.Errorf("%d overlaps, %v", len(last.Overlaps), last.DisputedWith)
	}
}

// TestLargestOverlapsStay: many small overlaps cannot push out a large one.
func TestLargestOverlapsStay(t *testing.T) {
	w := newWorld(t)
	small, large := file("LICENSE", "Apache", 10), file("large", "large", 400)
	first := w.notarize(w.owner, "first", small, large, file("data", "first", 600))
	for i := range 40 {
		w.notarize(w.owner, fmt.Sprint(i), small, file("data", fmt.Sprint(i), 1000))
	}
	late := w.notarize(w.other, "late", large, file("data", "late", 1000))
	over := w.asset(first).Overlaps
	if len(over) != 32 || over[31].AssetID != late || over[31].ShareHere != 3960 {
		t.Errorf("%d overlaps, the last %v", len(over), over[len(over)-1])
	}
}

// crowd adds n assets that hold a file, like the given one, as if they had
// been notarized.
func (w *world) crowd(like pledge.Asset, f pledge.File, n int) {
	w.t.Helper()
	rec, err := pledge.DecodeFile(w.st.kv[pledge.KeyFile(f.SHA256)])
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range n {
		a := like
		a.ID = fmt.Sprintf("as_%s%020d", f.SHA256[:6], i)
		w.set(pledge.KeyAsset(a.ID), a)
		rec.Count++
		rec.Holders = append(rec.Holders, pledge.Holder{AssetID: a.ID, Owner: a.Owner, Size: f.Size, Total: a.DistinctSize})
	}
	w.set(pledge.KeyFile(f.SHA256), rec)
}

// TestDecoys: assets that share a little, however many, hide none that shares
// half. The last of these is the least in bytes, and half of what it is.
func TestDecoys(t *testing.T) {
	for _, owner := range []func(w *world) *actor{func(w *world) *actor { return w.owner }, func(w *world) *actor { return w.other }} {
		w := newWorld(t)
		small := file("small", "small", 50)
		hidden := w.notarize(w.owner, "hidden", small)
		all := []pledge.File{small, file("rest", "rest", 10000)}
		for i := range 5 {
			f := file(fmt.Sprint("decoy", i), fmt.Sprint("decoy", i), 100)
			w.crowd(w.asset(w.notarize(w.other, fmt.Sprint(i), f, file("pad", fmt.Sprint("pad", i), 900))), f, 250)
			all = append(all, f)
		}
		a := w.asset(w.notarize(owner(w), "all", all...))
		if !slices.Equal(append(a.Kin, a.DisputedWith...), []string{hidden}) {
			t.Errorf("kin %v, disputed %v", a.Kin, a.DisputedWith)
		}
	}
}

// TestTooManyHalves: so many that they are refused without being looked at.
func TestTooManyHalves(t *testing.T) {
	w := newWorld(t)
	var all []pledge.File
	for i := range 3 {
		f := file(fmt.Sprint(i), fmt.Sprint(i), 100)
		w.crowd(w.asset(w.notarize(w.other, fmt.Sprint(i), f)), f, 200)
		all = append(all, f)
	}
	e := w.refuse(pledge.TooLarge, w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", append(all, file("rest", "rest", 1000))...))
	if !contains(e.Detail, "603 assets") {
		t.Error(e.Detail)
	}
}

// TestTooManyKin: a 258th asset with the same half is refused, so that no
// registration has to move more than 256 sequences.
func TestTooManyKin(t *testing.T) {
	w := newWorld(t)
	half := file("half", "half", 1000)
	first := w.asset(w.notarize(w.owner, "first", half, file("rest", "first", 10)))
	for i := range 255 {
		first.Kin = append(first.Kin, fmt.Sprintf("as_%026d", i))
	}
	w.set(pledge.KeyAsset(first.ID), first)
	w.notarize(w.owner, "the 256th kin", half, file("rest", "256", 10))
	if n := len(w.asset(first.ID).Kin); n != 256 {
		t.Fatalf("%d kin", n)
	}
	w.refuse(pledge.TooLarge, w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", half, file("rest", "one more", 10)))
}

// TestFileInTooManyAssets: what is mostly a file whose holders are not all
// known could be pledged already, and nobody would find it.
func TestFileInTooManyAssets(t *testing.T) {
	w := newWorld(t)
	f := file("f", "f", 100)
	w.crowd(w.asset(w.notarize(w.owner, "first", f, file("rest", "first", 1000))), f, 255)
	w.refuse(pledge.TooLarge, w.other, pledge.AssetNotarize, w.dataset(w.other, "x", f, file("rest", "x", 100)))
	w.do(w.other, pledge.AssetNotarize, w.dataset(w.other, "x", f, file("rest", "x", 101)))
}

// TestHiddenHalf: two assets share a common file, whose index names neither
// of them, and a smaller one that is seen. Together that is half.
func TestHiddenHalf(t *testing.T) {
	w := newWorld(t)
	common, seen, tiny := file("common", "common", 40), file("seen", "seen", 15), file("tiny", "tiny", 5)
	w.crowd(w.asset(w.notarize(w.owner, "first", common, file("rest", "first", 1000))), common, 255)
	w.notarize(w.owner, "pledged", common, seen, tiny, file("rest", "pledged", 50))
	e := w.refuse(pledge.TooLarge, w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", common, seen, file("rest", "x", 50)))
	if !contains(e.Detail, "may share half") {
		t.Error(e.Detail)
	}
	w.do(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "y", common, tiny, file("rest", "y", 5000)))
}

// TestReceiptMustFit: a custody receipt for anything else is none.
func TestReceiptMustFit(t *testing.T) {
	files := []pledge.File{file("a", "A", 100)}
	for name, change := range map[string]func(w *world, r *pledge.ReceiptBody) *actor{
		"fingerprint": func(w *world, r *pledge.ReceiptBody) *actor { r.Fingerprint = doc("other"); return w.exchange },
		"owner":       func(w *world, r *pledge.ReceiptBody) *actor { r.Owner = w.other.uscc; return w.exchange },
		"files":       func(w *world, r *pledge.ReceiptBody) *actor { r.Files = 2; return w.exchange },
		"size":        func(w *world, r *pledge.ReceiptBody) *actor { r.Size = 99; return w.exchange },
		"root":        func(w *world, r *pledge.ReceiptBody) *actor { r.ManifestRoot = sha("other"); return w.exchange },
		"signer":      func(w *world, r *pledge.ReceiptBody) *actor { return w.bank },
		"stranger":    func(w *world, r *pledge.ReceiptBody) *actor { return newActor(uscc(80), "") },
		"key":         func(w *world, r *pledge.ReceiptBody) *actor { return w.exchange.es256() },
		"old":         func(w *world, r *pledge.ReceiptBody) *actor { w.ahead = -24*3600e9 - 1e9; return w.exchange },
		"early":       func(w *world, r *pledge.ReceiptBody) *actor { w.ahead = 301e9; return w.exchange },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.dataset(w.owner, "x", files...)
			r := pledge.ReceiptBody{Fingerprint: b.Fingerprint, Owner: w.owner.uscc, Files: 1, Size: 100, ManifestRoot: pledge.ManifestRoot(files), Depth: "full"}
			signer := change(w, &r)
			b.CustodyReceipt = w.sign(signer, pledge.CustodyReceiptAct, r)
			w.ahead = 0
			w.refuse(pledge.CustodyMissing, w.owner, pledge.AssetNotarize, b)
		})
	}
}

// TestSizesAreTheCustodians: sizes that keep the fingerprint and the sum, but
// would make a shared file look like less than half.
func TestSizesAreTheCustodians(t *testing.T) {
	w := newWorld(t)
	b := w.dataset(w.owner, "x", file("a", "A", 900), file("b", "B", 100))
	b.Files[0].Size, b.Files[1].Size = 100, 900
	w.refuse(pledge.CustodyMissing, w.owner, pledge.AssetNotarize, b)
	b = w.dataset(w.owner, "x", file("a", "A", 900))
	b.Files[0].Root = sha("another root")
	w.refuse(pledge.CustodyMissing, w.owner, pledge.AssetNotarize, b)
}

// TestCheckOfOtherRoot: a look at other content than was notarized.
func TestCheckOfOtherRoot(t *testing.T) {
	w := newWorld(t)
	id := w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
	b := w.custody(id)
	b.ManifestRoot = sha("other")
	w.refuse(pledge.CustodyMissing, w.exchange, pledge.CustodyReceiptAct, b)
}

func TestDeclarationReasons(t *testing.T) {
	for name, change := range map[string]func(*pledge.Declaration){
		"consent.basis":       func(d *pledge.Declaration) { d.Consent.Basis = "  " },
		"consent.documents":   func(d *pledge.Declaration) { d.Consent.Documents = []string{} },
		"exclusion.report":    func(d *pledge.Declaration) { d.Exclusion.Report = "" },
		"exclusion.result":    func(d *pledge.Declaration) { d.Exclusion.Result = "fail" },
		"exclusion.signed_by": func(d *pledge.Declaration) { d.Exclusion.SignedBy = "" },
		"quality.report":      func(d *pledge.Declaration) { d.Quality.Report = "" },
	} {
		w := newWorld(t)
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		change(&b.Declaration)
		if e := w.refuse(pledge.DeclarationIncomplete, w.owner, pledge.AssetNotarize, b); !contains(e.Detail, name) {
			t.Errorf("%s: %s", name, e.Detail)
		}
	}
}
