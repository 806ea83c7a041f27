package rest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (s *stack) begin(as string) string {
	s.t.Helper()
	return s.post("/v1/uploads", as, map[string]string{"name": "a dataset"}).want(201, "").header.Get("Location")
}

// put sends a file of an upload and expects it to be complete.
func (s *stack) put(upload, as, path, content string) {
	s.t.Helper()
	a := s.do(http.MethodPut, upload+"/files/"+path, as, strings.NewReader(content), "Content-Type", "application/octet-stream")
	if a.want(201, "").header.Get("Upload-Complete") != "?1" {
		s.t.Fatalf("%s is not complete: %s", path, a.body)
	}
}

// seal uploads files (path → content) and seals them.
func (s *stack) seal(as string, files map[string]string) service.Sealed {
	s.t.Helper()
	upload := s.begin(as)
	for path, content := range files {
		s.put(upload, as, path, content)
	}
	return as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", as, nil))
}

func (s *stack) declaration(as string) pledge.Declaration {
	full := 10000
	return pledge.Declaration{
		Consent:   pledge.Consent{Basis: "licence", Documents: []string{digestOf("consent")}},
		Exclusion: pledge.Exclusion{Report: digestOf("exclusion"), Result: "pass", SignedBy: s.keys[as].KID()},
		Quality:   pledge.Quality{Report: digestOf("quality"), Scores: pledge.Scores{Completeness: &full}},
	}
}

func (s *stack) notarization(as, name string, d service.Sealed) pledge.NotarizeBody {
	return pledge.NotarizeBody{Name: name, Fingerprint: d.Fingerprint, Files: listed(d), Source: "self-collected", Scenario: "credit",
		UpdatePeriod: "P1M", Declaration: s.declaration(as), CustodyReceipt: d.CustodyReceipt}
}

func (s *stack) notarize(as, name string, files map[string]string) (string, service.Sealed) {
	s.t.Helper()
	d := s.seal(as, files)
	return s.command(as, pledge.AssetNotarize, s.notarization(as, name, d)).RecordID, d
}

func (s *stack) terms() pledge.Terms {
	return pledge.Terms{Principal: pledge.Amount{Amount: 100_000_000, Currency: "CNY"}, SecuredMax: pledge.Amount{Amount: 120_000_000, Currency: "CNY"},
		Matures: "2027-03-01T00:00:00Z", Expires: "2027-06-01T00:00:00Z", Mode: "exclusive", SecurityType: "PLEDGE",
		LegalCharacterization: "DATA_ASSET_PLEDGE", Checks: append([]string{}, s.checks...), CommitmentLetter: digestOf("letter"), Agreement: digestOf("agreement")}
}

// pending proposes a pledge and has it accepted.
func (s *stack) pending(pledgor, pledgee, asset string) pledge.Pledge {
	s.t.Helper()
	o := s.command(pledgor, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: s.keys[pledgee].Party(), Terms: s.terms()})
	var p pledge.Pledge
	if err := json.Unmarshal(o.Record, &p); err != nil {
		s.t.Fatal(err)
	}
	s.command(pledgee, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: p.ID, TermsDigest: p.TermsDigest})
	return p
}

func (s *stack) search(as string, q service.SearchRequest) service.Search {
	s.t.Helper()
	return as_[service.Search](s.post("/v1/searches", as, q))
}

// payload checks a report's signature with the service's key and returns it.
func (s *stack) payload(report string) []byte {
	s.t.Helper()
	network := as_[service.Network](s.get("/v1/network", ""))
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(network.ServiceKey); err != nil {
		s.t.Fatal(err)
	}
	parsed := must(jose.ParseSignedCompact(report, []jose.SignatureAlgorithm{jose.EdDSA}))(s.t)
	return must(parsed.Verify(key))(s.t)
}

func TestTheWholeStory(t *testing.T) {
	s := newStack(t)
	bank := s.keys["bank"].Party()
	owner := s.keys["enterprise"].Party()
	asset, sealed := s.notarize("enterprise", "birds", map[string]string{"a.csv": "id,n\n1,2\n", "b/c.csv": "x\n"})

	v := as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{Fingerprint: sealed.Fingerprint, ClaimedOwner: owner, Depth: "full"}))
	if !v.Notarized.Answer || v.Owned.Answer == nil || !*v.Owned.Answer || v.Intact.Answer == nil || !*v.Intact.Answer || len(v.Encumbrances) != 0 {
		t.Fatalf("got %+v, want yes three times and no encumbrance", v)
	}
	var signed service.Verification
	if err := json.Unmarshal(s.payload(v.Report), &signed); err != nil || signed.Fingerprint != sealed.Fingerprint || signed.Report != "" {
		t.Errorf("got report %+v, %v", signed, err)
	}

	p := s.pending("enterprise", "bank", asset)
	found := s.search("bank", service.SearchRequest{AssetID: asset})
	if !found.None || found.ExpectedSeq == nil {
		t.Fatalf("got %+v, want no lien and an expected_seq", found)
	}
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", "bank", map[string]string{"depth": "sample"}))
	before := as_[service.Network](s.get("/v1/network", "")).Height
	s.command("bank", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *found.ExpectedSeq})

	// Read your own writes: the lists show what was just applied.
	var list struct {
		Items []pledge.Pledge `json:"items"`
	}
	s.get("/v1/pledges?status=ACTIVE", "bank").decode(&list)
	if len(list.Items) != 1 || list.Items[0].ID != p.ID {
		t.Errorf("got %+v, want the new pledge", list)
	}
	if r := as_[service.PledgeView](s.get("/v1/pledges/"+p.ID, "enterprise")); r.Rank != 1 || r.State != pledge.Active {
		t.Errorf("got rank %d, state %s", r.Rank, r.State)
	}
	for _, q := range []service.SearchRequest{{AssetID: asset}, {Party: owner}, {Fingerprint: sealed.Fingerprint}, {Fingerprint: digestOf("x\n")}} {
		got := s.search("bank2", q)
		if got.None || len(got.Liens) != 1 || got.Liens[0].PledgeID != p.ID || got.Liens[0].Pledgee != bank || got.Liens[0].Rank != 1 {
			t.Errorf("%+v: got %+v, want the lien", q, got)
		}
	}
	if got := s.search("bank", service.SearchRequest{AssetID: asset, AsOf: jsonNumber(before)}); !got.None || got.AsOf.Height != before {
		t.Errorf("as of %d: got %+v, want no lien", before, got.Liens)
	}
	if r := as_[service.PledgeView](s.get("/v1/pledges/"+p.ID+"?as_of="+jsonNumber(before), "bank")); r.State != pledge.Pending || r.Rank != 0 {
		t.Errorf("as of %d: got %s, want PENDING", before, r.State)
	}
	v = as_[service.Verification](s.post("/v1/verifications", "bank2", service.VerifyRequest{AssetID: asset}))
	if len(v.Encumbrances) != 1 || v.Intact.Answer != nil || v.Owned.Answer != nil {
		t.Errorf("got %+v, want one encumbrance and two open answers", v)
	}

	s.secondPledgeIsRefused(asset)
	for _, id := range []string{asset, p.ID, owner} {
		s.checkEvidence(id)
	}
	s.releaseAndLookBack(asset, p.ID)
}

func (s *stack) secondPledgeIsRefused(asset string) {
	s.t.Helper()
	second := s.pending("enterprise", "bank2", asset)
	as_[pledge.Outcome](s.post("/v1/pledges/"+second.ID+"/custody-check", "bank2", map[string]string{"depth": "full"}))
	seq := s.search("bank2", service.SearchRequest{AssetID: asset}).ExpectedSeq
	refused := s.submit(s.sign("bank2", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: second.ID, TermsDigest: second.TermsDigest, ExpectedSeq: *seq}))
	refused.want(409, string(pledge.AlreadyPledged))
	var problem struct{ Outcome pledge.Outcome }
	refused.decode(&problem)
	if problem.Outcome.Status != pledge.Refused || problem.Outcome.Code != pledge.AlreadyPledged {
		s.t.Errorf("got outcome %+v inside the problem", problem.Outcome)
	}
}

func (s *stack) releaseAndLookBack(asset, id string) {
	t := s.t
	t.Helper()
	s.clock.advance(time.Minute)
	s.command("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "PAID"})
	if got := s.search("bank", service.SearchRequest{AssetID: asset}); !got.None {
		t.Errorf("got %+v after release, want none", got.Liens)
	}
	var history struct {
		Items []service.Revision `json:"items"`
	}
	s.get("/v1/pledges/"+id+"/history", "court").decode(&history)
	if len(history.Items) != 5 || history.Items[0].Act != pledge.PledgePropose || history.Items[4].Act != pledge.PledgeRelease {
		t.Errorf("got %d revisions, want 5 from propose to release", len(history.Items))
	}
	s.get("/v1/assets/"+asset+"/history", "enterprise").want(200, "")
	f := as_[service.FingerprintView](s.get("/v1/fingerprints/"+digestOf("x\n"), "enterprise2"))
	if f.AsFileCount != 1 || f.AsFile[0].AssetID != asset || len(f.Assets) != 0 {
		t.Errorf("got %+v, want one holder", f)
	}
}

func (s *stack) checkEvidence(id string) {
	s.t.Helper()
	a := s.get("/v1/evidence/"+id, "notary").want(200, "")
	if a.header.Get("Content-Type") != "application/zip" {
		s.t.Errorf("%s: got %q", id, a.header.Get("Content-Type"))
	}
	if _, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body))); err != nil {
		s.t.Errorf("%s: %v", id, err)
	}
	report, err := evidence.Check(s.t.Context(), bytes.NewReader(a.body), int64(len(a.body)), evidence.TrustOf(s.ledger.Info()))
	if err != nil || !report.OK() {
		s.t.Errorf("%s: got %+v, %v, want a good package", id, report, err)
	}
}

func TestContentAndRanges(t *testing.T) {
	s := newStack(t)
	text := strings.Repeat("0123456789", 200_000)
	asset, _ := s.notarize("enterprise", "numbers", map[string]string{"n.txt": text, "empty": ""})
	path := "/v1/assets/" + asset + "/files/n.txt"
	whole := s.get(path, "enterprise").want(200, "")
	if string(whole.body) != text {
		t.Error("the content is not what was uploaded")
	}
	sum := sha256.Sum256([]byte(text))
	if got, want := whole.header.Get("Repr-Digest"), "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":"; got != want {
		t.Errorf("got digest %s, want %s", got, want)
	}
	for _, tt := range []struct{ span, want string }{
		{"bytes=0-4", "01234"}, {"bytes=1048570-1048580", text[1048570:1048581]}, {"bytes=-3", "789"}, {"bytes=1999999-", "9"},
	} {
		a := s.do(http.MethodGet, path, "enterprise", nil, "Range", tt.span).want(206, "")
		if string(a.body) != tt.want {
			t.Errorf("%s: got %d bytes, want %d", tt.span, len(a.body), len(tt.want))
		}
	}
	s.do(http.MethodGet, path, "enterprise", nil, "Range", "bytes=2000000-").want(416, "range_not_satisfiable")
	s.do(http.MethodGet, path, "enterprise", nil, "If-None-Match", whole.header.Get("ETag")).want(304, "")
	if a := s.do(http.MethodHead, path, "enterprise", nil); a.status != 200 || a.header.Get("Content-Length") != "2000000" {
		t.Errorf("HEAD: got %d, length %s", a.status, a.header.Get("Content-Length"))
	}
	if a := s.get("/v1/assets/"+asset+"/files/empty", "enterprise").want(200, ""); len(a.body) != 0 {
		t.Errorf("got %d bytes of an empty file", len(a.body))
	}
	s.get("/v1/assets/"+asset+"/files/none.txt", "enterprise").want(404, "not_found")
	for _, other := range []string{"enterprise2", "bank", "court", "exchange", "notary"} {
		s.get(path, other).want(403, "wrong_role")
	}
}

func jsonNumber(n uint64) string {
	text, _ := json.Marshal(n)
	return string(text)
}
