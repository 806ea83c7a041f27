package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func (s *stack) scan(as, id string) service.Scan {
	s.t.Helper()
	return as_[service.Scan](s.get("/v1/pledges/"+id+"/scan", as))
}

// scanBody is what an IP centre signs after it saw a scan.
func (s *stack) scanBody(id, result string, r service.Scan) pledge.ScanBody {
	b := pledge.ScanBody{PledgeID: id, Result: result, Report: r.Report, Overlaps: r.Document.Overlaps}
	switch result {
	case pledge.ScanWaived:
		b.WaivedBy = s.keys["ipcenter"].KID()
	case pledge.ScanReviewed:
		b.ReviewedBy = s.keys["ipcenter"].KID()
	}
	return b
}

func (s *stack) scans(as string, b pledge.ScanBody) answer {
	s.t.Helper()
	return s.submit(s.sign(as, pledge.PledgeScan, b))
}

// copied are a pledged asset, and a pledge on a copy of half of it.
func copied(t *testing.T, from, rows int) (s *stack, x *sketches, first string, p pledge.Pledge) {
	t.Helper()
	s, x = withSketches(t)
	first = s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	s.registered("enterprise", "bank", first)
	half := s.sketched(x, "enterprise2", "half", map[string]string{"b.csv": table(from, rows)})
	return s, x, first, s.pending("enterprise2", "bank2", half)
}

// What a scan finds it must state, and then a person must have looked.
func TestScanOfHalfACopyIsReviewed(t *testing.T) {
	s, _, first, p := copied(t, 300, 600)
	r := s.scan("ipcenter", p.ID)
	if d := r.Document; d.Required != pledge.ScanReviewed || len(d.Overlaps) != 1 || d.Overlaps[0] != (pledge.ContentOverlap{AssetID: first, Share: 5000, OtherShare: 5000}) ||
		!strings.Contains(d.Why.ZH, first) || !strings.Contains(d.Why.EN, "50.00 %") || len(d.Content.Matches) != 1 || d.Content.Matches[0].Owner != usccs["enterprise"] {
		t.Fatalf("got %+v", r.Document)
	}
	silent, less, other := s.scanBody(p.ID, pledge.ScanReviewed, r), s.scanBody(p.ID, pledge.ScanReviewed, r), s.scanBody(p.ID, pledge.ScanReviewed, r)
	silent.Overlaps = nil
	less.Overlaps = []pledge.ContentOverlap{{AssetID: first, Share: 4999, OtherShare: 5000}}
	other.Overlaps = []pledge.ContentOverlap{{AssetID: first, Share: 5000, OtherShare: 4999}}
	for name, b := range map[string]pledge.ScanBody{"silent": silent, "less": less, "less of the other": other} {
		a := s.scans("ipcenter", b).want(http.StatusConflict, string(pledge.OverlapFound))
		if !strings.Contains(string(a.body), "/scan") || !strings.Contains(string(a.body), first) {
			t.Errorf("%s: %s does not say what to do", name, a.body)
		}
	}
	s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanClean, r)).want(http.StatusConflict, string(pledge.OverlapFound))
	if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanReviewed, r)); a.status != http.StatusOK {
		t.Errorf("got %s", a.body)
	}
}

func TestScanOfAWholeCopyIsWaived(t *testing.T) {
	s, _, first, p := copied(t, 50, 550)
	r := s.scan("ipcenter", p.ID)
	if r.Document.Required != pledge.ScanWaived || len(r.Document.Overlaps) != 1 || r.Document.Overlaps[0].Share != 10000 {
		t.Fatalf("got %+v, want all of it in %s", r.Document, first)
	}
	s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanReviewed, r)).want(http.StatusConflict, string(pledge.OverlapFound))
	if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanWaived, r)); a.status != http.StatusOK {
		t.Errorf("got %s", a.body)
	}
}

func TestScanOfAnotherTableIsClean(t *testing.T) {
	s, _, _, p := copied(t, 90_000, 500)
	r := s.scan("ipcenter", p.ID)
	if d := r.Document; d.Required != pledge.ScanClean || !d.Content.Compared || len(d.Content.Matches)+len(d.Overlaps) != 0 {
		t.Errorf("got %+v", d)
	}
	if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanClean, r)); a.status != http.StatusOK {
		t.Errorf("got %s", a.body)
	}
}

// A copy without two of its columns has no row of the original. It is shown,
// and somebody has to look.
func TestScanShowsATableWithoutSomeColumns(t *testing.T) {
	s, x, first, _ := copied(t, 90_000, 500)
	var cut strings.Builder
	for line := range strings.Lines(table(0, 600)) {
		cells := strings.Split(line, ",")
		cut.WriteString(strings.Join(cells[:3], ",") + "\n")
	}
	few := s.sketched(x, "enterprise2", "few", map[string]string{"c.csv": cut.String()})
	r := s.scan("ipcenter", s.pending("enterprise2", "bank2", few).ID)
	m := r.Document.Content.Matches
	if len(m) != 1 || m[0].AssetID != first || m[0].Share.BP != 0 || m[0].Columns != 3 || m[0].OfColumns != 3 {
		t.Fatalf("got %+v, want three columns of %s", m, first)
	}
	if d := r.Document; d.Required != pledge.ScanReviewed || len(d.Overlaps) != 0 || !strings.Contains(d.Why.EN, "3 of 3 columns are found again") || !strings.Contains(d.Why.ZH, "3 列中有 3 列") || !strings.Contains(d.Why.EN, first) {
		t.Errorf("got %+v", d)
	}
	a := s.scans("ipcenter", s.scanBody(r.Document.PledgeID, pledge.ScanClean, r)).want(http.StatusConflict, string(pledge.OverlapFound))
	if !strings.Contains(string(a.body), "3 of 3 columns") || !strings.Contains(string(a.body), "result reviewed") {
		t.Errorf("%s does not say what to do", a.body)
	}
	if a := s.scans("ipcenter", s.scanBody(r.Document.PledgeID, pledge.ScanReviewed, r)); a.status != http.StatusOK {
		t.Errorf("got %s", a.body)
	}
}

// The owner's own copy is stated, too: it may be pledged later. It is no
// obstacle before.
func TestScanStatesTheOwnersOwnCopies(t *testing.T) {
	s, x := withSketches(t)
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	again := s.sketched(x, "enterprise", "again", map[string]string{"b.csv": table(100, 600)})
	p := s.pending("enterprise", "bank", again)
	r := s.scan("ipcenter", p.ID)
	if d := r.Document; d.Required != pledge.ScanClean || len(d.Overlaps) != 1 || d.Overlaps[0].AssetID != first {
		t.Fatalf("got %+v", d)
	}
	b := s.scanBody(p.ID, pledge.ScanClean, r)
	b.Overlaps = nil
	s.scans("ipcenter", b).want(http.StatusConflict, string(pledge.OverlapFound))
	if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanClean, r)); a.status != http.StatusOK {
		t.Errorf("got %s", a.body)
	}
	s.registered("enterprise", "bank2", first)
	if d := s.scan("bank", p.ID).Document; d.Required != pledge.ScanWaived {
		t.Errorf("with a pledge on the other copy: got %+v", d)
	}
}

// Many copies of one's own do not push what counts out of what is stated, and
// what was not compared with everything a person must look at.
func TestScanStatesWhatCountsFirst(t *testing.T) {
	s, x, first, _ := copied(t, 90_000, 500)
	half := s.sketched(x, "enterprise2", "half", map[string]string{"b.csv": table(300, 600)})
	x.mu.Lock()
	for i, own := 0, x.assets[len(x.assets)-1]; i < pledge.MaxContentOverlaps; i++ {
		x.known[fmt.Sprint("copy ", i)] = x.known[own.digest]
	}
	x.mu.Unlock()
	for i := range pledge.MaxContentOverlaps {
		id, _ := s.notarize("enterprise2", fmt.Sprint("own ", i), map[string]string{"x": fmt.Sprint("own ", i)})
		x.mu.Lock()
		x.assets = append(x.assets, sketchedAsset{id, fmt.Sprint("copy ", i), 0})
		x.mu.Unlock()
	}
	p := s.pending("enterprise2", "bank2", half)
	r := s.scan("ipcenter", p.ID)
	if d := r.Document; len(d.Overlaps) != pledge.MaxContentOverlaps || d.Overlaps[0].AssetID != first || d.Overlaps[1].Share != 10000 || d.Required != pledge.ScanReviewed {
		t.Fatalf("got %d, %+v, %s", len(d.Overlaps), d.Overlaps[:2], d.Required)
	}
	if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanReviewed, r)); a.status != 200 {
		t.Errorf("got %s", a.body)
	}
	x.most = 10
	r = s.scan("ipcenter", p.ID)
	if d := r.Document; d.Required != pledge.ScanReviewed || !strings.Contains(d.Why.EN, "not all of it is listed") {
		t.Errorf("cut: got %s, %s", d.Required, d.Why.EN)
	}
	s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanClean, r)).want(http.StatusConflict, string(pledge.OverlapFound))
	if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanReviewed, r)); a.status != 200 {
		t.Errorf("cut: got %s", a.body)
	}
}

// A scan that cannot be checked is not let through; what was applied before
// is still answered.
func TestScanNeedsTheIndex(t *testing.T) {
	s, x, _, p := copied(t, 300, 600)
	r := s.scan("ipcenter", p.ID)
	jws := s.sign("ipcenter", pledge.PledgeScan, s.scanBody(p.ID, pledge.ScanReviewed, r))
	for _, err := range []error{service.ErrUnavailable, service.ErrNotFound} {
		x.breaks(err)
		s.submit(jws).want(http.StatusServiceUnavailable, "unavailable")
		s.get("/v1/pledges/"+p.ID+"/scan", "ipcenter").want(http.StatusServiceUnavailable, "unavailable")
	}
	x.breaks(nil)
	if a := s.submit(jws); a.status != http.StatusOK {
		t.Fatalf("got %s", a.body)
	}
	x.breaks(service.ErrUnavailable)
	var o pledge.Outcome
	if a := s.submit(jws); a.status != http.StatusOK {
		t.Errorf("the same again: %s", a.body)
	} else if a.decode(&o); !o.Duplicate {
		t.Errorf("got %+v, want a duplicate", o)
	}
}

// Only who may scan learns what is like what.
func TestScanTellsNobodyElse(t *testing.T) {
	s, x, first, p := copied(t, 300, 600)
	for as, code := range map[string]int{"ipcenter": 200, "enterprise2": 200, "bank2": 200, "bank": 403, "enterprise": 403, "notary": 403, "": 401} {
		if a := s.get("/v1/pledges/"+p.ID+"/scan", as); a.status != code {
			t.Errorf("%q: got %d %s, want %d", as, a.status, a.body, code)
		}
	}
	s.get("/v1/pledges/pl_"+strings.Repeat("a", 26)+"/scan", "ipcenter").want(404, "not_found")
	b := pledge.ScanBody{PledgeID: p.ID, Result: pledge.ScanClean, Report: digestOf("x")}
	asked := x.asked
	forged := s.sign("ipcenter", pledge.PledgeScan, b)
	forged = forged[:strings.LastIndexByte(forged, '.')+1] + strings.Repeat("A", 86)
	for _, a := range []answer{s.scans("bank2", b), s.submit(forged)} {
		if a.status == 200 || a.code() == string(pledge.OverlapFound) || strings.Contains(string(a.body), first) {
			t.Errorf("got %s", a.body)
		}
	}
	if x.asked != asked {
		t.Error("the index was asked for a command that nobody may give")
	}
}

// A report is kept under the digest that the command carries.
func TestScanReportIsKept(t *testing.T) {
	s, _, _, p := copied(t, 300, 600)
	r := s.scan("ipcenter", p.ID)
	if text := must(pledge.CanonicalJSON(r.Document))(t); digestOf(string(text)) != r.Report {
		t.Errorf("%s is not the digest of %s", r.Report, text)
	}
	path := "/v1/pledges/" + p.ID + "/scan?report="
	s.notarize("enterprise", "more", map[string]string{"x": "1"})
	if kept := as_[service.Scan](s.get(path+r.Report, "bank2")); kept.Report != r.Report || kept.Document.AsOf != r.Document.AsOf {
		t.Errorf("got %+v, want %+v", kept, r)
	}
	theirs := s.scan("bank2", p.ID)
	if theirs.Document.AsOf == r.Document.AsOf {
		t.Error("the ledger did not go on")
	}
	s.get(path+theirs.Report, "bank2").want(404, "not_found")
	s.get(path+r.Report, "bank").want(403, "wrong_role")
	s.get(path+"sha256:x", "bank2").want(400, "malformed")
	other := s.pending("enterprise", "bank2", must(s.asset("enterprise"))(t))
	s.get("/v1/pledges/"+other.ID+"/scan?report="+r.Report, "bank2").want(404, "not_found")
}

func (s *stack) asset(owner string) (string, error) {
	id, _ := s.notarize(owner, "another", map[string]string{"y": "2"})
	return id, nil
}

// Without an index, or without a sketch, a scan is what it was.
func TestScanWithoutAnIndex(t *testing.T) {
	bare := newStack(t)
	s, _ := withSketches(t)
	for name, s := range map[string]*stack{"no index": bare, "no sketch": s} {
		p := s.pending("enterprise", "bank", must(s.asset("enterprise"))(t))
		r := s.scan("ipcenter", p.ID)
		if d := r.Document; d.Content.Compared || d.Content.Why == nil || d.Required != pledge.ScanClean || !strings.Contains(d.Why.ZH, "未比对内容") {
			t.Errorf("%s: got %+v", name, d)
		}
		if a := s.scans("ipcenter", s.scanBody(p.ID, pledge.ScanClean, r)); a.status != 200 {
			t.Errorf("%s: got %s", name, a.body)
		}
	}
}

// A verification shows what is like it at once.
func TestVerificationShowsWhatIsAlike(t *testing.T) {
	s, x, first, p := copied(t, 300, 600)
	v := as_[service.Verification](s.post("/v1/verifications", "bank2", service.VerifyRequest{AssetID: p.AssetID}))
	if v.Similar == nil || !v.Similar.Compared || len(v.Similar.Matches) != 1 || v.Similar.Matches[0].AssetID != first || len(v.Similar.Matches[0].Liens) != 1 {
		t.Errorf("got %+v", v.Similar)
	}
	x.breaks(service.ErrUnavailable)
	v = as_[service.Verification](s.post("/v1/verifications", "bank2", service.VerifyRequest{AssetID: p.AssetID}))
	if v.Similar == nil || v.Similar.Compared || v.Similar.Why == nil || !v.Notarized.Answer {
		t.Errorf("got %+v, want the answers and a word of why", v.Similar)
	}
	bare := newStack(t)
	asset := must(bare.asset("enterprise"))(t)
	if v := as_[service.Verification](bare.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: asset})); v.Similar != nil {
		t.Errorf("without an index: got %+v", v.Similar)
	}
}
