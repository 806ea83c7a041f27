package rest_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// numbered is a stack with a pledge whose asset, attestation and statutory
// registration have numbers.
func numbered(t *testing.T) (s *stack, asset string, p pledge.Pledge) {
	t.Helper()
	s = newStack(t)
	s.checks = []string{pledge.CheckAttest}
	asset, _ = s.notarize("enterprise", "电力（负荷）数据", map[string]string{"a.csv": "1\n"})
	s.command("ipcenter", pledge.AssetRecordCertificate, pledge.CertificateBody{AssetID: asset, Certificate: pledge.Certificate{
		Registrar: "registrar", Number: "浙数登2026-１", Issued: "2026-01-01", Expires: "2029-01-01", Digest: digestOf("certificate")}})
	p = s.pending("enterprise", "bank", asset)
	s.command("notary", pledge.PledgeAttest, pledge.AttestBody{PledgeID: p.ID, Number: "（2026）浙杭证字第0001号", Certificate: digestOf("attested")})
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", "bank", map[string]string{"depth": "full"}))
	seq := s.search("bank", service.SearchRequest{AssetID: asset}).ExpectedSeq
	s.command("bank", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *seq})
	s.command("bank", pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepFile, Registration: pledge.Registration{
		Registry: pledge.RegistryZhongdeng, Number: "02026112300001", RegisteredAt: "2026-03-01", TermEnd: "2029-03-01", Proof: digestOf("proof"), DebtorName: "enterprise (demo)"}})
	return s, asset, p
}

// Names and numbers lead to the lien from wherever they stand, however they
// are written, and the answer says which it was.
func TestSearchByNameAndNumber(t *testing.T) {
	s, asset, p := numbered(t)
	id := strings.TrimPrefix(p.ID, "pl_")
	for _, tt := range []struct {
		q             service.SearchRequest
		match, member string
	}{
		{service.SearchRequest{Name: "enterprise (demo)"}, "EXACT", "name"},
		{service.SearchRequest{Name: "ＥＮＴＥＲＰＲＩＳＥ　（ｄｅｍｏ）"}, "SIMILAR", "name"},
		{service.SearchRequest{Name: "enterprise\u200b demo"}, "SIMILAR", "name"},
		{service.SearchRequest{Name: "еnterprise (demo)"}, "SIMILAR", "name"}, // a Cyrillic е
		{service.SearchRequest{Name: "电力（负荷）数据"}, "EXACT", "name"},
		{service.SearchRequest{Name: "电力(负荷) 数据"}, "SIMILAR", "name"},
		{service.SearchRequest{Number: "浙数登2026-１"}, "EXACT", "registration_certificate.number"},
		{service.SearchRequest{Number: "浙数登 2026—1"}, "SIMILAR", "registration_certificate.number"},
		{service.SearchRequest{Number: "（2026）浙杭证字第0001号"}, "EXACT", "attestation.number"},
		{service.SearchRequest{Number: "(２０２６)浙杭证字第0001号"}, "SIMILAR", "attestation.number"},
		{service.SearchRequest{Number: "02026112300001"}, "EXACT", "perfection.filing.number"},
		{service.SearchRequest{Number: "0202 6112 3000 01"}, "SIMILAR", "perfection.filing.number"},
		{service.SearchRequest{Number: "P-" + strings.ToUpper(id)}, "EXACT", "certificate"},
		{service.SearchRequest{Number: "ｐ " + id}, "SIMILAR", "certificate"},
		{service.SearchRequest{Number: asset}, "SIMILAR", "certificate"},
	} {
		for _, asOf := range []string{"", jsonNumber(s.height())} {
			tt.q.AsOf = asOf
			got := s.search("bank2", tt.q)
			if got.None || !got.Complete || len(got.Liens) != 1 || got.Liens[0].PledgeID != p.ID || got.Liens[0].Match != tt.match || got.Assets[0].Match != tt.match {
				t.Errorf("%+v: got %+v, %+v, want the lien, %s", tt.q, got.Liens, got.Assets, tt.match)
				continue
			}
			m := got.Matching
			if i := slices.IndexFunc(m.Found, func(f service.Matched) bool { return f.Member == tt.member }); i < 0 || m.Found[i].Match != tt.match || m.ComparedAs == "" || m.Match != "" {
				t.Errorf("%+v: got %+v, want %s in %s", tt.q, m, tt.match, tt.member)
			}
			if got.ExpectedSeq != nil || got.Assets[0].ExpectedSeq == 0 || got.Query != tt.q {
				t.Errorf("%+v: got expected_seq %v, %+v, %+v", tt.q, got.ExpectedSeq, got.Assets, got.Query)
			}
		}
		s.checkEvidence(s.search("bank2", tt.q).Number)
	}
}

// A name or a number that stands nowhere, stands elsewhere or stood nowhere
// then, finds nothing, and the answer shows that nothing bears it.
func TestSearchForNobodysName(t *testing.T) {
	s, _, _ := numbered(t)
	for _, q := range []service.SearchRequest{{Name: "enterprise"}, {Name: "enterprise (demo) Ltd"}, {Number: "enterprise (demo)"}, {Name: "02026112300001"},
		{Number: "浙数登2026"}, {Number: "N-AAAAAAAAAAAAAAAAAAAAAAAAAA"}, {Name: "电力（负荷）数据", AsOf: "1"}, {Number: "S-20261122-AAAAAAAAAAAAAAAA"}} {
		if got := s.search("bank2", q); !got.None || len(got.Assets) > 0 || got.Matching == nil || len(got.Matching.Found) > 0 || got.Content.Compared {
			t.Errorf("%+v: got %+v", q, got)
		}
	}
	for body, code := range map[string]string{`{"name":" （）"}`: "malformed", `{"name":"\u200b"}`: "malformed", `{"number":"--"}`: "malformed",
		`{"name":"a","number":"1"}`: "malformed", `{"name":"` + strings.Repeat("a", 1025) + `"}`: "too_large"} {
		a := s.do(http.MethodPost, "/v1/searches", "bank", strings.NewReader(body), "Content-Type", "application/json")
		if a.code() != code {
			t.Errorf("%.40s: got %d %s, want %s", body, a.status, a.body, code)
		}
	}
}

// Identifiers are found in any spelling, and the answer says so.
func TestSearchIdentifiersTypedDifferently(t *testing.T) {
	s := newStack(t)
	asset, d := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	p := s.registered("enterprise", "bank", asset)
	id := strings.TrimPrefix(asset, "as_")
	wide := strings.NewReplacer("9", "９", "M", "ｍ").Replace(usccs["enterprise"])
	for _, tt := range []struct {
		q, canonical service.SearchRequest
		match        string
	}{
		{service.SearchRequest{AssetID: asset}, service.SearchRequest{AssetID: asset}, "EXACT"},
		{service.SearchRequest{AssetID: "ＡＳ_" + strings.ToUpper(id)}, service.SearchRequest{AssetID: asset}, "SIMILAR"},
		{service.SearchRequest{AssetID: "n-" + id[:13] + " " + id[13:]}, service.SearchRequest{AssetID: asset}, "SIMILAR"},
		{service.SearchRequest{Party: usccs["enterprise"]}, service.SearchRequest{Party: usccs["enterprise"]}, "EXACT"},
		{service.SearchRequest{Party: wide[:8] + " - " + wide[8:]}, service.SearchRequest{Party: usccs["enterprise"]}, "SIMILAR"},
		{service.SearchRequest{Fingerprint: d.Fingerprint}, service.SearchRequest{Fingerprint: d.Fingerprint}, "EXACT"},
		{service.SearchRequest{Fingerprint: "SHA256：" + strings.ToUpper(d.Fingerprint[7:])}, service.SearchRequest{Fingerprint: d.Fingerprint}, "SIMILAR"},
		{service.SearchRequest{Fingerprint: " " + d.Fingerprint[7:]}, service.SearchRequest{Fingerprint: d.Fingerprint}, "SIMILAR"},
		{service.SearchRequest{Fingerprint: digestOf("1\n")}, service.SearchRequest{Fingerprint: digestOf("1\n")}, "EXACT"},
	} {
		got := s.search("bank2", tt.q)
		if got.Query != tt.canonical || got.Matching.Match != tt.match || got.Matching.Asked == "" || got.Matching.ComparedAs == "" || len(got.Liens) != 1 || got.Liens[0].PledgeID != p.ID {
			t.Errorf("%+v: got %+v, %+v, %+v", tt.q, got.Query, got.Matching, got.Liens)
		}
		if l := got.Liens[0]; l.Via != "file" && l.Match != tt.match {
			t.Errorf("%+v: got %s via %s, want %s", tt.q, l.Match, l.Via, tt.match)
		}
		s.checkEvidence(got.Number)
	}
	bad := usccs["enterprise"][:17] + "Y"
	for _, q := range []service.SearchRequest{{Party: bad}, {Party: " " + bad}, {Fingerprint: "sha256:12"}, {Fingerprint: "sm3:" + d.Fingerprint[7:]}} {
		s.post("/v1/searches", "bank", q).want(400, "malformed")
	}
	s.post("/v1/searches", "bank", service.SearchRequest{AssetID: "as_" + strings.Repeat("a", 26)}).want(404, "not_found")
}

// A body in GB18030 asks the same; one that says so and is not is refused.
func TestSearchInGB18030(t *testing.T) {
	s, _, p := numbered(t)
	ask := func(body []byte, charset string) (int, []byte) {
		req := must(http.NewRequest(http.MethodPost, s.server.URL+"/v1/searches", bytes.NewReader(body)))(t)
		req.Header.Set("Authorization", "Bearer "+s.token("bank"))
		req.Header.Set("Content-Type", "application/json; charset="+charset)
		rec := must(s.server.Client().Do(req))(t) // past the contract, which reads UTF-8 only
		defer rec.Body.Close()
		var out bytes.Buffer
		must(out.ReadFrom(rec.Body))(t)
		return rec.StatusCode, out.Bytes()
	}
	gb := must(simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(`{"name":"电力（负荷）数据"}`)))(t)
	for _, charset := range []string{"GB18030", "gbk", "gb2312"} {
		if status, body := ask(gb, charset); status != 200 || !bytes.Contains(body, []byte(p.ID)) || !bytes.Contains(body, []byte("电力（负荷）数据")) {
			t.Errorf("%s: got %d %s", charset, status, body)
		}
	}
	for charset, body := range map[string][]byte{"utf-8": gb, "gb18030": []byte("{\"name\":\"\xff\xff\"}"), "GB18030": gb[:len(gb)-3]} {
		if status, got := ask(body, charset); status != 400 {
			t.Errorf("%s: got %d %s", charset, status, got)
		}
	}
}
