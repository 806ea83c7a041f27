package evidence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
)

const searchNumber = "S-20261122-AAAAAAAAAAAAAAAA"

// searchOf is the report of a search for an asset, as the service makes it
// from the ledger's state now.
func (s *story) searchOf(ids ...string) map[string]any {
	s.t.Helper()
	head, _ := s.Head(s.t.Context())
	r := map[string]any{"number": searchNumber, "query": map[string]any{"asset_id": ids[0]}, "as_of": map[string]any{"height": head.Height, "hash": head.Hash, "at": "2026-11-22T09:00:00Z"},
		"complete": true, "at": "2026-11-22T09:00:00Z", "proves": "…"}
	assets, liens := []any{}, []any{}
	for i, id := range ids {
		a := record(s.t, s.state[pledge.KeyAsset(id)])
		via := "file"
		if i == 0 {
			via, r["expected_seq"] = "asset", a["seq"]
		}
		assets = append(assets, map[string]any{"asset_id": id, "owner": a["owner"], "via": via, "expected_seq": a["seq"],
			"disputed": a["disputed_with"] != nil, "frozen": a["frozen"] != nil, "overlaps": orNone(a["overlaps"])})
		for rank, in := range orNone(a["in_force"]) {
			liens = append(liens, s.lienOf(in.(map[string]any)["pledge_id"].(string), rank+1, via))
		}
	}
	r["assets"], r["liens"], r["none"] = assets, liens, len(liens) == 0
	return r
}

func (s *story) lienOf(id string, rank int, via string) map[string]any {
	p := record(s.t, s.state[pledge.KeyPledge(id)])
	terms := p["terms"].(map[string]any)
	return map[string]any{"pledge_id": id, "pledgee": p["pledgee"], "state": p["state"], "rank": rank, "seq": p["seq"], "mode": terms["mode"],
		"secured_max": terms["secured_max"], "matures": terms["matures"], "expires": terms["expires"], "perfection": p["perfection"],
		"asset_id": p["asset_id"], "pledgor": p["pledgor"], "via": via}
}

func record(t testing.TB, value []byte) map[string]any {
	t.Helper()
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func orNone(v any) []any {
	if v == nil {
		return []any{}
	}
	return v.([]any)
}

// searchJWS signs a report, its members in no special order.
func searchJWS(t testing.TB, k key, report map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	jws, _ := k.SignJWS("datapledge-report+jws", raw)
	return jws
}

// writeSearch makes the package of a search whose report is the given one.
func (s *story) writeSearch(jws string, build bool) ([]byte, error) {
	src := s.source()
	src.Search = func(_ context.Context, number string) (string, error) {
		if number != searchNumber {
			return "", fmt.Errorf("%s: %w", number, service.ErrNotFound)
		}
		return jws, nil
	}
	if build {
		return src.Build(context.Background(), searchNumber)
	}
	var b bytes.Buffer
	err := src.Write(context.Background(), &b, searchNumber)
	return b.Bytes(), err
}

func TestSearchPackageStands(t *testing.T) {
	s := newStory(t)
	data, err := s.writeSearch(searchJWS(t, s.exchange, s.searchOf(s.asset, s.kin)), false)
	if err != nil {
		t.Fatal(err)
	}
	r := check(t, data, s.trust())
	if !r.OK() || r.RecordKind != evidence.KindSearch || r.RecordID != searchNumber {
		t.Fatal(text(r))
	}
	for _, name := range []string{evidence.CheckSearch, evidence.CheckAnswers, evidence.CheckReplay, evidence.CheckParts} {
		if r.Find(name).Result != evidence.Pass {
			t.Errorf("%s: %s", name, r.Find(name).Result)
		}
	}
	if r.Find(evidence.CheckAnswers).Count != 3 {
		t.Errorf("looked at %d things, want the sums and two assets", r.Find(evidence.CheckAnswers).Count)
	}
}

// That there is nothing is proven, too.
func TestSearchThatFoundNothing(t *testing.T) {
	s := newStory(t)
	s.commit(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}))
	report := s.searchOf(s.asset, s.kin)
	if report["none"] != true {
		t.Fatal("there is a pledge")
	}
	data, err := s.writeSearch(searchJWS(t, s.exchange, report), false)
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, data, s.trust()); !r.OK() {
		t.Error(text(r))
	}
}

// A search of yesterday stands although the ledger went on; the report says so.
func TestSearchBeforeLaterCommands(t *testing.T) {
	s := newStory(t)
	jws := searchJWS(t, s.exchange, s.searchOf(s.asset, s.kin))
	s.commit(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}))
	data, err := s.writeSearch(jws, false)
	if err != nil {
		t.Fatal(err)
	}
	if r := factsOf(check(t, data, s.trust())); r["search-outdated"] == nil || r["pledge-ended"] == nil {
		t.Errorf("got %v", r)
	}
}

type searchAttack struct {
	name, check string
	change      func(s *story, r map[string]any)
}

func firstOf(r map[string]any, list string) map[string]any {
	return r[list].([]any)[0].(map[string]any)
}

var searchAttacks = []searchAttack{
	{"a lien left out", evidence.CheckAnswers, func(s *story, r map[string]any) { r["liens"], r["none"] = []any{}, true }},
	{"a lien left out, and not said that there is none", evidence.CheckAnswers, func(s *story, r map[string]any) { r["liens"] = []any{} }},
	{"an ended pledge told as in force", evidence.CheckAnswers, func(s *story, r map[string]any) {
		r["liens"] = append(r["liens"].([]any), s.lienOf(s.released, 2, "asset"))
	}},
	{"a lien on an asset that was not looked at", evidence.CheckAnswers, func(s *story, r map[string]any) {
		elsewhere := s.lienOf(s.released, 1, "asset")
		elsewhere["asset_id"] = "as_" + strings.Repeat("a", 26)
		r["liens"] = append(r["liens"].([]any), elsewhere)
	}},
	{"one lien twice", evidence.CheckAnswers, func(s *story, r map[string]any) {
		r["liens"] = append(r["liens"].([]any), firstOf(r, "liens"))
	}},
	{"an asset twice", evidence.CheckSearch, func(s *story, r map[string]any) {
		r["assets"] = append(r["assets"].([]any), firstOf(r, "assets"))
	}},
	{"none, beside a lien", evidence.CheckAnswers, func(s *story, r map[string]any) { r["none"] = true }},
	{"another sequence", evidence.CheckAnswers, func(s *story, r map[string]any) {
		r["expected_seq"], firstOf(r, "assets")["expected_seq"] = 9, 9
	}},
	{"another sequence in the sum only", evidence.CheckAnswers, func(s *story, r map[string]any) { r["expected_seq"] = 9 }},
	{"another owner", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "assets")["owner"] = s.other.party }},
	{"a dispute that there is not", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "assets")["disputed"] = true }},
	{"a freeze that there is not", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "assets")["frozen"] = true }},
	{"overlaps left out", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "assets")["overlaps"] = []any{} }},
	{"a neighbour not looked at", evidence.CheckAnswers, func(s *story, r map[string]any) { r["assets"] = r["assets"].([]any)[:1] }},
	{"another asset than was asked for", evidence.CheckAnswers, func(s *story, r map[string]any) {
		r["query"] = map[string]any{"asset_id": s.kin}
	}},
	{"a party's assets that are another's", evidence.CheckAnswers, func(s *story, r map[string]any) {
		r["query"] = map[string]any{"party": s.other.party}
		firstOf(r, "assets")["via"], firstOf(r, "liens")["via"] = "party", "party"
		delete(r, "expected_seq")
	}},
	{"a block that was not the ledger's", evidence.CheckSearch, func(s *story, r map[string]any) {
		r["as_of"].(map[string]any)["hash"] = hash("another")
	}},
	{"a block of the future", evidence.CheckSearch, func(s *story, r map[string]any) { r["as_of"].(map[string]any)["height"] = 99 }},
	{"another number", evidence.CheckSearch, func(s *story, r map[string]any) { r["number"] = "S-20261122-BBBBBBBBBBBBBBBB" }},
	{"another rank", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "liens")["rank"] = 2 }},
	{"another pledgee", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "liens")["pledgee"] = s.other.party }},
	{"another state", evidence.CheckAnswers, func(s *story, r map[string]any) { firstOf(r, "liens")["state"] = "DEFAULTED" }},
	{"another secured maximum", evidence.CheckAnswers, func(s *story, r map[string]any) {
		firstOf(r, "liens")["secured_max"] = map[string]any{"amount": 1, "currency": "CNY"}
	}},
	{"another perfection", evidence.CheckAnswers, func(s *story, r map[string]any) {
		firstOf(r, "liens")["perfection"] = map[string]any{"state": "VERIFIED"}
	}},
	{"a member of a lien left out", evidence.CheckAnswers, func(s *story, r map[string]any) { delete(firstOf(r, "liens"), "expires") }},
}

func TestSearchAttacks(t *testing.T) {
	s := newStory(t)
	for _, a := range searchAttacks {
		t.Run(a.name, func(t *testing.T) {
			report := s.searchOf(s.asset, s.kin)
			a.change(s, report)
			data, err := s.writeSearch(searchJWS(t, s.exchange, report), true)
			if err != nil {
				t.Fatal(err)
			}
			if r := check(t, data, s.trust()); r.OK() || r.Find(a.check).Result != evidence.Fail {
				t.Error(text(r))
			}
			if _, err := s.writeSearch(searchJWS(t, s.exchange, report), false); !errors.Is(err, evidence.ErrUnsound) {
				t.Errorf("the writer hands it out: %v", err)
			}
		})
	}
}

// The last block need not hold a command of the package: the manifest names it.
func TestSearchOfALastBlockWithoutItsRecords(t *testing.T) {
	s := newStory(t)
	stranger := newKey("third", uscc(9))
	s.commit(s.sign(s.ipcentre, pledge.PartyEnroll, pledge.EnrollBody{Party: stranger.party, Name: "企业丙", Roles: []pledge.Role{pledge.RoleEnterprise},
		Keys: []pledge.KeyGrant{{JWK: stranger.jwk(), Scope: pledge.ScopeAdmin}}}))
	for hash, want := range map[string]evidence.Result{s.searchHash(): evidence.Pass, hash("another"): evidence.Fail} {
		report := s.searchOf(s.asset, s.kin)
		report["as_of"].(map[string]any)["hash"] = hash
		data, err := s.writeSearch(searchJWS(t, s.exchange, report), true)
		if err != nil {
			t.Fatal(err)
		}
		if r := check(t, data, s.trust()); r.Find(evidence.CheckSearch).Result != want {
			t.Errorf("%s: got %s", hash, text(r))
		}
	}
}

func (s *story) searchHash() string {
	head, _ := s.Head(s.t.Context())
	return head.Hash
}

// What people read is what was signed.
func TestSearchRecordIsTheReport(t *testing.T) {
	s := newStory(t)
	data, err := s.writeSearch(searchJWS(t, s.exchange, s.searchOf(s.asset, s.kin)), false)
	if err != nil {
		t.Fatal(err)
	}
	f := unpack(t, data)
	if r := check(t, f.pack(t, s.exchange), s.trust()); !r.OK() {
		t.Fatal(text(r))
	}
	f["record.json"] = bytes.Replace(f["record.json"], []byte(`"rank":1`), []byte(`"rank":2`), 1)
	if r := check(t, f.pack(t, s.exchange), s.trust()); r.OK() || r.Find(evidence.CheckSearch).Result != evidence.Fail {
		t.Error(text(r))
	}
	delete(f, "search/report.jws")
	if r := check(t, f.pack(t, s.exchange), s.trust()); r.OK() || r.Find(evidence.CheckComplete).Result != evidence.Fail {
		t.Error(text(r))
	}
}

// The same on a consortium's channel.
func TestSearchOnAChannel(t *testing.T) {
	c := newChannel(t)
	report := c.searchOf(c.asset, c.kin)
	head, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report["as_of"] = map[string]any{"height": head.Height, "hash": head.Hash, "at": "2026-11-22T09:00:00Z"}
	src := c.source()
	jws := searchJWS(t, c.exchange, report)
	src.Search = func(context.Context, string) (string, error) { return jws, nil }
	var b bytes.Buffer
	if err := src.Write(t.Context(), &b, searchNumber); err != nil {
		t.Fatal(err)
	}
	if r := check(t, b.Bytes(), c.trust()); !r.OK() || r.Find(evidence.CheckAnswers).Result != evidence.Pass || r.Find(evidence.CheckVersions).Result != evidence.Pass {
		t.Error(text(r))
	}
	report["liens"], report["none"] = []any{}, true
	jws = searchJWS(t, c.exchange, report)
	if err := src.Write(t.Context(), &b, searchNumber); !errors.Is(err, evidence.ErrUnsound) {
		t.Errorf("a lien left out: got %v", err)
	}
}

// Who may have signed a report.
func TestSearchSigners(t *testing.T) {
	s := newStory(t)
	report := s.searchOf(s.asset, s.kin)
	for name, k := range map[string]key{"a bank": s.bank, "a stranger": newKey("stranger", "")} {
		data, err := s.writeSearch(searchJWS(t, k, report), true)
		if err != nil {
			t.Fatal(err)
		}
		if r := check(t, data, s.trust()); r.OK() || r.Find(evidence.CheckSearch).Result != evidence.Fail {
			t.Errorf("%s: %s", name, text(r))
		}
	}
	jws := searchJWS(t, s.exchange, report)
	broken := jws[:len(jws)-8] + "AAAAAAAA"
	data, _ := s.writeSearch(broken, true)
	if r := check(t, data, s.trust()); r.OK() || r.Find(evidence.CheckSearch).Result != evidence.Fail {
		t.Error("a broken signature passed")
	}
}

// A key counts from the block that enrolled it to the block that revoked it.
func TestSearchSignedByANewOrOldKey(t *testing.T) {
	s := newStory(t)
	next := newKey("exchange2", s.exchange.party)
	before := s.searchOf(s.asset, s.kin)
	s.commit(s.sign(s.exchange, pledge.PartyAddKey, pledge.AddKeyBody{Party: s.exchange.party, Key: pledge.KeyGrant{JWK: next.jwk(), Scope: pledge.ScopeOperate}}))
	stands := func(k key, report map[string]any) bool {
		data, err := s.writeSearch(searchJWS(t, k, report), true)
		if err != nil {
			t.Fatal(err)
		}
		return check(t, data, s.trust()).OK()
	}
	if stands(next, before) {
		t.Error("a key that was enrolled after the search signed it")
	}
	past := maps.Clone(before)
	past["query"] = map[string]any{"asset_id": s.asset, "as_of": "12"}
	if !stands(next, past) {
		t.Error("a search of the past, signed by a key of today, does not stand")
	}
	s.commit(s.sign(s.ipcentre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: s.exchange.party, KID: next.kid(), Reason: "lost"}))
	if stands(next, s.searchOf(s.asset, s.kin)) {
		t.Error("a revoked key signed a search")
	}
}

func TestSearchPackageBounds(t *testing.T) {
	s := newStory(t)
	report := s.searchOf(s.asset)
	var many []any
	for i := range 501 {
		many = append(many, map[string]any{"asset_id": fmt.Sprintf("as_%026d", i)})
	}
	report["assets"] = many
	_, err := s.writeSearch(searchJWS(t, s.exchange, report), false)
	var refused *pledge.Error
	if !errors.As(err, &refused) || refused.Code != pledge.TooLarge || !strings.Contains(err.Error(), "asset by asset") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownSearch(t *testing.T) {
	s := newStory(t)
	for name, src := range map[string]evidence.Source{"none kept": s.source(), "another number": func() evidence.Source {
		src := s.source()
		src.Search = func(context.Context, string) (string, error) { return "", service.ErrNotFound }
		return src
	}()} {
		var b bytes.Buffer
		if err := src.Write(t.Context(), &b, searchNumber); !errors.Is(err, service.ErrNotFound) || b.Len() > 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
