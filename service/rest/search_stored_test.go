package rest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

// Any replica gives a search again under its number, and proves it to whoever
// may see all that it names.
func TestStoredSearchIsProven(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	s.registered("enterprise", "bank", asset)
	found := s.search("bank", service.SearchRequest{AssetID: asset})
	s.clock.advance(1e9)
	stored := must(s.svc.StoredSearch(t.Context(), strings.ToLower(found.Number)))(t)
	if stored.Number != found.Number || stored.Report != found.Report || len(stored.Liens) != 1 || stored.Liens[0].Via != "asset" {
		t.Errorf("got %+v, want %+v", stored, found)
	}
	s.checkEvidence(found.Number)
	s.get("/v1/evidence/"+found.Number, "enterprise").want(200, "")
	s.get("/v1/evidence/"+found.Number, "enterprise2").want(403, string(pledge.WrongRole))
	for _, none := range []string{"S-20261122-AAAAAAAAAAAAAAAA", asset, ""} {
		if _, err := s.svc.StoredSearch(t.Context(), none); !errors.Is(err, service.ErrNotFound) {
			t.Errorf("%q: got %v", none, err)
		}
	}
}

// What somebody else put into the bucket is no search.
func TestStoredSearchIsNotBelieved(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	real := s.search("bank", service.SearchRequest{AssetID: asset})
	number := func(i int) string { return "S-20260302-BBBBBBBBBBBBBBB" + string(rune('A'+i)) }
	signed := func(i int, by, typ string) string {
		fake := service.Search{Number: number(i), None: true, Complete: true, At: real.At}
		return must(s.keys[by].SignJWS(typ, must(pledge.CanonicalJSON(fake))(t)))(t)
	}
	cut := signed(3, "exchange", service.ReportType)
	for i, report := range []string{signed(0, "bank", service.ReportType), signed(1, "exchange", "JWT"), real.Report,
		cut[:len(cut)-8] + "AAAAAAAA", "a.b.c", "", signed(6, "exchange", service.ReportType)} {
		if _, err := s.vault.Keep(t.Context(), "searches", strings.ToLower(number(i)), []byte(report)); err != nil {
			t.Fatal(err)
		}
		got, err := s.svc.StoredSearch(t.Context(), number(i))
		if ours := i == 6; ours != (err == nil) || !ours && !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("report %d: got %+v, %v, want only the last", i, got, err)
		}
	}
}

// A search whose number nobody could look up later is not answered.
func TestSearchNeedsItsNumberKept(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	s.bucket.fail(storage.ErrUnavailable)
	s.post("/v1/searches", "bank", service.SearchRequest{AssetID: asset}).want(503, "unavailable")
}
