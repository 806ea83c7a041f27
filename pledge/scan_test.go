package pledge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// scan is a clean scan that states overlaps.
func (w *world) scan(id string, overlaps ...pledge.ContentOverlap) pledge.ScanBody {
	return pledge.ScanBody{PledgeID: id, Result: "clean", Report: doc("scan report"), Overlaps: overlaps}
}

// alike is an asset that holds this share of the pledged one.
func alike(asset string, share int) pledge.ContentOverlap {
	return pledge.ContentOverlap{AssetID: asset, Share: share}
}

// as gives a scan another result, by the person with this key.
func as(b pledge.ScanBody, result string, person *actor) pledge.ScanBody {
	b.Result = result
	switch result {
	case "reviewed":
		b.ReviewedBy = person.kid()
	case "waived":
		b.WaivedBy = person.kid()
	}
	return b
}

// neighbours makes one asset of each kind that a scan can find.
func (w *world) neighbours() (pending string, found map[string]string) {
	w.t.Helper()
	shared := file("shared", "shared", 500)
	found = map[string]string{
		"own": w.notarize(w.owner, "own"), "another's": w.notarize(w.other, "another's"),
		"own, pledged": w.notarize(w.owner, "own, pledged"), "another's, pledged": w.notarize(w.other, "another's, pledged"),
		"another's, disputed": w.notarize(w.other, "d", file("d", "d", 9), shared),
	}
	w.active(found["own, pledged"], w.bank2, terms("ranked"))
	p := w.do(w.other, pledge.PledgePropose, pledge.ProposeBody{AssetID: found["another's, pledged"], Pledgee: w.bank2.uscc, Terms: terms("ranked")})
	w.do(w.bank2, pledge.PledgeAccept, w.agree(p))
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(p))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(p))
	half := file("half", "half", 500)
	a := w.notarize(w.owner, "pledged", half, file("p", "p", 100))
	found["kin"] = w.notarize(w.owner, "kin", half, file("k", "k", 100))
	pending = w.pending(a, w.bank, terms("exclusive", "scan"))
	w.notarize(w.owner, "disputed with d", shared, file("e", "e", 9))
	return pending, found
}

// results is the table of the contract once more, by hand: what a scan may
// say of an overlap with another's or a pledged asset.
func results(share int) []string {
	switch {
	case share >= 8001:
		return []string{"waived"}
	case share >= 3000:
		return []string{"reviewed", "waived"}
	}
	return []string{"clean", "reviewed", "waived"}
}

func TestScansOfLikeContent(t *testing.T) {
	w := newWorld(t)
	id, found := w.neighbours()
	applied := map[string]int{}
	for kind, asset := range found {
		for _, share := range []int{0, 2999, 3000, 8000, 8001, 10000} {
			for _, result := range []string{"clean", "reviewed", "waived"} {
				want := kind == "own" || kind == "kin" || slices.Contains(results(share), result)
				for side, o := range []pledge.ContentOverlap{{AssetID: asset, Share: share}, {AssetID: asset, OtherShare: share}, {AssetID: asset, Share: share, OtherShare: share / 2}} {
					v := &world{t: t, st: w.st.clone(), now: w.now, nonce: w.nonce}
					got := v.try(v.sign(w.centre, pledge.PledgeScan, as(w.scan(id, o), result, w.centre)))
					if (got.Code == "") != want || !want && got.Code != pledge.OverlapFound {
						t.Errorf("%s with %d (%d) of %s: %s %s, allowed: %v", result, share, side, kind, orApplied(got.Code), got.Detail, want)
					}
					if !want && (!contains(got.Detail, asset) || !contains(got.Detail, fmt.Sprint(share)) || !contains(got.Detail, results(share)[0]+"_by")) {
						t.Errorf("%s", got.Detail)
					}
					if got.Code == "" {
						applied[result]++
					}
				}
			}
		}
	}
	if len(applied) != 3 || applied["clean"] >= applied["reviewed"] || applied["reviewed"] >= applied["waived"] {
		t.Errorf("%v", applied)
	}
}

// TestWorstOverlap: the refusal is about the one that weighs most, wherever it
// stands, and those that need nobody do not hide it.
func TestWorstOverlap(t *testing.T) {
	w := newWorld(t)
	id, found := w.neighbours()
	list := []pledge.ContentOverlap{alike(found["own"], 10000), alike(found["another's"], 3000), alike(found["own, pledged"], 8500), alike(found["another's, pledged"], 100)}
	for range 4 {
		list = append(list[1:], list[0])
		got := w.refuse(pledge.OverlapFound, w.centre, pledge.PledgeScan, as(w.scan(id, list...), "reviewed", w.centre))
		if !contains(got.Detail, found["own, pledged"]) || !contains(got.Detail, "is pledged to "+w.bank2.uscc) || !contains(got.Detail, "8500") {
			t.Errorf("%s", got.Detail)
		}
	}
}

// TestScanIsRecorded: overlaps and who looked at them stand in the pledge,
// through all that follows; a scan without them leaves the record of old.
func TestScanIsRecorded(t *testing.T) {
	w := newWorld(t)
	id, found := w.neighbours()
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
	w.do(w.centre, pledge.PledgeScan, as(w.scan(id, pledge.ContentOverlap{AssetID: found["another's"], Share: 3000, OtherShare: 12}), "reviewed", w.centre))
	p := w.pledge(id)
	if p.V != pledge.ScanVersion || p.Scan.ReviewedBy != w.centre.kid() || len(p.Scan.Overlaps) != 1 || p.Scan.Overlaps[0].OtherShare != 12 {
		t.Errorf("%+v", p.Scan)
	}
	golden(t, "pledge-reviewed.v3.json", w.st.kv[pledge.KeyPledge(id)])
	w.do(w.centre, pledge.PledgeScan, w.scan(id))
	if p := w.pledge(id); p.V != 1 || contains(string(w.st.kv[pledge.KeyPledge(id)]), "overlaps") {
		t.Errorf("after a scan that found nothing: %+v", p)
	}
	w.do(w.centre, pledge.PledgeScan, as(w.scan(id, alike(found["own, pledged"], 9000)), "waived", w.centre))
	w.do(w.bank, pledge.PledgeRegister, w.registration(id))
	w.perfect(w.bank, w.filing(id))
	if p := w.pledge(id); p.V != pledge.ScanVersion || p.Scan.WaivedBy != w.centre.kid() {
		t.Errorf("after a filing: %+v", p)
	}
	golden(t, "pledge-waived-filed.v3.json", w.st.kv[pledge.KeyPledge(id)])
}

// TestScanVersions: one spelling of each version, and no other.
func TestScanVersions(t *testing.T) {
	w := newWorld(t)
	id, found := w.neighbours()
	w.do(w.centre, pledge.PledgeScan, w.scan(id))
	plain := string(w.st.kv[pledge.KeyPledge(id)])
	w.do(w.centre, pledge.PledgeScan, as(w.scan(id, alike(found["own"], 5)), "reviewed", w.centre))
	full := string(w.st.kv[pledge.KeyPledge(id)])
	w.do(w.centre, pledge.PledgeScan, as(w.scan(id), "reviewed", w.centre))
	alone := string(w.st.kv[pledge.KeyPledge(id)])
	for name, c := range map[string][3]string{
		"no overlaps as version 1": {alone, `"v":3`, `"v":1`},
		"a review as version 1":    {full, `"v":3`, `"v":1`},
		"a review as version 2":    {full, `"v":3`, `"v":2`},
		"version 4":                {full, `"v":3`, `"v":4`},
		"no review as version 3":   {plain, `"v":1`, `"v":3`},
		"no review as version 2":   {plain, `"v":1`, `"v":2`},
		"no overlaps, in brackets": {full, `"overlaps":[{"asset_id":"` + found["own"] + `","other_share":0,"share":5}]`, `"overlaps":[]`},
		"a filing beside NONE":     {full, `"perfection":{`, `"perfection":{"effective_rank_time":"x",`},
	} {
		bad := strings.Replace(c[0], c[1], c[2], 1)
		if p, err := pledge.DecodePledge([]byte(bad)); err == nil || p.ID != "" || bad == c[0] {
			t.Errorf("%s: accepted", name)
		}
		if _, err := pledge.DecodePledge([]byte(c[0])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTwinsScannedSideBySide: both clean when they were scanned, and only the
// first becomes a pledge; the second needs a scan that knows of the first.
func TestTwinsScannedSideBySide(t *testing.T) {
	w := newWorld(t)
	one, two := w.notarize(w.owner, "one"), w.notarize(w.owner, "two")
	first, second := w.ready(one, w.bank, terms("exclusive", "scan")), w.ready(two, w.bank2, terms("exclusive", "scan"))
	w.do(w.centre, pledge.PledgeScan, w.scan(first, alike(two, 10000)))
	w.do(w.centre, pledge.PledgeScan, w.scan(second, alike(one, 10000)))
	w.do(w.bank, pledge.PledgeRegister, w.registration(first))
	got := w.refuse(pledge.OverlapFound, w.bank2, pledge.PledgeRegister, w.registration(second))
	if !contains(got.Detail, "since the scan of "+w.pledge(second).Scan.At) || !contains(got.Detail, first) {
		t.Errorf("%s", got.Detail)
	}
	w.refuse(pledge.OverlapFound, w.centre, pledge.PledgeScan, w.scan(second, alike(one, 10000)))
	w.do(w.centre, pledge.PledgeScan, as(w.scan(second, alike(one, 10000)), "waived", w.centre))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(second))
}

// TestScanThatTheTermsDoNotName: it stands in the record, and no register waits for it.
func TestScanThatTheTermsDoNotName(t *testing.T) {
	w := newWorld(t)
	one, two := w.notarize(w.owner, "one"), w.notarize(w.owner, "two")
	id := w.ready(one, w.bank, terms("exclusive"))
	w.do(w.centre, pledge.PledgeScan, w.scan(id, alike(two, 9999)))
	w.active(two, w.bank2, terms("exclusive"))
	w.do(w.bank, pledge.PledgeRegister, w.registration(id))
}

// TestRandomScans: whatever is found in whatever order, a result is taken
// when it is heavy enough for each overlap alone.
func TestRandomScans(t *testing.T) {
	w := newWorld(t)
	id, found := w.neighbours()
	kinds, outcomes := []string{"own", "kin", "own, pledged", "another's", "another's, pledged", "another's, disputed"}, map[bool]int{}
	rapid.Check(t, func(r *rapid.T) {
		share := rapid.OneOf(rapid.SampledFrom([]int{2999, 3000, 8000, 8001}), rapid.IntRange(0, 10000))
		result, want := rapid.SampledFrom([]string{"clean", "reviewed", "waived"}).Draw(r, "result"), true
		var list []pledge.ContentOverlap
		for _, k := range rapid.SliceOfDistinct(rapid.SampledFrom(kinds), rapid.ID).Draw(r, "kinds") {
			o := pledge.ContentOverlap{AssetID: found[k], Share: share.Draw(r, "share"), OtherShare: share.Draw(r, "other share")}
			want = want && (k == "own" || k == "kin" || slices.Contains(results(o.Share), result) && slices.Contains(results(o.OtherShare), result))
			list = append(list, o)
		}
		v := &world{t: t, st: w.st.clone(), now: w.now, nonce: w.nonce}
		got := v.try(v.sign(w.centre, pledge.PledgeScan, as(w.scan(id, list...), result, w.centre)))
		if (got.Code == "") != want || !want && got.Code != pledge.OverlapFound {
			r.Fatalf("%s of %v: %s %s, allowed: %v", result, list, orApplied(got.Code), got.Detail, want)
		}
		outcomes[want]++
	})
	if outcomes[true] == 0 || outcomes[false] == 0 {
		t.Errorf("%v", outcomes)
	}
}
