package evidence_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

const overridden = "exclusion/cn.mobile/0123456789ab"

func preflightFound() *pledge.Examined {
	score := 9875
	return &pledge.Examined{Ruleset: "sha256:" + hash("rules"), Exclusion: "sha256:" + hash("exclusion"), Quality: "sha256:" + hash("quality"),
		Scores: pledge.Scores{Validity: &score}, Findings: []string{overridden}, Sketch: "sha256:" + hash("sketch")}
}

// notarizePreflight notarizes what a custodian looked at. Its receipt says
// some of it in more words than the record will.
func (s *story) notarizePreflight(names ...string) string {
	s.t.Helper()
	_, body := s.notarization(s.owner2, names...)
	found := preflightFound()
	r := s.receiptOf(&body)
	said := map[string]any{"consent": "", "more": 0, "ruleset": found.Ruleset, "exclusion": found.Exclusion, "quality": found.Quality,
		"scores": map[string]any{"validity": 9875}, "findings": found.Findings, "sketch": found.Sketch}
	body.CustodyReceipt = s.sign(s.exchange, pledge.CustodyReceiptAct, with(s.t, r, "preflight", said))
	d := &body.Declaration
	d.Exclusion.Report, d.Exclusion.Result, d.Quality.Report, d.Quality.Scores = found.Exclusion, "fail", found.Quality, found.Scores
	d.Overrides = []pledge.Override{{Finding: overridden, Reason: "公开的客服热线", Capacity: "数据安全负责人", SignedBy: s.owner2.kid()}}
	return s.commit(s.sign(s.owner2, pledge.AssetNotarize, body))
}

// with is v with one member more.
func with(t testing.TB, v any, name string, member any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	m[name] = member
	return m
}

// bothPass wants a package to stand before either reader.
func (s *story) bothPass(data []byte) evidence.Report {
	s.t.Helper()
	r := check(s.t, data, s.trust())
	if !r.OK() {
		s.t.Errorf("%s", text(r))
	}
	if got, err := secondreader.Read(data, marshal(s.trust())); err != nil || !got.Stands {
		s.t.Errorf("the second reader: %+v, %v", got, err)
	}
	return r
}

func TestPreflightPackage(t *testing.T) {
	s := newStory(t)
	r := s.bothPass(s.write(s.notarizePreflight("p", "q")))
	if f := fact(r, "findings-overridden"); f == nil || !strings.Contains(f.Words.EN, overridden+" (数据安全负责人)") {
		t.Errorf("%+v", r.Negative)
	}
	if r := s.bothPass(s.write(s.asset)); fact(r, "findings-overridden") != nil {
		t.Errorf("an asset without preflight: %+v", r.Negative)
	}
}

// What a scan found like the pledged asset is looked at again by the rules,
// when the scan was made and when the pledge was registered.
func TestPackageOfAWaivedScan(t *testing.T) {
	s := newStory(t)
	like := []pledge.ContentOverlap{{AssetID: s.asset, Share: 9000, OtherShare: 100}, {AssetID: s.kin, Share: 10, OtherShare: 3000}}
	s.asset = s.notarizePreflight("p", "q")
	id := s.propose("exclusive")
	s.scan = pledge.ScanBody{Result: "waived", WaivedBy: s.ipcentre.kid(), Overlaps: like}
	s.register(id)
	r := s.bothPass(s.write(id))
	for _, code := range []string{"scan-waived", "scan-overlaps", "findings-overridden"} {
		if fact(r, code) == nil {
			t.Errorf("%s is missing: %+v", code, r.Negative)
		}
	}
	if f := fact(r, "scan-overlaps"); !strings.Contains(f.Words.EN, like[0].AssetID+", "+like[1].AssetID) {
		t.Errorf("%+v", f)
	}
}

// TestAnotherPreflight: an operator's ledger on which record and receipt tell
// of different findings.
func TestAnotherPreflight(t *testing.T) {
	s := newStory(t)
	data := s.renotarized(t, unpack(t, s.write(s.asset)), s.receiptSaying(func(r *pledge.ReceiptBody) { r.Preflight = preflightFound() }))
	f := check(t, data, s.trust()).Find(evidence.CheckReceiptMatches)
	if f.Result != evidence.Fail || f.Failures[0].Field != "command.payload.body.preflight" {
		t.Errorf("%+v", f)
	}
	got, err := secondreader.Read(data, marshal(s.trust()))
	if err != nil || got.Fails != evidence.CheckReceiptMatches {
		t.Errorf("the second reader: %+v, %v", got, err)
	}
}
