package rest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func (s *stack) transfer(asset, from, to string) {
	s.t.Helper()
	b := pledge.TransferBody{AssetID: asset, To: s.keys[to].Party(), Agreement: digestOf("sale of " + asset + to)}
	s.command(from, pledge.AssetTransfer, b)
	s.command(to, pledge.AssetTransfer, b)
}

// enveloped: the object store has a key envelope of the dataset for a party.
func (s *stack) enveloped(d service.Sealed, who string) bool {
	s.t.Helper()
	sum := sha256.Sum256([]byte(s.keys[who].Party()))
	return len(s.keysUnder("sealed/"+d.UploadID+"/key-"+hex.EncodeToString(sum[:16])+".age")) == 1
}

// A transfer hands the data over where they lie: the next owner reads them and
// has an envelope, the one before has neither; custody goes on, and no sweep
// takes what nobody sealed under its owner's name.
func TestHandingAnAssetOver(t *testing.T) {
	s := newStack(t)
	asset, d := s.notarize("enterprise", "birds", map[string]string{"a.csv": pledged})
	reads := func(owner, other string) {
		t.Helper()
		if got := s.get("/v1/assets/"+asset+"/files/a.csv", owner).want(200, ""); string(got.body) != pledged {
			t.Errorf("%s reads %q", owner, got.body)
		}
		s.get("/v1/assets/"+asset+"/files/a.csv", other).want(403, "wrong_role")
		for end := time.Now().Add(time.Minute); !s.enveloped(d, owner) || s.enveloped(d, other); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("envelopes: %s %v, %s %v", owner, s.enveloped(d, owner), other, s.enveloped(d, other))
			}
		}
	}
	s.keepHolds()
	reads("enterprise", "enterprise2")
	s.transfer(asset, "enterprise", "enterprise2")
	reads("enterprise2", "enterprise")

	p := s.pending("enterprise2", "bank", asset)
	s.register(p, asset)
	s.becomes(d, "all")
	s.release(p)
	s.becomes(d, "none")
	s.clock.advance(30 * aDay)
	if n, err := s.svc.SweepSealed(t.Context()); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	s.transfer(asset, "enterprise2", "enterprise")
	reads("enterprise", "enterprise2")
}

// A key release covers the versions up to the registration and the increments:
// each of them by its number, and no later one.
func TestKeyCoversWhatIsPledged(t *testing.T) {
	s := newStack(t)
	first := map[string]string{"a.csv": pledged}
	asset, _ := s.notarize("enterprise", "birds", first)
	s.addVersion(asset, "", map[string]string{"a.csv": pledged, "b": "second"}, "b")
	s.clock.advance(time.Minute) // a check counts from after the version on
	p := s.pending("enterprise", "bank", asset)
	s.register(p, asset)
	s.addVersion(asset, p.ID, map[string]string{"a.csv": pledged, "b": "second", "c": "third"}, "c")
	s.defaulted(p)
	s.enforce(p)
	s.releaseKey(p)
	for _, tt := range []struct {
		path, who string
		status    int
		code      string
	}{
		{"a.csv", "bank", 200, ""}, {"c", "bank", 200, ""}, {"c?version=3", "bank", 200, ""}, {"b?version=2", "bank", 200, ""}, {"a.csv?version=1", "bank", 200, ""},
		{"b?version=1", "bank", 404, "not_found"}, {"c?version=2", "bank", 404, "not_found"}, {"c?version=4", "bank", 404, "not_found"},
		{"a.csv?version=0", "bank", 400, "malformed"}, {"a.csv?version=01", "bank", 400, "malformed"}, {"a.csv?version=x", "bank", 400, "malformed"},
		{"b?version=2", "enterprise", 200, ""}, {"c", "enterprise", 200, ""}, {"b?version=2", "bank2", 403, "wrong_role"},
	} {
		s.get("/v1/assets/"+asset+"/files/"+tt.path, tt.who).want(tt.status, tt.code)
	}
	if got := as_[service.PledgeView](s.get("/v1/pledges/"+p.ID, "bank")); len(got.Covers(s.assetOf(asset))) != 3 {
		t.Errorf("got %+v", got.Increments)
	}
	// Another pledge that was never registered, and one from before a version.
	a := s.assetOf(asset)
	older := p
	older.Registered, older.Seq = &pledge.Stamp{}, 1
	if n := len(older.Covers(a)); n != 1 || len((pledge.Pledge{Seq: 99}).Covers(a)) != 0 {
		t.Errorf("got %d versions, want the first alone", n)
	}
}

func (s *stack) assetOf(id string) pledge.Asset {
	s.t.Helper()
	return as_[service.AssetView](s.get("/v1/assets/"+id, "court")).Asset
}

// addVersion adds a file, with the consent of the pledgee where there is one.
func (s *stack) addVersion(asset, lien string, files map[string]string, added string) {
	s.t.Helper()
	n := s.notarization("enterprise", "birds", s.seal("enterprise", files))
	b := pledge.VersionBody{AssetID: asset, Base: s.assetOf(asset).Fingerprint, Added: []string{added}, Fingerprint: n.Fingerprint, Files: n.Files,
		Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
	if lien != "" {
		digest := must(pledge.ActDigest(pledge.AssetAddVersion, &b))(s.t)
		p := as_[service.PledgeView](s.get("/v1/pledges/"+lien, "bank"))
		s.command("bank", pledge.PledgeConsent, pledge.AgreeBody{PledgeID: lien, TermsDigest: p.TermsDigest, Act: pledge.AssetAddVersion, Digest: digest})
	}
	s.command("enterprise", pledge.AssetAddVersion, b)
}
