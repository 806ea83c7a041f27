package rest

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

func specDoc(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestRoutesAreTheContract(t *testing.T) {
	doc := specDoc(t)
	described := map[string]bool{} // → public
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			described[method+" "+path] = op.Security != nil && len(*op.Security) == 0
		}
	}
	param := regexp.MustCompile(`[:*]([a-z_]+)`)
	served := map[string]bool{}
	for _, r := range (&Handler{}).routes() {
		served[r.method+" "+param.ReplaceAllString(r.path, "{$1}")] = r.public
	}
	for name, public := range described {
		got, ok := served[name]
		if !ok {
			t.Errorf("%s is in the contract and not served", name)
		}
		if ok && got != public {
			t.Errorf("%s: served public=%v, in the contract %v", name, got, public)
		}
	}
	for name := range served {
		if _, ok := described[name]; !ok {
			t.Errorf("%s is served and not in the contract", name)
		}
	}
	if len(served) < 25 {
		t.Errorf("got %d routes, want at least 25", len(served))
	}
}

// want is the table of statusOf, once more and by hand.
var want = map[pledge.Code]int{
	"not_due": 409, "amendment_barred": 409, "inconsistent": 409, "closing_only": 409, "title_missing": 422, "sum_mismatch": 422,
	"malformed": 400, "unsigned": 401, "unknown_party": 401, "unknown_key": 401, "revoked_key": 401, "wrong_role": 403,
	"wrong_channel": 400, "stale": 409, "not_found": 404, "not_owner": 403, "duplicate": 409, "disputed": 409,
	"declaration_incomplete": 422, "custody_missing": 422, "terms_mismatch": 409, "sequence_changed": 409, "already_pledged": 409,
	"wrong_state": 409, "frozen": 409, "objection_open": 409, "maturity_too_late": 422, "expired": 410, "check_missing": 422,
	"consent_missing": 422, "too_large": 413, "fenced": 409, "forked": 409, "overlap_found": 409,
	"conflict": 503, "unavailable": 503, "no_space": 507, "corrupt": 500, "rate_limited": 429, "not_allowed": 405,
	"unsupported_media_type": 415, "range_not_satisfiable": 416, "timeout": 408, "internal": 500,
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	inSpec := map[pledge.Code]bool{}
	for _, v := range specDoc(t).Components.Schemas["Code"].Value.Enum {
		inSpec[pledge.Code(v.(string))] = true
	}
	for code, status := range want {
		if got := statusOf(code); got != status {
			t.Errorf("%s: got %d, want %d", code, got, status)
		}
		if !inSpec[code] {
			t.Errorf("%s is not in the contract", code)
		}
	}
	for _, code := range pledge.Codes() {
		if _, ok := want[code]; !ok {
			t.Errorf("code %s has no status", code)
		}
		if statusOf(code) >= 500 {
			t.Errorf("refusal %s is answered as a fault", code)
		}
	}
	for code := range inSpec {
		if _, ok := want[code]; !ok {
			t.Errorf("code %s of the contract is unknown here", code)
		}
	}
}

func TestExplain(t *testing.T) {
	secret := errors.New("dial 10.0.0.7:7051: canary")
	tests := []struct {
		name   string
		err    error
		status int
		code   pledge.Code
	}{
		{"refusal", fmt.Errorf("doing: %w", pledge.Errorf(pledge.Frozen, "x")), 409, pledge.Frozen},
		{"token", &service.Unauthenticated{Refusal: pledge.Errorf(pledge.Stale, "x")}, 401, pledge.Stale},
		{"refused command", &refusedCommand{pledge.Outcome{Code: pledge.Duplicate}}, 409, pledge.Duplicate},
		{"conflict", fmt.Errorf("%w: %w", service.ErrConflict, secret), 503, codeConflict},
		{"unavailable", fmt.Errorf("%w: %w", service.ErrUnavailable, secret), 503, codeUnavailable},
		{"trouble", fmt.Errorf("submitting: %w", &service.Trouble{Cause: "the clock is wrong", Remedy: "set it", Err: fmt.Errorf("%w: %w", service.ErrUnavailable, secret)}), 503, codeUnavailable},
		{"regressed", fmt.Errorf("%w: %w", service.ErrRegressed, secret), 503, codeUnavailable},
		{"not found", fmt.Errorf("%w: %w", service.ErrNotFound, secret), 404, pledge.NotFound},
		{"no space", fmt.Errorf("%w: %w", storage.ErrNoSpace, secret), 507, codeNoSpace},
		{"corrupt", fmt.Errorf("%w: %w", storage.ErrCorrupt, secret), 500, codeCorrupt},
		{"slow", fmt.Errorf("%w: %w", os.ErrDeadlineExceeded, secret), 408, codeTimeout},
		{"large", fmt.Errorf("%w: %w", &http.MaxBytesError{Limit: 7}, secret), 413, pledge.TooLarge},
		{"range", fmt.Errorf("reading: %w", &storage.RangeError{Off: 9, N: 1, Size: 3}), 416, codeRange},
		{"fault", secret, 500, codeInternal},
	}
	for _, tt := range tests {
		p := explain(tt.err)
		if p.Status != tt.status || p.Code != tt.code || p.Type != "urn:datapledge:"+string(tt.code) {
			t.Errorf("%s: got %+v, want %d %s", tt.name, p, tt.status, tt.code)
		}
		if tt.name == "trouble" && !strings.HasSuffix(p.Detail, "nothing took effect; the clock is wrong; set it") {
			t.Errorf("got %q, want cause and remedy", p.Detail)
		}
		if strings.Contains(fmt.Sprintf("%+v", p), "canary") {
			t.Errorf("%s: %+v shows the fault", tt.name, p)
		}
	}
}

func TestContentDigest(t *testing.T) {
	good := "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
	for _, tt := range []struct {
		in   []string
		some bool
		bad  bool
	}{
		{nil, false, false}, {[]string{good}, true, false}, {[]string{"md5=:AAAA:, " + good}, true, false}, {[]string{"md5=:AAAA:"}, false, false},
		{[]string{"md5=:AAAA:", good}, true, false},
		{[]string{"sha-256=47DE"}, false, true}, {[]string{"sha-256=:AAAA:"}, false, true}, {[]string{"sha-256"}, false, true},
		{[]string{"sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, false, true},
	} {
		got, err := contentDigest(tt.in)
		if (err != nil) != tt.bad || (got != nil) != tt.some {
			t.Errorf("%q: got %v, %v", tt.in, got, err)
		}
	}
}

func TestNetworkOfAddress(t *testing.T) {
	for in, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "": ""} {
		if got := network(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestDocsShowEveryOperation(t *testing.T) {
	p, err := newPages(spec)
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range specDoc(t).Paths.Map() {
		for method := range item.Operations() {
			if !strings.Contains(string(p.docs), `<span class="method">`+method+`</span> <code>`+path+`</code>`) {
				t.Errorf("%s %s is not on the page", method, path)
			}
		}
	}
	for _, no := range []string{"<script", "http://", "javascript:", "<img", "<link"} {
		if slices.ContainsFunc([][]byte{p.docs, p.home}, func(b []byte) bool { return strings.Contains(string(b), no) }) {
			t.Errorf("a page contains %q", no)
		}
	}
}
