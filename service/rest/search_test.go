package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// registered registers a pledge and returns it.
func (s *stack) registered(pledgor, pledgee, asset string) pledge.Pledge {
	s.t.Helper()
	p := s.pending(pledgor, pledgee, asset)
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", pledgee, map[string]string{"depth": "full"}))
	seq := s.search(pledgee, service.SearchRequest{AssetID: asset}).ExpectedSeq
	s.command(pledgee, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *seq})
	return p
}

// A lien is found from every side: through what shares half of the bytes
// (kin), through a small shared file, and through an upload of the same.
func TestSearchThroughSharedContent(t *testing.T) {
	s := newStack(t)
	big, small, note := strings.Repeat("b", 1000), strings.Repeat("s", 100), "licence"
	first, _ := s.notarize("enterprise", "first", map[string]string{"big": big, "note": note})
	kin, _ := s.notarize("enterprise", "edited", map[string]string{"big": big, "small": small})
	far, _ := s.notarize("enterprise2", "far", map[string]string{"other": strings.Repeat("o", 500), "note": note})
	p := s.registered("enterprise", "bank", first)
	upload := s.begin("enterprise2")
	s.put(upload, "enterprise2", "copy", big)
	as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise2", nil))
	for _, tt := range []struct {
		name, by string
		q        service.SearchRequest
		via      string
	}{
		{"itself", "bank2", service.SearchRequest{AssetID: first}, "asset"},
		{"kin", "bank2", service.SearchRequest{AssetID: kin}, "kin"},
		{"shared file", "bank2", service.SearchRequest{AssetID: far}, "file"},
		{"party", "bank2", service.SearchRequest{Party: usccs["enterprise"]}, "party"},
		{"party of a shared file", "bank2", service.SearchRequest{Party: usccs["enterprise2"]}, "file"},
		{"file digest", "bank2", service.SearchRequest{Fingerprint: digestOf(big)}, "file"},
		{"upload", "enterprise2", service.SearchRequest{UploadID: strings.TrimPrefix(upload, "/v1/uploads/")}, "file"},
	} {
		got := s.search(tt.by, tt.q)
		if got.None || len(got.Liens) != 1 || got.Liens[0].PledgeID != p.ID || got.Liens[0].Via != tt.via || got.Liens[0].AssetID != first {
			t.Errorf("%s: got %+v, want the lien via %s", tt.name, got.Liens, tt.via)
		}
	}
	v := as_[service.Verification](s.post("/v1/verifications", "bank2", service.VerifyRequest{AssetID: kin}))
	if len(v.Encumbrances) != 1 || v.Encumbrances[0].PledgeID != p.ID {
		t.Errorf("got %+v, want the lien on its kin", v.Encumbrances)
	}
	if a, b := s.search("bank", service.SearchRequest{AssetID: first}), s.search("bank", service.SearchRequest{AssetID: kin}); a.Number == b.Number || !strings.HasPrefix(a.Number, "S-") {
		t.Errorf("got numbers %s and %s", a.Number, b.Number)
	}
}

// The proof of a search is for whoever may search; of one that nobody made
// there is none.
func TestEvidenceOfAnUnknownSearch(t *testing.T) {
	s := newStack(t)
	const path = "/v1/evidence/S-20261122-AAAAAAAAAAAAAAAA"
	s.get(path, "").want(401, "unsigned")
	for _, who := range []string{"enterprise", "bank", "court"} {
		s.get(path, who).want(404, "not_found")
	}
}
