package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// scanned is a pledge that waits for nothing but its registration.
func (s *stack) scanned(pledgor, pledgee, asset string) (pledge.Pledge, pledge.RegisterBody) {
	s.t.Helper()
	p := s.pending(pledgor, pledgee, asset)
	r := s.scan("ipcenter", p.ID)
	if a := s.scans("ipcenter", s.scanBody(p.ID, r.Document.Required, r)); a.status != http.StatusOK {
		s.t.Fatalf("scanning: %s", a.body)
	}
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", pledgee, map[string]string{"depth": "full"}))
	seq := s.search(pledgee, service.SearchRequest{AssetID: asset}).ExpectedSeq
	return p, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *seq}
}

func withScans(t *testing.T) (*stack, *sketches) {
	s, x := withSketches(t)
	s.checks = []string{pledge.CheckScan}
	return s, x
}

// noisy is table with one more column.
func noisy(from, n int) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(table(from, n)), "\n") {
		b.WriteString(line + "," + strings.Repeat("z", 1+i%7) + strings.Repeat("y", i%11) + "\n")
	}
	return b.String()
}

// Two copies, of which the second was made after the scan of the first, are
// not both pledged, whichever is first.
func TestACopyMadeAfterAScanIsNotPledgedTwice(t *testing.T) {
	for name, copied := range map[string]string{"sorted otherwise": table(20, 600), "a column more": noisy(0, 600)} {
		s, x := withScans(t)
		first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
		p, body := s.scanned("enterprise", "bank", first)
		again := s.sketched(x, "enterprise", "again", map[string]string{"b.csv": copied})
		_, other := s.scanned("enterprise", "bank2", again)
		s.command("bank2", pledge.PledgeRegister, other)
		for _, stranger := range []string{"bank2", "notary"} { // learn nothing by asking
			if a := s.submit(s.sign(stranger, pledge.PledgeRegister, body)); a.code() == string(pledge.OverlapFound) || a.status == 200 {
				t.Errorf("%s, %s: got %s", name, stranger, a.body)
			}
		}
		a := s.submit(s.sign("bank", pledge.PledgeRegister, body)).want(http.StatusConflict, string(pledge.OverlapFound))
		if !strings.Contains(string(a.body), again) || !strings.Contains(string(a.body), "scan "+p.ID+" again") {
			t.Errorf("%s: %s does not say why", name, a.body)
		}
		r := s.scan("ipcenter", p.ID)
		if d := r.Document; d.Required == pledge.ScanClean {
			t.Errorf("%s: a second scan asks for %s", name, d.Required)
		}
		if a := s.scans("ipcenter", s.scanBody(p.ID, r.Document.Required, r)); a.status != 200 {
			t.Fatalf("%s: %s", name, a.body)
		}
		s.command("bank", pledge.PledgeRegister, body)
	}
}

// A list that ends among whole copies hides what is as much alike.
func TestScanBehindManyWholeCopiesIsWaived(t *testing.T) {
	s, x := withSketches(t)
	own := s.sketched(x, "enterprise", "own", map[string]string{"a.csv": table(0, 600)})
	digest := x.assets[len(x.assets)-1].digest
	for range pledge.MaxContentOverlaps + 4 {
		x.assets = append(x.assets, sketchedAsset{own, digest, 0})
	}
	again := s.sketched(x, "enterprise", "again", map[string]string{"b.csv": table(1, 600)})
	x.most = pledge.MaxContentOverlaps + 2 // among them the asset itself
	p := s.pending("enterprise", "bank", again)
	r := s.scan("ipcenter", p.ID)
	if d := r.Document; d.Required != pledge.ScanWaived || !strings.Contains(d.Why.EN, "not all of it is listed") {
		t.Errorf("got %s, %s", d.Required, d.Why.EN)
	}
}
