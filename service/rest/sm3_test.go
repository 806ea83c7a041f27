package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// SM3 of "abc" is the first example of GB/T 32905-2016; the manifest's is from
// `openssl dgst -sm3` over its one line.
const (
	sm3OfABC       = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
	sm3OfABCListed = "sm3:45d8698f1e2ffc2a8d4846a3e147ffed136b86e9c0da654fabe68ce638033fa7"
)

// listed is what an owner puts into a notarization.
func listed(d service.Sealed) []pledge.File {
	var list []pledge.File
	for _, f := range d.Files {
		list = append(list, f.File)
	}
	return list
}

// sealSM3 seals one file "abc" of three bytes, with SM3.
func (s *stack) sealSM3(as string) service.Sealed {
	s.t.Helper()
	upload := s.post("/v1/uploads", as, map[string]any{"name": "国密", "sm3": true}).want(201, "").header.Get("Location")
	s.put(upload, as, "abc", "abc")
	return as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", as, nil))
}

func TestUploadWithSM3(t *testing.T) {
	s := newStack(t)
	d := s.sealSM3("enterprise")
	if d.SM3Fingerprint != sm3OfABCListed || d.Receipt.SM3Fingerprint != sm3OfABCListed || len(d.Files) != 1 || d.Files[0].SM3 != sm3OfABC {
		t.Errorf("got %+v", d)
	}
	body := s.notarization("enterprise", "国密", d)
	body.SM3Fingerprint = "sm3:" + strings.Repeat("0", 64)
	s.submit(s.sign("enterprise", pledge.AssetNotarize, body)).want(422, "custody_missing")
	body.SM3Fingerprint = d.SM3Fingerprint
	id := s.command("enterprise", pledge.AssetNotarize, body).RecordID
	if a := as_[service.AssetView](s.get("/v1/assets/"+id, "enterprise")); a.SM3Fingerprint != sm3OfABCListed {
		t.Errorf("got %+v", a)
	}
	found := as_[service.FingerprintView](s.get("/v1/fingerprints/"+sm3OfABCListed, "enterprise2"))
	if len(found.Assets) != 1 || found.Assets[0].AssetID != id || found.AsFileCount != 0 || found.Fingerprint != sm3OfABCListed {
		t.Errorf("got %+v", found)
	}
}

// Nobody who does not ask is told SM3, and nothing is found by an unknown one.
func TestWithoutSM3(t *testing.T) {
	s := newStack(t)
	_, d := s.notarize("enterprise", "plain", map[string]string{"abc": "abc"})
	if d.SM3Fingerprint != "" || d.Receipt.SM3Fingerprint != "" || d.Files[0].SM3 != "" || strings.Contains(d.CustodyReceipt, "sm3") {
		t.Errorf("got %+v", d)
	}
	s.get("/v1/fingerprints/"+sm3OfABCListed, "enterprise").want(404, "not_found")
	s.get("/v1/fingerprints/sm3:"+strings.Repeat("A", 64), "enterprise").want(400, "malformed")
}

func TestPublicLookUpBySM3(t *testing.T) {
	s := newStack(t)
	plain, _ := s.notarize("enterprise2", "plain", map[string]string{"b": "b"})
	d := s.sealSM3("enterprise")
	body := s.notarization("enterprise", "国密", d)
	body.SM3Fingerprint = d.SM3Fingerprint
	id := s.command("enterprise", pledge.AssetNotarize, body).RecordID
	l := must(s.svc.LookUp(t.Context(), service.Caller{}, d.SM3Fingerprint))(t)
	if l.Count != 1 || len(l.Matches) != 1 || l.Matches[0].AssetID != id || !l.Matches[0].Whole {
		t.Errorf("got %+v", l)
	}
	other := "sm3:" + strings.Repeat("0", 64)
	for _, c := range []struct{ record, digest, want string }{
		{id, d.SM3Fingerprint, service.SameDataset}, {id, other, service.SameNothing}, {plain, d.SM3Fingerprint, service.SameNotListed},
	} {
		if got := must(s.svc.Compare(t.Context(), service.Caller{}, c.record, c.digest))(t); got.Same != c.want {
			t.Errorf("%s with %s: got %+v, want %s", c.record, c.digest, got, c.want)
		}
	}
	if got := verdictOf(t, s.verified("digest="+d.SM3Fingerprint)); !strings.HasPrefix(got, "match") {
		t.Errorf("got %q", got)
	}
}
