package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// noticed are a party's notices, as "act:reason".
func (s *stack) noticed(who string) (words []string, list []service.Notice) {
	s.t.Helper()
	a := s.get("/v1/notices?follow=false", who)
	if a.status != http.StatusOK {
		s.t.Fatalf("got %d %s", a.status, a.body)
	}
	for line := range strings.Lines(string(a.body)) {
		var n service.Notice
		if err := json.Unmarshal([]byte(line), &n); err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		if n.To != s.keys[who].Party() || n.By == n.To {
			s.t.Errorf("%s got %+v", who, n)
		}
		words, list = append(words, fmt.Sprintf("%s:%s", n.Act, n.Reason)), append(list, n)
	}
	return words, list
}

func (s *stack) wantNoticed(who string, want ...string) []service.Notice {
	s.t.Helper()
	got, list := s.noticed(who)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		s.t.Errorf("%s was told\n %v, want\n %v", who, got, want)
	}
	return list
}

// pledgedToBank has a pledge in force.
func (s *stack) pledgedToBank(asset string) pledge.Pledge {
	s.t.Helper()
	p := s.pending("enterprise", "bank", asset)
	found := s.search("bank", service.SearchRequest{AssetID: asset})
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", "bank", map[string]string{"depth": "sample"}))
	s.command("bank", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *found.ExpectedSeq})
	return p
}

func TestNoticesReachWhomActsTouch(t *testing.T) {
	s := newStack(t)
	files := map[string]string{"a.csv": "id,n\n1,2\n"}
	asset, _ := s.notarize("enterprise", "birds", files)
	p := s.pledgedToBank(asset)
	copied, _ := s.notarize("enterprise2", "birds too", files)

	assign := pledge.AssignBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, To: s.keys["bank2"].Party(), Agreement: digestOf("sale"), Notice: digestOf("notice")}
	s.command("bank", pledge.PledgeAssign, assign)
	s.wantNoticed("bank2", "party.enroll:own_record", "pledge.assign:signature_wanted")
	s.command("bank2", pledge.PledgeAssign, assign)
	s.command("bank2", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: pledge.Paid})

	owner := s.wantNoticed("enterprise", "party.enroll:own_record", "pledge.accept:pledgor", "custody.receipt:pledgor", "pledge.register:pledgor", "asset.notarize:disputed",
		"pledge.assign:pledgor", "pledge.release:pledgor")
	s.wantNoticed("bank", "pledge.propose:pledgee", "custody.receipt:pledgee", "pledge.assign:former_pledgee")
	s.wantNoticed("bank2", "party.enroll:own_record", "pledge.assign:signature_wanted")
	s.wantNoticed("enterprise2", "party.enroll:own_record")
	s.wantNoticed("exchange", "asset.notarize:custodian", "pledge.accept:custodian", "pledge.register:custodian", "asset.notarize:custodian",
		"pledge.assign:custodian", "pledge.release:custodian")
	s.wantNoticed("court")

	if n := owner[4]; n.RecordID != copied || n.Subject != asset {
		t.Errorf("got %+v, want it told about its own asset", n)
	}
	rest := s.get("/v1/notices?follow=false&after="+owner[5].Cursor, "enterprise")
	if lines := strings.Count(string(rest.body), "\n"); lines != 1 {
		t.Errorf("got %d notices after the last but one, want 1: %s", lines, rest.body)
	}
	s.get("/v1/notices?follow=false", "").want(401, "unsigned")
	s.get("/v1/notices?follow=false&after=rubbish", "bank").want(400, "malformed")
	if a := s.do(http.MethodGet, "/v1/notices?follow=false", "bank", nil, "Accept", "text/event-stream"); !strings.HasPrefix(string(a.body), "id: ") ||
		!strings.Contains(string(a.body), "\nevent: pledge.propose\ndata: {") {
		t.Errorf("got %s, want server-sent events", a.body)
	}
}

// The same with two pledges of one asset, a change of their ranks, an objection
// that is upheld, and a freeze.
func TestNoticesOfRankedPledges(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "id,n\n1,2\n"})
	first, second := s.ranked("bank", asset), s.ranked("bank2", asset)
	swap := pledge.SubordinateBody{PledgeID: first, To: second, Agreement: digestOf("rank")}
	s.command("bank", pledge.PledgeSubordinate, swap)
	s.command("bank2", pledge.PledgeSubordinate, swap)
	s.command("enterprise2", pledge.ObjectionFile, pledge.ObjectBody{RecordID: second, Ground: "FORGERY", Evidence: digestOf("evidence")})
	p := as_[service.PledgeView](s.get("/v1/pledges/"+second, "court"))
	if len(p.Objections) != 1 {
		t.Fatalf("got %+v, want the objection", p)
	}
	s.command("court", pledge.ObjectionDecide, pledge.DecideBody{RecordID: second, ObjectionID: p.Objections[0].ID, Ruling: pledge.Dismissed, Number: "1", Document: digestOf("ruling")})
	s.command("court", pledge.OrderFreeze, pledge.FreezeBody{RecordID: asset, Court: "杭州互联网法院", FileNo: "1", OrderDate: "2026-03-01", Effect: "查封", Document: digestOf("order")})

	s.wantNoticed("bank", "pledge.propose:pledgee", "custody.receipt:pledgee", "pledge.accept:consent_wanted", "pledge.register:other_lien",
		"pledge.subordinate:pledgee", "objection.decide:other_lien", "order.freeze:other_lien")
	s.wantNoticed("bank2", "party.enroll:own_record", "pledge.propose:pledgee", "custody.receipt:pledgee", "pledge.consent:pledgee", "pledge.subordinate:signature_wanted",
		"objection.file:pledgee", "objection.decide:pledgee", "order.freeze:other_lien")
	own := s.wantNoticed("enterprise2", "party.enroll:own_record", "objection.decide:objector")
	s.wantNoticed("enterprise", "party.enroll:own_record", "pledge.accept:pledgor", "custody.receipt:pledgor", "pledge.register:pledgor",
		"pledge.accept:pledgor", "custody.receipt:pledgor", "pledge.consent:pledgor", "pledge.register:pledgor",
		"pledge.subordinate:pledgor", "objection.file:pledgor", "objection.decide:pledgor", "order.freeze:owner")
	st := s.statement("enterprise2", own[1].Statement)
	if st.Record != nil || !strings.Contains(string(st.Touched), p.Objections[0].ID) {
		t.Errorf("got %s and %s; want the objection, and not the pledge", st.Record, st.Touched)
	}
}

// The acts of a closing are told one by one, each as its signer's.
func TestNoticesOfAClosing(t *testing.T) {
	s := newStack(t)
	_, _, plan := s.refinance()
	room := s.open("bank", plan)
	before := map[string]int{}
	for _, who := range []string{"enterprise", "bank", "bank2", "court"} {
		_, list := s.noticed(who)
		before[who] = len(list)
	}
	s.handIn(room.Closing, s.signStep("bank", room.Closing, plan.Steps[0])).want(http.StatusOK, "")
	s.handIn(room.Closing, s.signStep("bank2", room.Closing, plan.Steps[1])).want(http.StatusOK, "")
	for who, want := range map[string]string{"enterprise": "[pledge.release:pledgor pledge.register:pledgor]", "bank": "[pledge.register:other_lien]",
		"bank2": "[pledge.release:other_lien]", "court": "[]"} {
		words, list := s.noticed(who)
		if got := fmt.Sprint(words[before[who]:]); got != want {
			t.Errorf("%s was told %s, want %s", who, got, want)
		}
		for _, n := range list[before[who]:] {
			s.statement(who, n.Statement)
		}
	}
}

// ranked registers a pledge behind those that are there, with their consent.
func (s *stack) ranked(pledgee, asset string) string {
	s.t.Helper()
	terms := s.terms()
	terms.Mode = pledge.Ranked
	o := s.command("enterprise", pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: s.keys[pledgee].Party(), Terms: terms})
	var p pledge.Pledge
	if err := json.Unmarshal(o.Record, &p); err != nil {
		s.t.Fatal(err)
	}
	s.command(pledgee, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: p.ID, TermsDigest: p.TermsDigest})
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", pledgee, map[string]string{"depth": "sample"}))
	found := s.search(pledgee, service.SearchRequest{AssetID: asset})
	if !found.None {
		s.command("bank", pledge.PledgeConsent, pledge.AgreeBody{PledgeID: p.ID, TermsDigest: p.TermsDigest})
	}
	s.command(pledgee, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *found.ExpectedSeq})
	return p.ID
}

func TestVerificationStatements(t *testing.T) {
	s := newStack(t)
	files := map[string]string{"a.csv": "id,n\n1,2\n"}
	asset, _ := s.notarize("enterprise", "birds", files)
	p := s.pledgedToBank(asset)
	s.notarize("enterprise2", "birds too", files)
	_, list := s.noticed("enterprise")
	registered, rival := list[3], list[4]

	st := s.statement("enterprise", registered.Statement)
	var record pledge.Pledge
	if err := json.Unmarshal(st.Record, &record); err != nil || record.ID != p.ID || record.State != pledge.Active || st.Touched != nil || st.Told != nil {
		t.Errorf("got %+v, %v; want the pledge as the registration left it", st, err)
	}
	if st.Notice != registered || st.Block.Height != registered.Position.Block || st.Block.Hash == "" || st.Head.Height < st.Block.Height || st.V != 1 ||
		st.Kind != service.StatementKind || st.Channel != channel {
		t.Errorf("got %+v, want its place on the ledger", st)
	}
	// The other's asset is none of its business; its own, now disputed, is.
	st = s.statement("enterprise", rival.Statement)
	var own pledge.Asset
	if err := json.Unmarshal(st.Touched, &own); err != nil || own.ID != asset || len(own.DisputedWith) != 1 || st.Record != nil {
		t.Errorf("got %s and %s, %v; want one's own asset only", st.Record, st.Touched, err)
	}
	st = s.statement("court", registered.Statement)
	if st.Record == nil || st.Notice.Reason != service.ReasonInstitution || fmt.Sprint(st.Told) != fmt.Sprintf("[{%s pledgor} {%s custodian}]", s.keys["enterprise"].Party(), s.keys["exchange"].Party()) {
		t.Errorf("got %+v, want the record and who was told", st)
	}
	for _, who := range []string{"bank2", "enterprise2", "bank"} { // the bank signed it
		s.get(registered.Statement, who).want(404, "not_found")
	}
	s.get(registered.Statement, "").want(401, "unsigned")
	s.get("/v1/notices/cmd_"+strings.Repeat("0", 64)+"/statement", "bank").want(404, "not_found")
	s.get("/v1/notices/rubbish/statement", "bank").want(404, "not_found")
}

// statement fetches one and holds it against what the service signed.
func (s *stack) statement(who, path string) service.Statement {
	s.t.Helper()
	st := as_[service.Statement](s.get(path, who))
	var signed service.Statement
	if err := json.Unmarshal(s.payload(st.Report), &signed); err != nil || signed.Report != "" {
		s.t.Fatalf("got %+v, %v", signed, err)
	}
	signed.Report = st.Report
	if a, b := fmt.Sprintf("%+v", signed), fmt.Sprintf("%+v", st); a != b {
		s.t.Errorf("signed is\n%s, said is\n%s", a, b)
	}
	return st
}
