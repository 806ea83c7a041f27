package evidence_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// backdated is a search that found nothing, about a block in which a key was
// good, and signed with it after a later block revoked it.
func backdated(t *testing.T) evidence.Report {
	t.Helper()
	s := newStory(t)
	old := newKey("exchange2", s.exchange.party)
	s.commit(s.sign(s.exchange, pledge.PartyAddKey, pledge.AddKeyBody{Party: s.exchange.party, Key: pledge.KeyGrant{JWK: old.jwk(), Scope: pledge.ScopeOperate}}))
	report := s.nothingFound()
	s.commit(s.sign(s.ipcentre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: s.exchange.party, KID: old.kid(), Reason: "lost"}))
	return s.checkSearch(old, report)
}

// nothingFound is a search by content that nobody notarized.
func (s *story) nothingFound() map[string]any {
	report := s.searchOf(s.asset)
	delete(report, "expected_seq")
	report["query"], report["assets"], report["liens"], report["none"] = map[string]any{"fingerprint": "sha256:" + hash("nobody's")}, []any{}, []any{}, true
	return report
}

func (s *story) checkSearch(k key, report map[string]any) evidence.Report {
	s.t.Helper()
	data, err := s.writeSearch(searchJWS(s.t, k, report), true)
	if err != nil {
		s.t.Fatal(err)
	}
	return check(s.t, data, s.trust())
}

// Nobody can tell when such a report was signed: that is said.
func TestSearchByAKeyThatWasRevokedLater(t *testing.T) {
	r := backdated(t)
	i := slices.IndexFunc(r.Negative, func(f evidence.Fact) bool { return f.Code == "search-key-revoked" })
	if !r.OK() || i < 0 || r.Negative[i].Since == "" || !strings.Contains(text(r), "revoked later, in block 16") {
		t.Errorf("got %s", text(r))
	}
	s := newStory(t)
	if r := s.checkSearch(s.exchange, s.nothingFound()); !r.OK() || slices.ContainsFunc(r.Negative, func(f evidence.Fact) bool { return f.Code == "search-key-revoked" }) {
		t.Errorf("a key that lives: %s", text(r))
	}
}

// At the block that revoked it a key signs nothing any more.
func TestSearchAtTheRevocation(t *testing.T) {
	s := newStory(t)
	s.commit(s.sign(s.ipcentre, pledge.PartyAddKey, pledge.AddKeyBody{Party: s.exchange.party, Key: pledge.KeyGrant{JWK: newKey("exchange2", "").jwk(), Scope: pledge.ScopeOperate}}))
	s.commit(s.sign(s.ipcentre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: s.exchange.party, KID: newKey("exchange2", "").kid(), Reason: "lost"}))
	if r := s.checkSearch(newKey("exchange2", s.exchange.party), s.nothingFound()); r.Find(evidence.CheckSearch).Result != evidence.Fail {
		t.Errorf("got %s", text(r))
	}
}
