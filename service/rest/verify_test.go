package rest_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// verdictOf is the large word of a page.
func verdictOf(t *testing.T, a answer) string {
	t.Helper()
	m := regexp.MustCompile(`<div class="verdict ([a-z]+)(?: warned)?">\s*<p class="word"><span class="sign" aria-hidden="true">[^<]+</span> <strong>([^<]+)</strong>`).FindSubmatch(a.body)
	if m == nil {
		return ""
	}
	return string(m[1]) + " " + string(m[2])
}

func (s *stack) verified(query string) answer {
	s.t.Helper()
	return s.get("/verify?"+query, "")
}

func TestPublicPageByDigest(t *testing.T) {
	s := newStack(t)
	asset, sealed := s.notarize("enterprise", "birds of prey", map[string]string{"a.csv": "id,n\n1,2\n", "b/c.csv": "x\n"})
	number := "N-" + strings.ToUpper(strings.TrimPrefix(asset, "as_"))
	for query, want := range map[string]string{
		"digest=" + sealed.Fingerprint:                                  "match 一致",
		"number=" + strings.TrimPrefix(sealed.Fingerprint, "sha256:"):   "match 一致",
		"digest=" + strings.ToUpper(digestOf("x\n")[7:]):                "match 一致",
		"lang=en&digest=" + digestOf("x\n"):                             "match Matches",
		"digest=" + digestOf("y\n"):                                     "none 未存证",
		"lang=en&digest=" + digestOf("y\n"):                             "none Not notarized",
		"number=N-AAAAAAAAAAAAAAAAAAAAAAAAAA":                           "missing 查无此证",
		"number=N-AAAAAAAAAAAAAAAAAAAAAAAAAA&digest=" + digestOf("x\n"): "missing 查无此证",
		"number=" + strings.ToLower(number):                             "record 记录在案",
		"number=" + number + "&digest=" + digestOf("y\n"):               "differs 不一致",
		"lang=fr":       "",
		"number=%20%20": "",
		"lang=en&digest=sha256:" + strings.Repeat("0", 63):             "unclear Not understood",
		"digest=" + url.QueryEscape("sha256:"+strings.Repeat("é", 64)): "unclear 无法识别",
	} {
		if got := verdictOf(t, s.verified(query)); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	page := string(s.verified("digest=" + sealed.Fingerprint).body)
	for _, want := range []string{number, "2026-03-02 16:00:00 北京时间", "整个数据集", "有效", sealed.Fingerprint} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	for _, private := range []string{"birds of prey", s.keys["enterprise"].Party(), "a.csv"} {
		if strings.Contains(page, private) {
			t.Errorf("the page tells anybody %s", private)
		}
	}
}

// Who came first is shown, and a dispute is not hidden behind a match.
func TestPublicPageShowsDisputes(t *testing.T) {
	s := newStack(t)
	first, sealed := s.notarize("enterprise", "one", map[string]string{"a.csv": "1\n"})
	second, _ := s.notarize("enterprise2", "two", map[string]string{"a.csv": "1\n"})
	page := string(s.verified("digest=" + sealed.Fingerprint).body)
	at := func(id string) int {
		return strings.Index(page, "number=N-"+strings.ToUpper(strings.TrimPrefix(id, "as_")))
	}
	if at(first) < 0 || at(second) < at(first) {
		t.Errorf("got %d and %d, want the first one first", at(first), at(second))
	}
	if !strings.Contains(page, `class="verdict match warned"`) || !strings.Contains(page, `class="warning"`) || !strings.Contains(page, "有争议") {
		t.Error("the page hides the dispute")
	}
	l := must(s.svc.LookUp(t.Context(), service.Caller{}, sealed.Fingerprint))(t)
	if l.Count != 2 || len(l.Matches) != 2 || l.Matches[0].AssetID != first || !l.Matches[0].Whole {
		t.Errorf("got %+v", l)
	}
}

// A dataset that holds another's manifest as a file came first here: the order
// is that of the ledger, whatever way the content was found.
func TestPublicLookUpIsInLedgerOrder(t *testing.T) {
	s := newStack(t)
	files := map[string]string{"a.csv": "1\n"}
	whole := s.seal("enterprise", files)
	first, _ := s.notarize("enterprise2", "collector", map[string]string{"manifest.txt": whole.Manifest})
	second, _ := s.notarize("enterprise", "one", files)
	l := must(s.svc.LookUp(t.Context(), service.Caller{}, whole.Fingerprint))(t)
	if len(l.Matches) != 2 || l.Matches[0].AssetID != first || l.Matches[0].Whole || l.Matches[1].AssetID != second || !l.Matches[1].Whole {
		t.Errorf("got %+v, want %s before %s", l.Matches, first, second)
	}
}

func TestPublicComparison(t *testing.T) {
	s := newStack(t)
	asset, sealed := s.notarize("enterprise", "one", map[string]string{"a.csv": "1\n", "b.csv": "2\n"})
	p := s.pending("enterprise", "bank", asset)
	for _, record := range []string{asset, p.ID} {
		for digest, want := range map[string]string{sealed.Fingerprint: service.SameDataset, digestOf("2\n"): service.SameFile, digestOf("3\n"): service.SameNothing} {
			got := must(s.svc.Compare(t.Context(), service.Caller{}, record, digest))(t)
			if got.Same != want || got.AssetID != asset || got.Fingerprint != sealed.Fingerprint || got.Files != 2 {
				t.Errorf("%s with %s: got %+v, want %s", record, digest, got, want)
			}
		}
	}
	single, _ := s.notarize("enterprise2", "two", map[string]string{"c.csv": "4\n"})
	if got := must(s.svc.Compare(t.Context(), service.Caller{}, single, digestOf("4\n")))(t); got.Same != service.SameOnlyFile || got.Asset.Disputed {
		t.Errorf("got %+v, want the only file", got)
	}
	if got := verdictOf(t, s.verified("digest="+digestOf("4\n"))); got != "match 一致" {
		t.Errorf("got %q", got)
	}
	if got := must(s.svc.Compare(t.Context(), service.Caller{}, "se_x", digestOf("1\n")))(t); got.Same != service.SameNoContents {
		t.Errorf("got %+v, want nothing to compare with", got)
	}
	if _, err := s.svc.Compare(t.Context(), service.Caller{}, asset, "sha256:x"); err == nil {
		t.Error("a digest that is none was compared")
	}
}

func TestPublicPageEscapesWhatItIsAsked(t *testing.T) {
	s := newStack(t)
	hostile := `"><script>alert(1)</script>{{.}}`
	a := s.verified("number=" + url.QueryEscape(hostile) + "&digest=" + url.QueryEscape(hostile) + "&lang=" + url.QueryEscape(hostile))
	if bytes.Contains(a.body, []byte("<script>alert")) || !bytes.Contains(a.body, []byte("&lt;script&gt;")) {
		t.Errorf("got %s", a.body)
	}
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") ||
		strings.Contains(policy, "unsafe-inline") || strings.Contains(policy, "'unsafe-eval'") {
		t.Errorf("got the policy %q", policy)
	}
	if inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(>| [^>]*>[^<])`).Find(a.body); inline != nil {
		t.Errorf("the page has %s in it", inline)
	}
}

func TestPublicPageSpeaksTwoLanguages(t *testing.T) {
	s := newStack(t)
	for accept, want := range map[string]string{"": "zh-CN", "en-GB,en;q=0.9,zh;q=0.8": "en", "zh-TW,en": "zh-CN", "fr": "zh-CN", "fr,EN;q=0.5": "en"} {
		a := s.do(http.MethodGet, "/verify", "", nil, "Accept-Language", accept)
		if got := a.header.Get("Content-Language"); got != want || !bytes.Contains(a.body, []byte(`<html lang="`+want+`">`)) {
			t.Errorf("%q: got %s, want %s", accept, got, want)
		}
	}
}

// Nothing is said of content while the ledger cannot be read, while the read
// model lags, or once the ledger lost a block.
func TestPublicPageInTrouble(t *testing.T) {
	for name, trouble := range map[string]func(*stack){
		"closed": func(s *stack) { must(0, s.ledger.Close())(t) },
		"lags":   func(s *stack) { s.index.lags.Store(true) },
		"lost":   func(s *stack) { s.index.lost.Store(true) },
	} {
		s := newStack(t)
		asset, sealed := s.notarize("enterprise", "one", map[string]string{"a.csv": "1\n"})
		trouble(s)
		a := s.verified("digest=" + sealed.Fingerprint)
		if got := verdictOf(t, a); got != "trouble 暂时无法核验" || a.status < 500 {
			t.Errorf("%s: got %d %q", name, a.status, got)
		}
		if !bytes.Contains(a.body, []byte(a.header.Get("X-Request-Id"))) {
			t.Errorf("%s: the page does not say what to quote", name)
		}
		if _, err := s.svc.Compare(t.Context(), service.Caller{}, asset, sealed.Fingerprint); err == nil {
			t.Errorf("%s: content was compared all the same", name)
		}
	}
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	must(b, err)(t)
	must(b, w.Close())(t)
	return b.Bytes()
}

func TestPublicAssets(t *testing.T) {
	s := newStack(t, func(c *setup) {
		c.rest.Checker = fstest.MapFS{"datapledge-checker.wasm.gz": {Data: zipped(t, "code")}, "wasm_exec.js": {Data: []byte("run")}}
		c.rest.Trust = []byte(`{"v":1}`)
	})
	page := s.verified("").body
	urls := regexp.MustCompile(`/verify/assets/([a-z_-]+\.(?:js|css|wasm|svg))\?v=([0-9a-f]{16})`).FindAllSubmatch(page, -1)
	types := map[string]string{"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "wasm": "application/wasm", "svg": "image/svg+xml"}
	if len(urls) != 8 {
		t.Fatalf("got %d files, want 8", len(urls))
	}
	for _, u := range urls {
		a := s.get(string(u[0]), "").want(200, "")
		_, ext, _ := strings.Cut(string(u[1]), ".")
		if a.header.Get("Content-Type") != types[ext] || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: got %v", u[0], a.header)
		}
		s.do(http.MethodGet, string(u[0]), "", nil, "If-None-Match", a.header.Get("ETag")).want(304, "")
		if got := s.get("/verify/assets/"+string(u[1])+"?v=old", "").header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("an old version may be kept: %s", got)
		}
	}
	if got := s.do(http.MethodGet, "/verify/assets/datapledge-checker.wasm", "", nil, "Accept-Encoding", "identity"); string(got.body) != "code" {
		t.Errorf("got %q", got.body)
	}
	s.get("/verify/assets/verify.go", "").want(404, string(pledge.NotFound))
	s.get("/verify/assets/..%2fverify.html", "").want(404, string(pledge.NotFound))
	if got := s.get("/verify/trust.json", ""); string(got.body) != `{"v":1}` {
		t.Errorf("got %s", got.body)
	}
}

// Half of a checker is none, and the page says what to do instead.
func TestPublicPageWithoutChecker(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{"none": nil, "empty": {}, "half": {"datapledge-checker.wasm": {Data: []byte("code")}}} {
		s := newStack(t, func(c *setup) {
			if files != nil {
				c.rest.Checker = files
			}
		})
		page := string(s.verified("lang=en").body)
		if !strings.Contains(page, "no checker for browsers") || strings.Contains(page, `id="zip"`) {
			t.Errorf("%s: the page offers what is not there", name)
		}
		s.get("/verify/trust.json", "").want(404, string(pledge.NotFound))
	}
}

func TestPublicPageIsLimitedLikeAll(t *testing.T) {
	s := newStack(t, func(c *setup) { c.rest.RatePerAddress, c.noParties = 1, true })
	for range 4 {
		s.verified("").want(200, "")
	}
	s.verified("").want(429, "rate_limited")
}
