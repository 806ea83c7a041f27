package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func TestBodiesAreStrict(t *testing.T) {
	s := newStack(t)
	json := func(body string) answer {
		return s.do(http.MethodPost, "/v1/verifications", "bank", strings.NewReader(body), "Content-Type", "application/json")
	}
	fp := digestOf("x")
	json(`{"fingerprint":"`+fp+`"}`).want(200, "")
	for name, body := range map[string]string{
		"empty": ``, "no JSON": `{`, "a list": `[]`, "unknown member": `{"fingerprint":"` + fp + `","x":1}`,
		"repeated member": `{"fingerprint":"` + fp + `","fingerprint":"` + fp + `"}`, "other case": `{"Fingerprint":"` + fp + `"}`,
		"goes on": `{"fingerprint":"` + fp + `"}{}`, "not UTF-8": "{\"asset_id\":\"\xff\"}", "deep": strings.Repeat("[", 20000),
		"neither": `{}`, "both": `{"fingerprint":"` + fp + `","asset_id":"as_x"}`, "upper case": `{"fingerprint":"` + strings.ToUpper(fp) + `"}`,
		"depth": `{"fingerprint":"` + fp + `","depth":"deep"}`, "owner": `{"fingerprint":"` + fp + `","claimed_owner":"91330100MADEUP064U"}`,
	} {
		if a := json(body); a.status != 400 || a.code() != "malformed" {
			t.Errorf("%s: got %d %s, want 400 malformed", name, a.status, a.body)
		}
	}
	json(`{"asset_id":"as_none"}`).want(404, "not_found")
	json(`{"asset_id":"`+strings.Repeat("x", 70_000)+`"}`).want(413, "too_large")
	s.do(http.MethodPost, "/v1/verifications", "bank", strings.NewReader(`{}`)).want(415, "unsupported_media_type")
	s.do(http.MethodPost, "/v1/commands", "", strings.NewReader(`{}`), "Content-Type", "text/plain").want(415, "unsupported_media_type")
	s.post("/v1/uploads", "enterprise", map[string]string{"name": ""}).want(400, "malformed")
	s.post("/v1/uploads", "enterprise", map[string]string{"name": strings.Repeat("n", 201)}).want(400, "malformed")
	for _, q := range []service.SearchRequest{{}, {AssetID: "a", Party: usccs["bank"]}, {Party: "91330100MADEUP064U"}, {Fingerprint: "x"},
		{Party: usccs["bank"], AsOf: "yesterday"}, {Party: usccs["bank"], AsOf: "-1"}} {
		s.post("/v1/searches", "bank", q).want(400, "malformed")
	}
	for _, future := range []string{"999999", "2026-03-02T08:00:01Z"} {
		a := s.post("/v1/searches", "bank", service.SearchRequest{Party: usccs["bank"], AsOf: future}).want(400, "malformed")
		if !strings.Contains(string(a.body), "in the future") {
			t.Errorf("as of %s: got %s", future, a.body)
		}
	}
	s.post("/v1/searches", "bank", service.SearchRequest{Party: usccs["bank"], AsOf: "2020-01-01T00:00:00Z"}).want(404, "not_found")
}

func TestBadCommands(t *testing.T) {
	s := newStack(t)
	s.submit("").want(400, "malformed")
	s.submit("a.b.c").want(400, "malformed")
	s.submit(strings.Repeat("A", pledge.MaxCommand+1)).want(413, "too_large")
	good := s.sign("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: "pl_" + strings.Repeat("a", 26), Reason: "PAID"})
	s.submit(good).want(404, "not_found")
	s.submit(good[:len(good)-4]+"AAAA").want(401, "unsigned")
	elsewhere := must(s.keys["bank"].Sign(pledge.PledgeRelease, "elsewhere", pledge.ReleaseBody{PledgeID: "pl_" + strings.Repeat("a", 26), Reason: "PAID"}, s.clock.Now(), nil))(t)
	s.submit(elsewhere).want(400, "wrong_channel")
	s.get("/v1/commands/cmd_"+strings.Repeat("0", 64), "bank").want(404, "not_found")
}

func TestCommandTwice(t *testing.T) {
	s := newStack(t)
	d := s.seal("enterprise", map[string]string{"a": "1"})
	jws := s.sign("enterprise", pledge.AssetNotarize, s.notarization("enterprise", "n", d))
	first := as_[pledge.Outcome](s.submit(jws))
	second := as_[pledge.Outcome](s.submit(jws))
	if first.Duplicate || !second.Duplicate || first.RecordID != second.RecordID || *first.Position != *second.Position {
		t.Errorf("got %+v, then %+v", first, second)
	}
	seen := as_[pledge.Outcome](s.get("/v1/commands/"+first.CommandID, "enterprise"))
	if seen.RecordID != first.RecordID || seen.Record == nil {
		t.Errorf("got %+v", seen)
	}
	if hidden := as_[pledge.Outcome](s.get("/v1/commands/"+first.CommandID, "enterprise2")); hidden.Record != nil {
		t.Errorf("another enterprise got the record: %s", hidden.Record)
	}
}

func TestLedgerFaults(t *testing.T) {
	s := newStack(t)
	jws := s.sign("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: "pl_" + strings.Repeat("a", 26), Reason: "PAID"})
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{
		{service.ErrUnavailable, 503, "unavailable"}, {service.ErrConflict, 503, "conflict"}, {errors.New("disk sda: canary"), 500, "internal"},
	} {
		s.wrapped.fail(fmt.Errorf("writing: %w", tt.err))
		a := s.submit(jws).want(tt.status, tt.code)
		if strings.Contains(string(a.body), "nothing took effect") != (tt.status == 503) {
			t.Errorf("%s: got %s", tt.code, a.body)
		}
		if (a.header.Get("Retry-After") != "") != (tt.status == 503) {
			t.Errorf("%s: got Retry-After %q", tt.code, a.header.Get("Retry-After"))
		}
		if strings.Contains(string(a.body), "canary") || !strings.Contains(string(a.body), a.header.Get("X-Request-Id")) {
			t.Errorf("got %s, want an id and nothing else", a.body)
		}
		lines := s.do(http.MethodPost, "/v1/commands", "", strings.NewReader(jws+"\n"), "Content-Type", "application/x-ndjson").want(200, tt.code)
		if !strings.Contains(string(lines.body), `"refused"`) {
			t.Errorf("got %s, want a refused line", lines.body)
		}
	}
	if n := strings.Count(s.logs.String(), "canary"); n != 2 { // one for each of the two requests
		t.Errorf("the fault was logged %d times, want 2", n)
	}
	s.wrapped.fail(service.ErrUnknownOutcome)
	a := s.submit(jws)
	if a.status != 202 || a.header.Get("Location") == "" || as_[pledge.Outcome](a).Status != pledge.Unknown {
		t.Errorf("got %d %s, want 202 and where to ask", a.status, a.body)
	}
	s.wrapped.fail(nil)
	s.wrapped.panics.Store(true)
	if a := s.submit(jws).want(500, "internal"); strings.Contains(string(a.body), "canary") {
		t.Errorf("got %s", a.body)
	}
}

// Lines that nobody signed cost as much as requests, and share an audit line.
func TestRubbishInLinesIsCharged(t *testing.T) {
	s := newStack(t, func(c *setup) { c.noParties = true; c.rest.RatePerAddress = 400 })
	body := strings.NewReader(strings.Repeat("rubbish\n", 1610))
	a := s.do(http.MethodPost, "/v1/commands", "", body, "Content-Type", "application/x-ndjson").want(200, "")
	if n := strings.Count(string(a.body), `"malformed"`); n != 1610 {
		t.Errorf("got %d outcomes, want 1610", n)
	}
	s.get("/v1/network", "").want(429, "rate_limited")
	if n := strings.Count(s.audit.String(), "\n"); n == 0 || n > 30 || !strings.Contains(s.audit.String(), `"commands":256`) {
		t.Errorf("got %d audit lines (%.300s), want one for each group", n, s.audit)
	}
	s.clock.advance(1e9)
	s.get("/v1/network", "").want(200, "")
}

// Nothing is answered from an index that does not show the ledger's head.
func TestIndexThatLags(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a": "1"})
	s.index.lags.Store(true)
	for _, path := range []string{"/v1/assets", "/v1/pledges", "/v1/assets/" + asset + "?as_of=1", "/v1/assets/" + asset + "/history",
		"/v1/commands/cmd_" + strings.Repeat("0", 64)} {
		s.get(path, "bank").want(503, "unavailable")
	}
	s.post("/v1/searches", "bank", service.SearchRequest{AssetID: asset, AsOf: "1"}).want(503, "unavailable")
	s.post("/v1/searches", "bank", service.SearchRequest{AssetID: asset}).want(200, "")
}

func TestNotHere(t *testing.T) {
	s := newStack(t, func(c *setup) { c.noParties = true })
	s.get("/nothing", "").want(404, "not_found")
	s.get("/v1/assets/", "").want(404, "not_found")
	s.do(http.MethodPatch, "/v1/network", "", nil).want(405, "not_allowed")
	s.do(http.MethodDelete, "/v1/commands", "", nil).want(405, "not_allowed")
}

func TestRateLimits(t *testing.T) {
	s := newStack(t, func(c *setup) { c.noParties = true; c.rest.RatePerAddress = 2 })
	for range 8 {
		s.get("/healthz", "").want(200, "")
	}
	if a := s.get("/v1/network", "").want(429, "rate_limited"); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.clock.advance(1e9)
	s.get("/v1/network", "").want(200, "")

	p := newStack(t, func(c *setup) { c.noParties = true; c.rest.RatePerParty = 1 })
	for range 4 {
		p.get("/v1/assets", "bank").want(200, "")
	}
	p.get("/v1/assets", "bank").want(429, "rate_limited")
	p.get("/v1/assets", "court").want(200, "")
}

func TestReadiness(t *testing.T) {
	s := newStack(t, func(c *setup) { c.noParties = true })
	s.get("/readyz", "").want(200, "")
	s.bucket.fail(errors.New("dial 10.0.0.7: canary"))
	a := s.get("/readyz", "").want(503, "")
	if !strings.Contains(string(a.body), "bucket cannot be reached") || strings.Contains(string(a.body), "canary") {
		t.Errorf("got %s, want the reason without the address", a.body)
	}
	s.bucket.fail(&service.Trouble{Cause: "the bucket has no Object Lock", Remedy: "make one that has", Err: errors.New("canary")})
	a = s.get("/readyz", "").want(503, "")
	if !strings.Contains(string(a.body), "has no Object Lock; make one") || strings.Contains(string(a.body), "canary") {
		t.Errorf("got %s, want cause and remedy, and nothing else", a.body)
	}
	s.bucket.fail(nil)
	s.wrapped.fail(service.ErrUnavailable)
	if a := s.get("/readyz", "").want(503, ""); !strings.Contains(string(a.body), "takes no commands") {
		t.Errorf("got %s, want that the ledger takes no commands", a.body)
	}
	s.wrapped.fail(nil)
	s.get("/healthz", "").want(200, "")
	s.handler.Close()
	if a := s.get("/readyz", "").want(503, ""); !strings.Contains(string(a.body), "stopping") {
		t.Errorf("got %s, want that it stops", a.body)
	}
}

func TestPagesAndHeaders(t *testing.T) {
	s := newStack(t, func(c *setup) { c.noParties = true })
	for path, mime := range map[string]string{"/": "text/html", "/docs": "text/html", "/openapi.yaml": "application/yaml", "/healthz": "application/json", "/metrics": "text/plain"} {
		a := s.get(path, "").want(200, "")
		if !strings.HasPrefix(a.header.Get("Content-Type"), mime) {
			t.Errorf("%s: got %s, want %s", path, a.header.Get("Content-Type"), mime)
		}
		for _, h := range []string{"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "X-Frame-Options", "X-Request-Id"} {
			if a.header.Get(h) == "" {
				t.Errorf("%s: no %s", path, h)
			}
		}
		if strings.Contains(a.header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: got %s", path, a.header.Get("Content-Security-Policy"))
		}
	}
}

func TestMetrics(t *testing.T) {
	s := newStack(t)
	s.notarize("enterprise", "n", map[string]string{"a": "12345"})
	s.submit(s.sign("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: "pl_" + strings.Repeat("a", 26), Reason: "PAID"}))
	s.submit(s.sign("bank", "made.up", struct{}{}))
	s.do("TRACK", "/no/such/"+usccs["bank"], "", nil)
	s.do("GET", "/v1/assets", "", nil)
	text := string(s.get("/metrics", "").body)
	for _, want := range []string{
		`datapledge_commands_total{act="asset.notarize",code="",status="applied"} 1`,
		`datapledge_commands_total{act="pledge.release",code="not_found",status="refused"} 1`,
		`datapledge_commands_total{act="other",code="malformed",status="refused"} 1`,
		`datapledge_requests_total{method="PUT",route="/v1/uploads/:upload_id/files/*path",status="201"} 1`,
		`datapledge_requests_total{method="other",route="none",status="404"} 1`,
		`datapledge_tokens_refused_total{code="unsigned"} 1`, `datapledge_uploaded_bytes_total 5`, `datapledge_index_lag_blocks 0`,
		`datapledge_submitted_batch_commands_bucket{le="+Inf"} 6`, `datapledge_request_seconds_count{route="/v1/uploads"} 1`,
		"# TYPE datapledge_ledger_height gauge\ndatapledge_ledger_height 7", "# TYPE datapledge_ledger_batches_total counter\ndatapledge_ledger_batches_total 3",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "made.up") || strings.Contains(text, usccs["bank"]) {
		t.Error("a stranger made a label")
	}
}

// Nothing secret or content-like may reach logs, audit, errors or metrics.
func TestNoCanaryAnywhere(t *testing.T) {
	s := newStack(t)
	canary := "CANARY-PLAINTEXT-7313"
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "canary-file-name.csv", strings.Repeat(canary, 100))
	a := s.do(http.MethodPut, upload+"/files/canary-file-name.csv", "enterprise", strings.NewReader(canary))
	seal := s.do(http.MethodPost, upload+"/seal", "enterprise", nil)
	token := s.token("enterprise")
	s.do(http.MethodGet, "/v1/assets", "", nil, "Authorization", "Bearer "+token+"x").want(401, "unsigned")
	s.bucket.fail(errors.New("bucket broke"))
	b := s.do(http.MethodPost, upload+"/seal", "enterprise", nil)
	metrics := s.get("/metrics", "")
	private := map[string]string{}
	for name, k := range s.keys {
		if id, ok := k.Identity().(fmt.Stringer); ok {
			private[name] = id.String()
		}
		seed, _ := k.RevealEd25519()
		private[name+" seed"] = string(seed.Seed())
	}
	for where, text := range map[string]string{"logs": s.logs.String(), "audit": s.audit.String(), "refusal": string(a.body), "fault": string(b.body), "metrics": string(metrics.body), "seal": string(seal.body)} {
		for name, secret := range private {
			if strings.Contains(text, secret) {
				t.Errorf("%s hold the key of %s", where, name)
			}
		}
		if strings.Contains(text, canary) || strings.Contains(text, token) {
			t.Errorf("%s hold plaintext or a token", where)
		}
		if where != "seal" && where != "refusal" && strings.Contains(text, "canary-file-name") {
			t.Errorf("%s name a file", where)
		}
	}
	if s.logs.String() == "" || s.audit.String() == "" {
		t.Error("nothing was logged: the check looks at nothing")
	}
	if !strings.Contains(s.logs.String(), "bucket broke") {
		t.Error("the fault was not logged")
	}
}
