package rest_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

func contentDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

func TestUploadIsCutAndResumed(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	content := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16) // 20 MiB: two whole parts and a half
	cut := io.MultiReader(bytes.NewReader(content[:18<<20]), failing{})
	req := must(http.NewRequest(http.MethodPut, s.server.URL+upload+"/files/big.bin", cut))(t)
	req.ContentLength = int64(len(content))
	req.Header.Set("Authorization", "Bearer "+s.token("enterprise"))
	if resp, err := s.server.Client().Do(req); err == nil {
		resp.Body.Close()
		t.Fatalf("a cut request was answered %d", resp.StatusCode)
	}
	durable := s.waitForOffset(upload+"/files/big.bin", 16<<20)
	for _, wrong := range []int64{0, durable - 1, durable + 1, 1 << 40} {
		a := s.do(http.MethodPut, upload+"/files/big.bin", "enterprise", strings.NewReader("x"), "Upload-Offset", strconv.FormatInt(wrong, 10))
		a.want(409, "wrong_state")
		if got := a.header.Get("Upload-Offset"); got != strconv.FormatInt(durable, 10) {
			t.Errorf("offset %d: got Upload-Offset %s, want %d", wrong, got, durable)
		}
	}
	s.do(http.MethodPost, upload+"/seal", "enterprise", nil).want(409, "wrong_state")

	rest := content[durable:]
	wrongDigest := s.do(http.MethodPut, upload+"/files/big.bin", "enterprise", bytes.NewReader(rest),
		"Upload-Offset", strconv.FormatInt(durable, 10), "Content-Digest", contentDigest([]byte("other")))
	wrongDigest.want(400, "malformed")
	if got := wrongDigest.header.Get("Upload-Offset"); got != strconv.FormatInt(durable, 10) {
		t.Errorf("got Upload-Offset %s after a wrong digest, want %d", got, durable)
	}
	done := s.do(http.MethodPut, upload+"/files/big.bin", "enterprise", bytes.NewReader(rest),
		"Upload-Offset", strconv.FormatInt(durable, 10), "Upload-Length", strconv.Itoa(len(content)), "Content-Digest", contentDigest(rest))
	done.want(201, "")
	f := as_[service.UploadFile](done)
	if !f.Complete || f.Size != int64(len(content)) || f.SHA256 != fmt.Sprintf("%x", sha256.Sum256(content)) {
		t.Errorf("got %+v", f)
	}
	sealed := as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
	if sealed.Size != int64(len(content)) || sealed.Receipt.Depth != "full" || sealed.Receipt.Owner != usccs["enterprise"] {
		t.Errorf("got %+v", sealed.Receipt)
	}
}

// waitForOffset asks until the server has noticed that the request is gone.
func (s *stack) waitForOffset(path string, want int64) int64 {
	s.t.Helper()
	var last, other answer
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		a := s.do(http.MethodHead, path, "enterprise", nil)
		n, _ := strconv.ParseInt(a.header.Get("Upload-Offset"), 10, 64)
		last = a
		if n < want {
			continue // a write would take the file over from the cut request
		}
		other = s.do(http.MethodPut, path, "enterprise", strings.NewReader("x"), "Upload-Offset", "1")
		if n == want && other.header.Get("Upload-Offset") != "" {
			return n
		}
	}
	s.t.Fatalf("the server never came to offset %d, but to %v; a write then got %d %s", want, last.header, other.status, other.body)
	return 0
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the cable was pulled") }

func TestUploadWithLengthStaysOpen(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	first := s.do(http.MethodPut, upload+"/files/a", "enterprise", strings.NewReader("hello "), "Upload-Length", "11")
	f := as_[service.UploadFile](first)
	if f.Complete || first.header.Get("Upload-Complete") != "?0" {
		t.Fatalf("got %+v, want it open", f)
	}
	off := first.header.Get("Upload-Offset")
	n, _ := strconv.Atoi(off)
	second := s.do(http.MethodPut, upload+"/files/a", "enterprise", strings.NewReader("hello world"[n:]), "Upload-Offset", off, "Upload-Length", "11")
	if f := as_[service.UploadFile](second); !f.Complete || f.Size != 11 {
		t.Errorf("got %+v, want 11 bytes complete", f)
	}
	status := as_[service.Upload](s.get(upload, "enterprise"))
	if status.State != "open" || len(status.Files) != 1 || !status.Files[0].Complete {
		t.Errorf("got %+v", status)
	}
}

func TestBadPathsLeaveNothing(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	for _, path := range []string{"../x", "a/../b", "/abs", "a//b", "./a", "a/", "a\x00b", "\xff\xfe", "a\nb", "..", "e\u0301.csv", strings.Repeat("x", 5000)} {
		a := s.do(http.MethodPut, upload+"/files/"+url.PathEscape(path), "enterprise", strings.NewReader("x"))
		if a.status != 400 || a.code() != "malformed" {
			t.Errorf("%q: got %d %s, want 400 malformed", path, a.status, a.body)
		}
	}
	s.put(upload, "enterprise", "\u00e9.csv", "x")
	s.do(http.MethodPost, s.begin("enterprise")+"/seal", "enterprise", nil).want(400, "malformed") // an empty dataset
	if status := as_[service.Upload](s.get(upload, "enterprise")); len(status.Files) != 1 {
		t.Errorf("got %+v, want one file", status.Files)
	}
}

func TestBadUploadHeaders(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	for _, h := range [][2]string{{"Upload-Offset", "-1"}, {"Upload-Offset", "x"}, {"Upload-Offset", "1e3"}, {"Upload-Offset", "99999999999999999999"},
		{"Upload-Length", "-5"}, {"Content-Digest", "sha-256=nonsense"}} {
		s.do(http.MethodPut, upload+"/files/a", "enterprise", strings.NewReader("x"), h[0], h[1]).want(400, "malformed")
	}
	s.do(http.MethodPut, upload+"/files/a", "enterprise", strings.NewReader("x"), "Content-Type", "application/json").want(415, "unsupported_media_type")
	s.do(http.MethodPut, upload+"/files/a", "enterprise", strings.NewReader("too long"), "Upload-Length", "3").want(400, "malformed")
	s.do(http.MethodPut, "/v1/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/files/a", "enterprise", strings.NewReader("x")).want(404, "not_found")
	s.do(http.MethodPut, "/v1/uploads/..%2f..%2fx/files/a", "enterprise", strings.NewReader("x")).want(404, "not_found")
}

func TestSecondSeal(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "a", "content")
	first := as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
	s.clock.advance(time.Hour)
	second := as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
	if first.Fingerprint != second.Fingerprint || first.CustodyReceipt == second.CustodyReceipt {
		t.Error("want the same fingerprint and a fresh receipt")
	}
	s.do(http.MethodPut, upload+"/files/b", "enterprise", strings.NewReader("x")).want(409, "wrong_state")
	if got := as_[service.Upload](s.get(upload, "enterprise")).State; got != "closed" {
		t.Errorf("got %s, want closed", got)
	}
	found := s.search("enterprise", service.SearchRequest{UploadID: strings.TrimPrefix(upload, "/v1/uploads/")})
	if !found.None || len(found.Assets) != 0 {
		t.Errorf("got %+v, want nothing", found)
	}
	s.post("/v1/searches", "bank", service.SearchRequest{UploadID: strings.TrimPrefix(upload, "/v1/uploads/")}).want(403, "wrong_role")
	s.command("enterprise", pledge.AssetNotarize, s.notarization("enterprise", "late", second))
}

func TestReceiptIsNotSignedForDamage(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "a", strings.Repeat("content", 1000))
	as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
	s.damage("sealed/")
	a := s.do(http.MethodPost, upload+"/seal", "enterprise", nil)
	a.want(500, "corrupt")
	if bytes.Contains(a.body, []byte("receipt")) {
		t.Errorf("got %s", a.body)
	}
}

// damage flips a bit in the middle of the largest object below prefix.
func (s *stack) damage(prefix string) {
	s.t.Helper()
	var big storage.Info
	err := s.bucket.List(s.t.Context(), prefix, func(i storage.Info) error {
		if i.Size > big.Size {
			big = i
		}
		return nil
	})
	if err != nil || big.Size == 0 {
		s.t.Fatalf("nothing to damage below %s: %v", prefix, err)
	}
	r := must(s.bucket.Open(s.t.Context(), big.Key, 0, -1))(s.t)
	data := must(io.ReadAll(r))(s.t)
	r.Close()
	data[len(data)/2] ^= 1
	if err := s.bucket.Delete(s.t.Context(), big.Key); err != nil {
		s.t.Fatal(err)
	}
	if err := s.bucket.Create(s.t.Context(), big.Key, bytes.NewReader(data)); err != nil {
		s.t.Fatal(err)
	}
}

func TestTamperedContentIsAnAnswer(t *testing.T) {
	s := newStack(t)
	text := strings.Repeat("0123456789", 300_000)
	asset, _ := s.notarize("enterprise", "numbers", map[string]string{"n.txt": text})
	p := s.pending("enterprise", "bank", asset)
	s.damage("sealed/")
	for _, depth := range []string{"full", "sample"} {
		v := as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: asset, Depth: depth}))
		if !v.Notarized.Answer || v.Intact.Answer == nil || *v.Intact.Answer || len(v.Intact.Failure) == 0 {
			t.Errorf("%s: got %+v, want intact=false and where", depth, v.Intact)
		}
		s.post("/v1/pledges/"+p.ID+"/custody-check", "bank", map[string]string{"depth": depth}).want(422, "custody_missing")
	}
	v := as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: asset}))
	if v.Intact.Answer != nil {
		t.Errorf("got %+v, want no answer at depth ledger", v.Intact)
	}
	// Content: what verified may leave, then the connection is cut.
	req := must(http.NewRequest(http.MethodGet, s.server.URL+"/v1/assets/"+asset+"/files/n.txt", nil))(t)
	req.Header.Set("Authorization", "Bearer "+s.token("enterprise"))
	resp := must(s.server.Client().Do(req))(t)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if resp.StatusCode == 200 && err == nil {
		t.Errorf("a damaged file was served whole: %d bytes", len(got))
	}
	if resp.StatusCode == 200 && !strings.HasPrefix(text, string(got)) {
		t.Error("bytes that did not verify were served")
	}
	s.server.Close() // waits for the handler
	if !strings.Contains(s.logs.String(), `"msg":"request failed","id":"`) || !strings.Contains(s.logs.String(), "corrupt") {
		t.Error("the damage was not logged")
	}
}

func TestExpiredUploadIsRefusedAndSwept(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "a", "content")
	s.clock.advance(24*time.Hour + time.Second)
	s.do(http.MethodPut, upload+"/files/b", "enterprise", strings.NewReader("x")).want(410, "expired")
	s.do(http.MethodPost, upload+"/seal", "enterprise", nil).want(410, "expired")
	r, err := s.svc.Sweep(t.Context())
	if err != nil || r.Abandoned != 1 {
		t.Fatalf("got %+v, %v, want one abandoned", r, err)
	}
	s.clock.advance(48 * time.Hour)
	if _, err := s.svc.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.objects(); n != 0 {
		t.Errorf("got %d objects left behind, want 0", n)
	}
	if a := s.get(upload, "enterprise"); a.status != 404 && a.status != 200 {
		t.Errorf("got %d", a.status)
	}
}

func (s *stack) objects() (n int) {
	s.t.Helper()
	err := s.bucket.List(s.t.Context(), "", func(storage.Info) error { n++; return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestAbort(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "a", "content")
	s.do(http.MethodDelete, upload, "enterprise2", nil).want(403, "wrong_role")
	s.do(http.MethodDelete, upload, "enterprise", nil).want(204, "")
	if a := s.do(http.MethodPut, upload+"/files/b", "enterprise", strings.NewReader("x")); a.status != 404 && a.status != 409 {
		t.Errorf("got %d %s after an abort", a.status, a.body)
	}
}

func TestBucketIsFull(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "a", "kept")
	s.bucket.fail(fmt.Errorf("writing: %w", storage.ErrNoSpace))
	s.do(http.MethodPut, upload+"/files/b", "enterprise", strings.NewReader("x")).want(507, "no_space")
	s.get("/readyz", "").want(503, "")
	s.bucket.fail(nil)
	s.put(upload, "enterprise", "b", "x")
	s.get("/readyz", "").want(200, "")
	as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
}

// A body that stops arriving is given up after one idle time, not before;
// what arrived in whole parts stays.
func TestSlowBodies(t *testing.T) {
	s := newStack(t, func(c *setup) { c.rest.Idle = 2 * time.Second })
	upload := s.begin("enterprise")
	for _, target := range []string{"PUT " + upload + "/files/a", "POST /v1/verifications"} {
		conn := must(net.Dial("tcp", s.server.Listener.Addr().String()))(t)
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n%s\r\n{", target, s.token("enterprise"),
			map[bool]string{true: "Content-Type: application/json\r\n"}[strings.HasPrefix(target, "POST")])
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		conn.Close()
		if resp.StatusCode != 408 {
			t.Errorf("%s: got %d %s, want 408", target, resp.StatusCode, body)
		}
	}
}
