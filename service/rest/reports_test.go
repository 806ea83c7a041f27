package rest_test

import (
	"bytes"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// notarizedClean is an asset in which nothing was found, and its preflight.
func (s *stack) notarizedClean(files map[string]string, g service.Given) (string, preflight.Preflight) {
	s.t.Helper()
	sealed := s.sealWith(s.uploaded("enterprise", files), "enterprise", g)
	own := ownPreflight(s.t, files, g)
	b := s.notarization("enterprise", "clean", sealed)
	b.Declaration = must(own.Declaration())(s.t)
	b.Declaration.Consent.Basis, b.Declaration.Consent.Documents = "licence", []string{digestOf("a document")}
	b.Declaration.Exclusion.SignedBy = s.keys["enterprise"].KID()
	return s.command("enterprise", pledge.AssetNotarize, b).RecordID, own
}

// TestReportsOfAnAsset: the bytes that were digested, for its owner, the institutions, and a bank to which it was offered.
func TestReportsOfAnAsset(t *testing.T) {
	s := newStack(t, examining)
	asset, own := s.notarizedClean(map[string]string{"a.csv": "x,y<\n1,2\n"}, given(goodDocuments, ""))
	s.get("/v1/assets/"+asset+"/reports/exclusion", "bank").want(403, "wrong_role")
	s.command("enterprise", pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: s.keys["bank"].Party(), Terms: s.terms()})
	for name, report := range map[string]any{"consent": own.Consent, "exclusion": own.Exclusion, "quality": own.Quality} {
		want, path := must(preflight.Canonical(report))(t), "/v1/assets/"+asset+"/reports/"+name
		for _, who := range []string{"enterprise", "bank", "notary", "exchange", "ipcenter", "court", "regulator"} {
			a := s.get(path, who).want(200, "")
			if !bytes.Equal(a.body, want) || a.header.Get("Content-Digest") != contentDigest(want) {
				t.Errorf("%s for %s: %s, %.80s", name, who, a.header.Get("Content-Digest"), a.body)
			}
		}
		s.get(path, "enterprise2").want(403, "wrong_role")
		s.get(path, "bank2").want(403, "wrong_role")
		s.get(path, "").want(401, "unsigned")
	}
	s.get("/v1/assets/"+asset+"/reports/sketch", "enterprise").want(404, "not_found")
	s.get("/v1/assets/nothing/reports/quality", "enterprise").want(404, "not_found")
}

// TestReportsThatAreNotThere: each says why.
func TestReportsThatAreNotThere(t *testing.T) {
	s := newStack(t, examining)
	asset, own := s.notarizedClean(map[string]string{"a.csv": "x,y\n1,2\n"}, service.Given{})
	s.get("/v1/assets/"+asset+"/reports/consent", "notary").want(404, "not_found")
	digest := must(preflight.Digest(own.Quality))(t)
	key := "documents/reports/" + digest[7:] + ".age"
	if err := s.bucket.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	s.get("/v1/assets/"+asset+"/reports/quality", "notary").want(404, "not_found")
	if _, err := s.vault.Keep(t.Context(), service.FolderReports, digest[7:], []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if a := s.get("/v1/assets/"+asset+"/reports/quality", "notary"); a.status < 500 {
		t.Errorf("another text under that digest: %d %s", a.status, a.body)
	}
	none := newStack(t)
	other, _ := none.notarize("enterprise", "unexamined", map[string]string{"a.csv": "x,y\n1,2\n"})
	none.get("/v1/assets/"+other+"/reports/quality", "enterprise").want(404, "not_found")
}
