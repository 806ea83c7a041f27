package rest_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// keptBy adds a version as the party that owns the asset, and so seals it.
func (s *stack) keptBy(owner, asset string, files map[string]string, added string) {
	s.t.Helper()
	n := s.notarization(owner, "birds", s.seal(owner, files))
	s.command(owner, pledge.AssetAddVersion, pledge.VersionBody{AssetID: asset, Base: s.assetOf(asset).Fingerprint, Added: []string{added},
		Fingerprint: n.Fingerprint, Files: n.Files, Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt})
}

// vaultAnswers: all that asks the vault for an asset finds it there, whoever
// sealed its versions.
func (s *stack) vaultAnswers(asset, owner string, p pledge.Pledge) {
	s.t.Helper()
	for _, depth := range []string{"sample", "full"} {
		s.post("/v1/pledges/"+p.ID+"/custody-check", "bank", map[string]string{"depth": depth}).want(200, "")
		v := as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: asset, Depth: depth, ClaimedOwner: s.keys[owner].Party()}))
		if !v.Notarized.Answer || v.Owned.Answer == nil || !*v.Owned.Answer || v.Intact.Answer == nil || !*v.Intact.Answer {
			s.t.Errorf("%s verification: %+v %+v %+v", depth, v.Notarized, v.Owned, v.Intact)
		}
	}
	s.checkEvidence(asset)
	s.checkEvidence(p.ID)
	for _, v := range s.assetOf(asset).Contents() {
		if found := s.search("bank", service.SearchRequest{Fingerprint: v.Fingerprint}); len(found.Assets) != 1 || found.Assets[0].AssetID != asset {
			s.t.Errorf("by the fingerprint of version %d: %+v", v.Number, found.Assets)
		}
	}
}

// A transfer moves no data: what asks for them asks under whoever sealed them.
func TestTransferredAssetIsFoundInTheVault(t *testing.T) {
	s := newStack(t, examining)
	asset, own := s.notarizedClean(map[string]string{"a.csv": pledged}, given(goodDocuments, ""))
	s.transfer(asset, "enterprise", "enterprise2")
	p := s.pending("enterprise2", "bank", asset)
	s.register(p, asset)
	s.vaultAnswers(asset, "enterprise2", p)
	if a := s.get("/v1/assets/"+asset+"/reports/quality", "enterprise2").want(200, ""); !bytes.Equal(a.body, must(preflight.Canonical(own.Quality))(t)) {
		t.Errorf("the quality report is %.80s", a.body)
	}
	s.get("/v1/assets/"+asset+"/reports/quality", "enterprise").want(403, "wrong_role")
	if a := s.get("/v1/assets/"+asset+"/files/a.csv", "enterprise2").want(200, ""); string(a.body) != pledged {
		t.Errorf("the next owner reads %q", a.body)
	}
}

// Two versions, the first sealed by the owner before.
func TestVersionsOfTwoOwnersAreFoundInTheVault(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": pledged})
	s.transfer(asset, "enterprise", "enterprise2")
	s.keptBy("enterprise2", asset, map[string]string{"a.csv": pledged, "b": "second"}, "b")
	s.clock.advance(time.Minute) // a custody check is of later than what it is of
	p := s.pending("enterprise2", "bank", asset)
	s.register(p, asset)
	s.vaultAnswers(asset, "enterprise2", p)
	for path, want := range map[string]string{"a.csv?version=1": pledged, "a.csv?version=2": pledged, "b": "second"} {
		if a := s.get("/v1/assets/"+asset+"/files/"+path, "enterprise2").want(200, ""); string(a.body) != want {
			t.Errorf("%s: %q", path, a.body)
		}
		s.get("/v1/assets/"+asset+"/files/"+path, "enterprise").want(403, "wrong_role")
	}
}
