package rest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// matched is how a search tells of an asset by its content.
func matched(r service.Search, asset string) (m service.Match, ok bool) {
	for _, m := range r.Content.Matches {
		if m.AssetID == asset {
			return m, true
		}
	}
	return m, false
}

// A lien on a copy of which half of the rows are left is found by content
// alone, from both sides.
func TestSearchFindsLiensByContent(t *testing.T) {
	s, x := withSketches(t)
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	half := s.sketched(x, "enterprise2", "half", map[string]string{"b.csv": table(300, 600)})
	other := s.sketched(x, "enterprise2", "other", map[string]string{"c.csv": table(90_000, 500)})
	p := s.registered("enterprise", "bank", first)
	r := s.search("bank2", service.SearchRequest{AssetID: half})
	m, ok := matched(r, first)
	if !ok || m.Share.BP != 5000 || m.OtherShare.BP != 5000 || !m.Exact || m.Owner != usccs["enterprise"] || len(m.Liens) != 1 || m.Liens[0] != p.ID {
		t.Errorf("got %+v, want half of the rows of %s", r.Content, first)
	}
	if r.None || !r.Complete || len(r.Liens) != 1 || r.Liens[0].PledgeID != p.ID || r.Liens[0].Via != service.ViaContent {
		t.Errorf("got none %t, complete %t, %+v, want the lien via content", r.None, r.Complete, r.Liens)
	}
	if _, ok := matched(r, half); ok {
		t.Error("an asset is told to be like itself")
	}
	if r := s.search("bank2", service.SearchRequest{AssetID: other}); !r.None || !r.Complete || !r.Content.Compared || len(r.Content.Matches) != 0 {
		t.Errorf("got none %t, %+v, want nothing like it", r.None, r.Content)
	}
	if again := s.search("bank2", service.SearchRequest{AssetID: half}); again.Number != r.Number {
		t.Errorf("the same search has the numbers %s and %s", r.Number, again.Number)
	}
	s.checkEvidence(r.Number)
	stored := must(s.svc.StoredSearch(t.Context(), r.Number))(t)
	if m, ok := matched(stored, first); !ok || m.Share.BP != 5000 {
		t.Errorf("stored: got %+v", stored.Content)
	}
}

// A search of the past sees what was registered then.
func TestSearchOfThePastComparesWithThePast(t *testing.T) {
	s, x := withSketches(t)
	half := s.sketched(x, "enterprise2", "half", map[string]string{"b.csv": table(300, 600)})
	before := s.height()
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	for height, want := range map[uint64]bool{before: false, s.height(): true} {
		r := s.search("bank", service.SearchRequest{AssetID: half, AsOf: jsonNumber(height)})
		if _, ok := matched(r, first); ok != want || !r.Content.Compared || x.upTo != height {
			t.Errorf("as of %d: got %+v, want %t", height, r.Content, want)
		}
	}
}

// Under 30 % is told, but not among the liens; under 1 % is not told.
func TestSearchTellsSmallSharesApart(t *testing.T) {
	s, x := withSketches(t)
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 1000)})
	fifth := s.sketched(x, "enterprise2", "fifth", map[string]string{"b.csv": table(800, 1000)})
	few := s.sketched(x, "enterprise2", "few", map[string]string{"c.csv": table(-995, 1000)})
	s.registered("enterprise2", "bank", fifth)
	r := s.search("bank2", service.SearchRequest{AssetID: first})
	if m, ok := matched(r, fifth); !ok || m.Share.BP != 2000 || len(m.Liens) != 1 {
		t.Errorf("got %+v, want a fifth with its lien", r.Content)
	}
	if _, ok := matched(r, few); ok || !r.None || len(r.Assets) != 1 {
		t.Errorf("got none %t, %+v, %+v", r.None, r.Assets, r.Content)
	}
}

// What was asked for cannot always be compared, and the answer says why.
func TestSearchSaysWhenContentWasNotCompared(t *testing.T) {
	s, x := withSketches(t)
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	plain, sealed := s.notarize("enterprise", "plain", map[string]string{"a.bin": "no table"})
	for name, tt := range map[string]struct {
		q   service.SearchRequest
		why string
	}{
		"no sketch":      {service.SearchRequest{AssetID: plain}, "no sketch"},
		"same content":   {service.SearchRequest{Fingerprint: sealed.Fingerprint}, "no sketch"},
		"not registered": {service.SearchRequest{Fingerprint: digestOf("nobody has it")}, "nothing registered"},
		"one file":       {service.SearchRequest{Fingerprint: "sha256:" + sealed.Files[0].SHA256}, "one file of a dataset"},
		"party":          {service.SearchRequest{Party: usccs["enterprise"]}, "asset by asset"},
	} {
		r := s.search("bank", tt.q)
		if r.Content.Compared || r.Content.Why == nil || !strings.Contains(r.Content.Why.EN, tt.why) || !r.None || !strings.Contains(r.Proves, "未比对内容本身") {
			t.Errorf("%s: got none %t, %+v, %q", name, r.None, r.Content, r.Proves)
		}
	}
	for name, err := range map[string]error{"lags": service.ErrUnavailable, "sketch gone": service.ErrNotFound, "fault": errors.New("disk")} {
		x.breaks(err)
		r := s.search("bank", service.SearchRequest{AssetID: first})
		if r.Content.Compared || r.None || r.Complete || !strings.Contains(r.Incomplete, "not compared") {
			t.Errorf("%s: got none %t, complete %t, %q, %+v", name, r.None, r.Complete, r.Incomplete, r.Content)
		}
	}
	bare := newStack(t)
	asset, _ := bare.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	if r := bare.search("bank", service.SearchRequest{AssetID: asset}); r.Content.Compared || !r.None || !strings.Contains(r.Content.Why.ZH, "未配置") {
		t.Errorf("without an index: got %+v", r.Content)
	}
}

// A list that was cut cannot say that there is nothing else.
func TestSearchCutByTheIndexIsNotComplete(t *testing.T) {
	s, x := withSketches(t)
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	s.sketched(x, "enterprise2", "half", map[string]string{"b.csv": table(300, 600)})
	x.most = 2
	if r := s.search("bank", service.SearchRequest{AssetID: first}); !r.None || !r.Complete {
		t.Errorf("whole: got %+v", r)
	}
	x.most = 1
	if r := s.search("bank", service.SearchRequest{AssetID: first}); r.None || r.Complete || r.Content.Complete || !r.Content.Compared {
		t.Errorf("cut: got none %t, complete %t, %+v", r.None, r.Complete, r.Content)
	}
}

// A fingerprint is compared by the sketch of who registered it, an upload by
// that of its seal.
func TestSearchComparesFingerprintsAndUploads(t *testing.T) {
	x := &sketches{known: map[string]sketch.Sketch{}}
	s := newStack(t, func(s *setup) {
		s.service.Content, s.service.Examiner = x, &preflight.Examiner{SketchKey: &sketchKey}
	})
	first := s.sketched(x, "enterprise", "first", map[string]string{"a.csv": table(0, 600)})
	p := s.registered("enterprise", "bank", first)
	copied := map[string]string{"b.csv": table(300, 600)}
	upload := s.begin("enterprise2")
	s.put(upload, "enterprise2", "b.csv", copied["b.csv"])
	var sealed service.Sealed
	for range 2 {
		sealed = as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise2", nil))
	}
	x.learn(t, examined(t, copied, sealed.Fingerprint))
	id := strings.TrimPrefix(upload, "/v1/uploads/")
	r := s.search("enterprise2", service.SearchRequest{UploadID: id})
	if r.None || len(r.Liens) != 1 || r.Liens[0].PledgeID != p.ID || r.Liens[0].Via != service.ViaContent {
		t.Errorf("upload: got %+v, %+v", r.Liens, r.Content)
	}
	half := s.sketched(x, "enterprise2", "half", copied)
	r = s.search("bank", service.SearchRequest{Fingerprint: sealed.Fingerprint})
	m, ok := matched(r, half)
	if !ok || m.Share.BP != 10000 || len(r.Liens) != 1 || r.Liens[0].Via != service.ViaContent {
		t.Errorf("fingerprint: got %+v, %+v", r.Liens, r.Content)
	}
}

// An upload that was sealed before its content was examined has no sketch.
func TestSearchOfAnUploadWithoutAPreflight(t *testing.T) {
	s, _ := withSketches(t)
	upload := s.begin("enterprise2")
	s.put(upload, "enterprise2", "b.csv", table(300, 600))
	as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise2", nil))
	r := s.search("enterprise2", service.SearchRequest{UploadID: strings.TrimPrefix(upload, "/v1/uploads/")})
	if r.Content.Compared || r.Content.Why == nil || !r.None {
		t.Errorf("got none %t, %+v", r.None, r.Content)
	}
}
