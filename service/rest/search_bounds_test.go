package rest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// An asset's record names only its largest overlaps: a lien on one beyond
// them is found through the file that both hold.
func TestSearchBeyondTheNamedOverlaps(t *testing.T) {
	s := newStack(t)
	files := map[string]string{"own": strings.Repeat("o", 4000)}
	for n := range 40 {
		files[fmt.Sprint("shared", n)] = shared(n)
	}
	middle, _ := s.notarize("enterprise", "middle", files)
	small, _ := s.notarize("enterprise2", "small", map[string]string{"x": shared(0), "far": strings.Repeat("f", 500)})
	for n := 1; n < 40; n++ {
		s.notarize("enterprise2", fmt.Sprint(n), map[string]string{"x": shared(n), "far": strings.Repeat(fmt.Sprint(n), 500)})
	}
	p := s.registered("enterprise2", "bank", small)
	for _, q := range []service.SearchRequest{{AssetID: middle}, {AssetID: middle, AsOf: jsonNumber(s.height())}, {Party: usccs["enterprise"]}} {
		got := s.search("bank2", q)
		if got.None || !got.Complete || len(got.Liens) != 1 || got.Liens[0].PledgeID != p.ID || got.Liens[0].Via != "file" {
			t.Errorf("%+v: got none %t, complete %t, %+v, want the lien", q, got.None, got.Complete, got.Liens)
		}
	}
}

// shared is a text of its own for each n, longer for each.
func shared(n int) string { return strings.Repeat(fmt.Sprintf("%02d", n), n+2) }

func (s *stack) height() uint64 {
	s.t.Helper()
	return as_[service.Network](s.get("/v1/network", "")).Height
}

// A dataset that lists no files cannot be followed to those who share them:
// the signed answer says that it is not whole.
func TestSearchSaysWhatItDidNotSee(t *testing.T) {
	s := newStack(t)
	files := map[string]string{}
	for n := range 1001 {
		files[fmt.Sprintf("f%04d", n)] = fmt.Sprint(n)
	}
	d := s.seal("enterprise", files)
	body := s.notarization("enterprise", "many", d)
	body.Files, body.ManifestRoot = nil, d.ManifestRoot
	asset := s.command("enterprise", pledge.AssetNotarize, body).RecordID
	got := s.search("bank", service.SearchRequest{AssetID: asset})
	if got.None || got.Complete || !strings.Contains(got.Incomplete, asset) {
		t.Errorf("got none %t, complete %t, %q, want a word of the files", got.None, got.Complete, got.Incomplete)
	}
	if !strings.Contains(string(s.payload(got.Report)), `"complete":false`) {
		t.Error("the report does not say so")
	}
}
