package evidence_test

import (
	"encoding/json"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

// sketched notarizes files of which the custodian made a sketch.
func (s *story) sketched(k key, name, sketch string) string {
	s.t.Helper()
	_, body := s.notarization(k, name)
	list := files(name)
	found := &pledge.Examined{Ruleset: "sha256:" + hash("rules"), Exclusion: body.Declaration.Exclusion.Report, Quality: body.Declaration.Quality.Report,
		Scores: body.Declaration.Quality.Scores, Sketch: sketch}
	body.CustodyReceipt = s.sign(s.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: body.Fingerprint, Owner: k.party,
		Files: len(list), Size: sizeOf(list), ManifestRoot: manifestRoot(list), Depth: "full", Preflight: found})
	return s.commit(s.sign(k, pledge.AssetNotarize, body))
}

func matchOf(id, owner string, bp int, liens ...any) map[string]any {
	return map[string]any{"asset_id": id, "owner": owner, "share": map[string]any{"bp": bp, "low_bp": bp, "high_bp": bp, "of": 100},
		"other_share": map[string]any{"bp": 10, "low_bp": 10, "high_bp": 10, "of": 100}, "columns": 1, "of_columns": 2, "liens": append([]any{}, liens...)}
}

// searchAlike is the report of a search for an asset of the other owner that
// is like the pledged one.
func (s *story) searchAlike(copied, sketch string) map[string]any {
	r := s.searchOf(copied, s.asset)
	secondOf(r)["via"] = "content"
	firstOf(r, "liens")["via"] = "content"
	r["content"] = map[string]any{"compared": true, "complete": true, "sketch": sketch,
		"matches": []any{matchOf(s.asset, s.owner.party, 4900, s.pledge), matchOf(s.kin, s.other.party, 2999)}}
	return r
}

func secondOf(r map[string]any) map[string]any { return r["assets"].([]any)[1].(map[string]any) }

func comparedIn(r map[string]any) map[string]any { return r["content"].(map[string]any) }

func matchIn(r map[string]any, i int) map[string]any {
	return comparedIn(r)["matches"].([]any)[i].(map[string]any)
}

// both says whether the two readers believe a package, and that they agree.
func both(t *testing.T, data []byte, trust evidence.Trust) (stands bool, fails string) {
	t.Helper()
	r := check(t, data, trust)
	got, err := secondreader.Read(data, marshal(trust))
	if err != nil || got.Stands != r.OK() || got.Fails != "" && r.Find(got.Fails).Result != evidence.Fail {
		t.Errorf("the second reader: %+v, %v; the first: %s", got, err, text(r))
	}
	return r.OK(), got.Fails
}

func TestSearchByContentStands(t *testing.T) {
	s := newStory(t)
	sketch := "sha256:" + hash("sketch")
	copied := s.sketched(s.other, "d", sketch)
	data, err := s.writeSearch(searchJWS(t, s.exchange, s.searchAlike(copied, sketch)), false)
	if err != nil {
		t.Fatal(err)
	}
	if ok, fails := both(t, data, s.trust()); !ok {
		t.Error(fails)
	}
	facts := factsOf(check(t, data, s.trust()))
	if facts["content-alike"] == nil || facts["content-uncompared"] != nil {
		t.Errorf("got %v", facts)
	}
	report := s.searchAlike(copied, sketch)
	report["content"] = map[string]any{"compared": false, "complete": false, "why": map[string]any{"zh": "…", "en": "…"}, "matches": []any{}}
	report["assets"], report["liens"], report["none"] = report["assets"].([]any)[:1], []any{}, true
	if data, err = s.writeSearch(searchJWS(t, s.exchange, report), false); err != nil {
		t.Fatal(err)
	}
	if facts := factsOf(check(t, data, s.trust())); facts["content-uncompared"] == nil || facts["content-alike"] != nil {
		t.Errorf("not compared: got %v", facts)
	}
}

var contentAttacks = []searchAttack{
	{"another sketch than the custodian's", evidence.CheckAnswers, func(s *story, r map[string]any) { comparedIn(r)["sketch"] = "sha256:" + hash("another") }},
	{"matches without a comparison", evidence.CheckAnswers, func(s *story, r map[string]any) { comparedIn(r)["compared"] = false }},
	{"a cut list called complete", evidence.CheckAnswers, func(s *story, r map[string]any) { comparedIn(r)["complete"] = false }},
	{"a match twice", evidence.CheckAnswers, func(s *story, r map[string]any) {
		comparedIn(r)["matches"] = append(comparedIn(r)["matches"].([]any), matchIn(r, 1))
	}},
	{"a match that was not looked at", evidence.CheckAnswers, func(s *story, r map[string]any) {
		matchIn(r, 1)["other_share"].(map[string]any)["bp"] = 3000
	}},
	{"its liens kept back", evidence.CheckAnswers, func(s *story, r map[string]any) {
		r["assets"], r["liens"], r["none"] = r["assets"].([]any)[:1], []any{}, true
	}},
	{"an asset via content that is not alike", evidence.CheckAnswers, func(s *story, r map[string]any) { matchIn(r, 0)["share"].(map[string]any)["bp"] = 2999 }},
	{"an asset via content that is no match", evidence.CheckAnswers, func(s *story, r map[string]any) {
		comparedIn(r)["matches"] = comparedIn(r)["matches"].([]any)[1:]
	}},
	{"via content without a comparison", evidence.CheckAnswers, func(s *story, r map[string]any) { delete(r, "content") }},
	{"another owner of a match", evidence.CheckAnswers, func(s *story, r map[string]any) { matchIn(r, 0)["owner"] = s.other.party }},
	{"a match without its lien", evidence.CheckAnswers, func(s *story, r map[string]any) { matchIn(r, 0)["liens"] = []any{} }},
	{"a lien left out on both sides", evidence.CheckAnswers, func(s *story, r map[string]any) {
		matchIn(r, 0)["liens"], r["liens"], r["none"] = []any{}, []any{}, true
	}},
}

func TestSearchByContentAttacks(t *testing.T) {
	s := newStory(t)
	sketch := "sha256:" + hash("sketch")
	copied := s.sketched(s.other, "d", sketch)
	for _, a := range contentAttacks {
		t.Run(a.name, func(t *testing.T) {
			report := s.searchAlike(copied, sketch)
			a.change(s, report)
			data, err := s.writeSearch(searchJWS(t, s.exchange, report), true)
			if err != nil {
				t.Fatal(err)
			}
			if ok, fails := both(t, data, s.trust()); ok || fails != a.check {
				t.Errorf("stands %t, fails at %q, want %s", ok, fails, a.check)
			}
		})
	}
}

// What is no answer at all is refused before anything is compared.
func TestSearchWithABrokenContent(t *testing.T) {
	s := newStory(t)
	for _, bad := range []string{`{}`, `[]`, `{"compared":true,"complete":true,"matches":[{}]}`, `{"compared":"yes","complete":true,"matches":[]}`,
		`{"compared":true,"complete":true,"matches":[{"asset_id":"as_x","owner":"y","share":{},"other_share":{"bp":1},"liens":[]}]}`} {
		report := s.searchOf(s.asset, s.kin)
		report["content"] = json.RawMessage(bad)
		data, err := s.writeSearch(searchJWS(t, s.exchange, report), true)
		if err != nil {
			t.Fatal(err)
		}
		if ok, fails := both(t, data, s.trust()); ok || fails != evidence.CheckSearch {
			t.Errorf("%s: stands %t, fails at %q", bad, ok, fails)
		}
	}
}
