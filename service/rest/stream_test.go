package rest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func (s *stack) enrolment(n int) string {
	s.t.Helper()
	k := s.keys["bank2"]
	return s.sign("ipcenter", pledge.PartyEnroll, pledge.EnrollBody{Party: uscc(n), Name: fmt.Sprint("party ", n), Roles: []pledge.Role{pledge.RoleEnterprise},
		Keys: []pledge.KeyGrant{{JWK: k.Public(), Scope: pledge.ScopeOperate}}})
}

// uscc makes a well-formed number (GB 32100-2015).
func uscc(n int) string {
	const set = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	text := fmt.Sprintf("91330109MA3%06d", n)
	sum, weight := 0, 1
	for _, c := range text {
		sum += strings.IndexRune(set, c) * weight
		weight = weight * 3 % 31
	}
	return text + string(set[(31-sum%31)%31])
}

func TestLinesInTheirOrder(t *testing.T) {
	s := newStack(t)
	var body bytes.Buffer
	var ids []string
	for n := range 600 {
		jws := s.enrolment(n)
		ids = append(ids, s.svc.CommandID(jws))
		switch n % 3 {
		case 0:
			fmt.Fprintf(&body, "%s\n", jws)
		case 1:
			fmt.Fprintf(&body, "%q\r\n\n", jws)
		default:
			fmt.Fprintf(&body, "  %s  \n", jws)
		}
	}
	body.WriteString("rubbish\n" + strings.Repeat("A", pledge.MaxCommand*3) + "\n" + s.enrolment(600)) // the last one without an end
	a := s.do(http.MethodPost, "/v1/commands", "", &body, "Content-Type", "application/x-ndjson")
	lines := strings.Split(strings.TrimSpace(string(a.body)), "\n")
	if len(lines) != 603 {
		t.Fatalf("got %d lines, want 603", len(lines))
	}
	for i, line := range lines {
		var o pledge.Outcome
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		switch {
		case i < 600 && (o.CommandID != ids[i] || o.Status != pledge.Applied):
			t.Fatalf("line %d: got %+v", i, o)
		case i == 600 && o.Code != pledge.Malformed, i == 601 && o.Code != pledge.TooLarge, i == 602 && o.Status != pledge.Applied:
			t.Errorf("line %d: got %+v", i, o)
		}
	}
	if n := strings.Count(s.audit.String(), `"act":"party.enroll"`); n != 604 { // with the three of the cast
		t.Errorf("got %d audit lines of enrolments, want 604", n)
	}
}

// Each answer comes while the request still goes on.
func TestLinesAreAnsweredAsTheyCome(t *testing.T) {
	s := newStack(t)
	r, w := io.Pipe()
	req := must(http.NewRequest(http.MethodPost, s.server.URL+"/v1/commands", r))(t)
	req.Header.Set("Content-Type", "application/x-ndjson")
	answers := make(chan *http.Response, 1)
	go func() {
		resp, err := s.server.Client().Do(req)
		if err == nil {
			answers <- resp
		}
		close(answers)
	}()
	fmt.Fprintln(w, s.enrolment(1))
	resp := <-answers
	if resp == nil {
		t.Fatal("no answer")
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for n := 2; lines.Scan(); n++ {
		if !strings.Contains(lines.Text(), `"applied"`) {
			t.Fatalf("got %s", lines.Text())
		}
		if n > 5 {
			w.Close()
			continue
		}
		fmt.Fprintln(w, s.enrolment(n))
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
}

func TestEventsAreResumable(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a": "1"})
	p := s.pending("enterprise", "bank", asset)
	all := s.events("bank", "")
	if len(all) != 6 || all[3].RecordID != asset || all[4].RecordID != p.ID || all[5].Act != pledge.PledgeAccept {
		t.Fatalf("got %+v, want three enrolments, the notarization and two acts on the pledge", all)
	}
	for i := range all {
		if rest := s.events("bank", all[i].Cursor); len(rest) != len(all)-1-i {
			t.Errorf("after %d: got %d events, want %d", i, len(rest), len(all)-1-i)
		}
	}
	if got := s.events("enterprise2", ""); len(got) != 3 {
		t.Errorf("another enterprise sees %d events, want the enrolments only", len(got))
	}
	if got := s.events("bank2", ""); len(got) != 4 {
		t.Errorf("another bank sees %d events, want no pledge", len(got))
	}
	s.get("/v1/events?after=zzz&follow=false", "bank").want(400, "malformed")
	s.get("/v1/events?follow=perhaps", "bank").want(400, "malformed")
}

func (s *stack) events(as, after string) []service.Event {
	s.t.Helper()
	a := s.get("/v1/events?follow=false&after="+after, as).want(200, "")
	var list []service.Event
	for line := range strings.Lines(string(a.body)) {
		var e service.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			s.t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// A stream follows the ledger, resumes by Last-Event-ID, and ends when the
// server stops.
func TestEventStream(t *testing.T) {
	s := newStack(t)
	last := s.events("court", "")[2]
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req := must(http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+"/v1/events", nil))(t)
	req.Header.Set("Authorization", "Bearer "+s.token("court"))
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", last.Cursor)
	headers := make(chan *http.Response, 1)
	go func() {
		resp, err := s.http.Do(req)
		if err == nil {
			headers <- resp
		}
		close(headers)
	}()
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a": "1"})
	resp := <-headers
	if resp == nil {
		t.Fatal("no stream")
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("got %s", got)
	}
	lines := bufio.NewReader(resp.Body)
	id, event, data := line(t, lines), line(t, lines), line(t, lines)
	if !strings.HasPrefix(id, "id: ") || event != "event: asset.notarize" || !strings.Contains(data, asset) || line(t, lines) != "" {
		t.Errorf("got %q %q %q", id, event, data)
	}
	s.handler.Close()
	if rest, err := io.ReadAll(lines); err != nil || len(rest) != 0 {
		t.Errorf("got %q, %v, want the end", rest, err)
	}
}

// A stream does not outlive the token that opened it, nor the key: what comes
// after is not sent.
func TestEventStreamEndsWithItsCaller(t *testing.T) {
	for name, end := range map[string]func(s *stack){
		"token": func(s *stack) { s.clock.advance(6 * time.Minute) },
		"key": func(s *stack) {
			s.command("ipcenter", pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: usccs["bank2"], KID: s.keys["bank2"].KID(), Reason: "lost"})
		},
	} {
		s := newStack(t)
		req := must(http.NewRequest(http.MethodGet, s.server.URL+"/v1/events", nil))(t)
		req.Header.Set("Authorization", "Bearer "+s.token("bank2"))
		resp := must(s.server.Client().Do(req))(t)
		lines := bufio.NewReader(resp.Body)
		for range 3 {
			line(t, lines)
		}
		end(s)
		s.submit(s.enrolment(1)).want(200, "")
		if rest, err := io.ReadAll(lines); len(rest) != 0 || (err != nil) != (name == "key") {
			t.Errorf("%s: got %q, %v, want the end", name, rest, err)
		}
		resp.Body.Close()
	}
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	text, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text, "\n")
}

func TestAuditLines(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a": "1"})
	s.submit(s.sign("enterprise2", pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: usccs["bank"], Terms: s.terms()}))
	s.get("/v1/assets/"+asset+"/files/a", "bank")
	s.get("/v1/assets", "")
	s.search("bank", service.SearchRequest{AssetID: asset})
	type entry struct {
		Msg, Act, By, Status, Code string
		AssetID                    string `json:"asset_id"`
		From                       struct{ Address, Request, Party string }
	}
	var got []entry
	for text := range strings.Lines(s.audit.String()) {
		var e entry
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if e.From.Address == "" || e.From.Request == "" {
			t.Errorf("%s does not say from where", text)
		}
		e.From.Address, e.From.Request = "", ""
		got = append(got, e)
	}
	owner, other, bank := usccs["enterprise"], usccs["enterprise2"], usccs["bank"]
	party := func(p string) struct{ Address, Request, Party string } {
		return struct{ Address, Request, Party string }{Party: p}
	}
	want := []entry{
		{Msg: "command", Act: "party.enroll", By: usccs["ipcenter"], Status: "applied"},
		{Msg: "command", Act: "party.enroll", By: usccs["ipcenter"], Status: "applied"},
		{Msg: "command", Act: "party.enroll", By: usccs["ipcenter"], Status: "applied"},
		{Msg: "upload.begin", By: owner, Status: "applied", From: party(owner)},
		{Msg: "upload.seal", By: owner, Status: "applied", From: party(owner)},
		{Msg: "command", Act: "asset.notarize", By: owner, Status: "applied"},
		{Msg: "command", Act: "pledge.propose", By: other, Status: "refused", Code: "not_owner"},
		{Msg: "content.read", By: bank, Status: "refused", Code: "wrong_role", AssetID: asset, From: party(bank)},
		{Msg: "token", Status: "refused", Code: "unsigned"},
		{Msg: "search", By: bank, Status: "applied", AssetID: asset, From: party(bank)},
	}
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}
