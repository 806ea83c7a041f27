package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/storage"
)

func examining(s *setup) { s.service.Examiner = &preflight.Examiner{SketchKey: &[32]byte{3}} }

const (
	goodDocuments = `{"v":1,"basis":"licence","as_of":"2026-01-31","documents":[{"path":"a.pdf","kind":"licence","scope":"credit","sources":["*"],` +
		`"digest":"sha256:00000000000000000000000000000000000000000000000000000000000000aa"}]}`
	oldDocuments = `{"v":1,"basis":"licence","as_of":"2026-01-31","documents":[{"path":"a.pdf","kind":"licence","scope":"credit","sources":["*"],"expires":"2026-01-30",` +
		`"digest":"sha256:00000000000000000000000000000000000000000000000000000000000000aa"}]}`
	someExpectations = `{"v":1,"tables":{"plain.csv":{"columns":{"n":{"type":"integer","max":"3"}}}},"at_least":{"timeliness":1}}`
)

func given(consent, expectations string) service.Given {
	return service.Given{Consent: json.RawMessage(consent), Expectations: json.RawMessage(expectations)}
}

// ownPreflight is what the owner's machine makes of the same files.
func ownPreflight(t *testing.T, files map[string]string, g service.Given) preflight.Preflight {
	t.Helper()
	o := must(preflight.ParseGiven(g))(t)
	r := preflight.NewReader(t.Context(), o)
	var list []storage.File
	for _, path := range slices.Sorted(maps.Keys(files)) {
		w := r.Beside(path, int64(len(files[path])))
		if _, err := w.Write([]byte(files[path])); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		list = append(list, storage.File{Path: path, SHA256: strings.TrimPrefix(digestOf(files[path]), "sha256:")})
	}
	for _, path := range r.Later() {
		if err := r.At(path, strings.NewReader(files[path])); err != nil {
			t.Fatal(err)
		}
	}
	return must(r.Report(must(storage.NewManifest(list))(t).Fingerprint()))(t)
}

// uploaded is an upload that wants nothing but its seal.
func (s *stack) uploaded(as string, files map[string]string) string {
	s.t.Helper()
	upload := s.begin(as)
	for path, content := range files {
		s.put(upload, as, path, content)
	}
	return upload
}

func (s *stack) sealWith(upload, as string, g service.Given) service.Sealed {
	s.t.Helper()
	return as_[service.Sealed](s.post(upload+"/seal", as, g))
}

// TestSealExaminesEveryFormat: receipt, answer and vault have the reports that
// the owner's own machine makes, to the byte.
func TestSealExaminesEveryFormat(t *testing.T) {
	s, files, g := newStack(t, examining), everyFormat(t), given(oldDocuments, someExpectations)
	own := ownPreflight(t, files, g)
	want := must(own.Examined())(t)
	a := s.post(s.uploaded("enterprise", files)+"/seal", "enterprise", g)
	sealed := as_[service.Sealed](a)
	found := sealed.Receipt.Preflight
	if found == nil || found.Sketch == "" {
		t.Fatalf("the receipt says nothing of it: %+v", found)
	}
	want.Sketch = found.Sketch
	if !reflect.DeepEqual(*found, want) {
		t.Errorf("the custodian found %+v, the owner %+v", *found, want)
	}
	for digest, report := range map[string]any{found.Consent: own.Consent, found.Exclusion: own.Exclusion, found.Quality: own.Quality} {
		text := must(preflight.Canonical(report))(t)
		if !bytes.Contains(a.body, text) {
			t.Errorf("the answer lacks the bytes of %s", digest)
		}
		if kept, err := s.vault.Document(t.Context(), service.FolderReports, digest[7:]); err != nil || !bytes.Equal(kept, text) {
			t.Errorf("the vault keeps %.60s, %v", kept, err)
		}
	}
	if kept, err := s.vault.Document(t.Context(), service.FolderSketches, found.Sketch[7:]); err != nil || digestOf(string(kept)) != found.Sketch {
		t.Errorf("the sketch: %v", err)
	}
	s.receiptSays(sealed)
	seen := map[string]bool{}
	for _, f := range own.Fix {
		seen[f.Principle+" "+f.Table] = true
	}
	for _, place := range []string{"exclusion people.csv", "exclusion gb.csv", "exclusion lines.jsonl", "exclusion cells.xlsx#one", "exclusion cells.parquet", "exclusion notes.txt", "quality ", "consent "} {
		if !seen[place] {
			t.Errorf("nothing was found in %s: %v", place, seen)
		}
	}
}

// receiptSays: what is signed is what was told.
func (s *stack) receiptSays(sealed service.Sealed) {
	s.t.Helper()
	var envelope struct {
		Body pledge.ReceiptBody `json:"body"`
	}
	if err := json.Unmarshal(s.payload(sealed.CustodyReceipt), &envelope); err != nil {
		s.t.Fatal(err)
	}
	if !reflect.DeepEqual(envelope.Body, sealed.Receipt) {
		s.t.Errorf("signed %+v, told %+v", envelope.Body, sealed.Receipt)
	}
}

// TestSealAgainFindsTheSame, and with something else given something else.
func TestSealAgainFindsTheSame(t *testing.T) {
	s, files := newStack(t, examining), everyFormat(t)
	upload := s.uploaded("enterprise", files)
	first := s.sealWith(upload, "enterprise", given(goodDocuments, ""))
	again := s.sealWith(upload, "enterprise", given(goodDocuments, ""))
	if !reflect.DeepEqual(first.Receipt, again.Receipt) || !bytes.Equal(first.Preflight, again.Preflight) {
		t.Errorf("first %+v, then %+v", first.Receipt.Preflight, again.Receipt.Preflight)
	}
	for name, other := range map[string]service.Sealed{
		"the same upload":  as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil)),
		"the same content": s.sealWith(s.uploaded("enterprise", files), "enterprise", service.Given{}),
	} {
		p := other.Receipt.Preflight
		if p == nil || p.Consent != "" || p.Exclusion != first.Receipt.Preflight.Exclusion || p.Sketch != first.Receipt.Preflight.Sketch || other.Fingerprint != first.Fingerprint {
			t.Errorf("%s without documents: %+v", name, p)
		}
	}
}

// TestNotarizeWhatTheCustodianFound: the seal's answer is the declaration, but
// for who signs and answers for findings.
func TestNotarizeWhatTheCustodianFound(t *testing.T) {
	s := newStack(t, examining)
	sealed := s.sealWith(s.uploaded("enterprise", everyFormat(t)), "enterprise", given(goodDocuments, someExpectations))
	var told preflight.Answer
	if err := json.Unmarshal(sealed.Preflight, &told); err != nil {
		t.Fatal(err)
	}
	kid, b := s.keys["enterprise"].KID(), s.notarization("enterprise", "phones", sealed)
	b.Declaration = told.Declaration
	b.Declaration.Exclusion.SignedBy = kid
	s.submit(s.sign("enterprise", pledge.AssetNotarize, b)).want(422, "declaration_incomplete")
	for _, f := range sealed.Receipt.Preflight.Findings {
		b.Declaration.Overrides = append(b.Declaration.Overrides, pledge.Override{Finding: f, Reason: "numbers of the company's own shops", Capacity: "data protection officer", SignedBy: kid})
	}
	o := s.command("enterprise", pledge.AssetNotarize, b)
	a := as_[pledge.Asset](s.get("/v1/assets/"+o.RecordID, "enterprise"))
	if a.Preflight == nil || a.Preflight.Exclusion != sealed.Receipt.Preflight.Exclusion || len(a.Declaration.Overrides) != len(a.Preflight.Findings) || told.Result != preflight.Fail {
		t.Errorf("registered %+v", a)
	}
}

func TestBadGivenIsRefused(t *testing.T) {
	s := newStack(t, examining)
	upload := s.uploaded("enterprise", map[string]string{"a.csv": "x,y\n1,2\n"})
	seal := func(body, mime string) answer {
		return s.do(http.MethodPost, upload+"/seal", "enterprise", strings.NewReader(body), "Content-Type", mime)
	}
	for name, body := range map[string]string{
		"no JSON": `{`, "unknown": `{"consents":{}}`, "twice": `{"consent":` + goodDocuments + `,"consent":` + goodDocuments + `}`, "a list": `[]`,
		"consent": `{"consent":{"v":2}}`, "expectations": `{"expectations":{"v":1,"at_least":{"beauty":1}}}`, "no such table": `{"expectations":{"v":1,"tables":{"b.csv":{"key":["x"]}}}}`,
	} {
		if a := seal(body, "application/json"); a.status != 400 || a.code() != "malformed" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	seal(`{}`, "text/plain").want(415, "unsupported_media_type")
	seal(`{"consent":"`+strings.Repeat("x", 2<<20)+`"}`, "application/json").want(413, "too_large")
	if sealed := as_[service.Sealed](seal("", "text/plain")); sealed.Receipt.Preflight == nil {
		t.Error("what was refused stood in the way")
	}
	none := newStack(t)
	upload = none.uploaded("enterprise", map[string]string{"a.csv": "x,y\n1,2\n"})
	none.post(upload+"/seal", "enterprise", given(goodDocuments, "")).want(400, "malformed")
	if sealed := none.sealWith(upload, "enterprise", service.Given{}); sealed.Receipt.Preflight != nil || sealed.Preflight != nil {
		t.Errorf("nobody looked, and yet %s", sealed.Preflight)
	}
}

// TestSealReadsOnce: the preflight costs no second reading, neither at the
// first seal nor at one that is asked for again.
func TestSealReadsOnce(t *testing.T) {
	for _, with := range [][]func(*setup){{examining}, nil} {
		s := newStack(t, with...)
		counted := &counting{Bucket: s.bucket.Bucket}
		s.bucket.Bucket = counted
		text := "n,m\n" + strings.Repeat("1234567,abcdefg\n", 6<<20/16)
		upload := s.uploaded("enterprise", map[string]string{"a.csv": text})
		for _, seal := range []string{"first", "second"} {
			counted.read.Store(0)
			sealed := s.sealWith(upload, "enterprise", service.Given{})
			if n := counted.read.Load(); n < int64(len(text)) || n > int64(len(text))*11/10 {
				t.Errorf("%s seal: %d bytes were read of %d", seal, n, len(text))
			}
			if (sealed.Receipt.Preflight != nil) != (with != nil) {
				t.Errorf("%s seal: found %+v", seal, sealed.Receipt.Preflight)
			}
		}
	}
}

// TestSealAfterAnyFault: whatever breaks, nothing is signed that is not so, and
// who asks again is told what is.
func TestSealAfterAnyFault(t *testing.T) {
	s := newStack(t, examining)
	broken := &counting{Bucket: s.bucket.Bucket}
	s.bucket.Bucket = broken
	all := everyFormat(t)
	for n := int64(1); ; n++ {
		files := map[string]string{"cells.parquet": all["cells.parquet"], "cells.xlsx": all["cells.xlsx"], "people.csv": all["people.csv"] + strings.Repeat("13800138000\n", int(n))}
		upload := s.uploaded("enterprise", files)
		own := ownPreflight(t, files, service.Given{})
		want := must(own.Examined())(t)
		broken.failAt.Store(n)
		a := s.do(http.MethodPost, upload+"/seal", "enterprise", nil)
		reached := broken.failAt.Swap(0) <= 0
		if a.status < 300 && reached {
			t.Errorf("operation %d failed, and the answer was %d", n, a.status)
		}
		again := as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
		want.Sketch = again.Receipt.Preflight.Sketch
		if !reflect.DeepEqual(*again.Receipt.Preflight, want) || want.Sketch == "" {
			t.Errorf("operation %d: found %+v, want %+v", n, again.Receipt.Preflight, want)
		}
		if !reached {
			if n < 20 {
				t.Fatalf("only %d operations: that tests nothing", n-1)
			}
			return
		}
	}
}

// TestSealEndsWithItsCaller: who goes away leaves no pass behind, and no place taken.
func TestSealEndsWithItsCaller(t *testing.T) {
	s := newStack(t, examining)
	stuck := &counting{Bucket: s.bucket.Bucket, opened: make(chan struct{}, 1)}
	upload := s.uploaded("enterprise", map[string]string{"a.csv": "x,y\n1,2\n"})
	s.bucket.Bucket = stuck
	stuck.stuck.Store(true)
	for range runtime.GOMAXPROCS(0) + 1 {
		ctx, cancel := context.WithCancel(t.Context())
		req := must(http.NewRequestWithContext(ctx, http.MethodPost, s.server.URL+upload+"/seal", nil))(t)
		req.Header.Set("Authorization", "Bearer "+s.token("enterprise"))
		done := make(chan error, 1)
		go func() {
			resp, err := s.server.Client().Do(req)
			if err == nil {
				resp.Body.Close()
			}
			done <- err
		}()
		select {
		case <-stuck.opened:
		case <-time.After(time.Minute):
			cancel()
			<-done
			t.Fatal("a pass that was called off keeps its place")
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	stuck.stuck.Store(false)
	if sealed := s.sealWith(upload, "enterprise", service.Given{}); sealed.Receipt.Preflight == nil {
		t.Error("not examined")
	}
}

// TestClientIsToldWhatWasFound, with the reports as they were digested.
func TestClientIsToldWhatWasFound(t *testing.T) {
	s := newStack(t, examining)
	c := must(client.Dial(s.server.URL, s.keys["enterprise"], client.Options{HTTP: s.http, Now: s.clock.Now}))(t)
	u := must(c.BeginUpload(t.Context(), "a dataset"))(t)
	for path, content := range everyFormat(t) {
		if err := c.PutFile(t.Context(), u.ID, client.Source{Path: path, Size: int64(len(content)), Content: strings.NewReader(content)}); err != nil {
			t.Fatal(err)
		}
	}
	sealed := must(c.SealUpload(t.Context(), u.ID, given(oldDocuments, someExpectations)))(t)
	p, found := sealed.Preflight, sealed.Receipt.Preflight
	if !u.Preflight || p == nil || found == nil || p.Fingerprint != sealed.Fingerprint || p.Result != preflight.Fail {
		t.Fatalf("told %+v of %+v", p, found)
	}
	if digestOf(string(p.Consent)) != found.Consent || digestOf(string(p.Exclusion)) != found.Exclusion || digestOf(string(p.Quality)) != found.Quality {
		t.Error("the reports have other digests than the receipt")
	}
	var ids []string
	for _, f := range p.Fix {
		if f.Must {
			ids = append(ids, f.ID)
		}
		if f.What.ZH == "" || f.What.EN == "" {
			t.Errorf("%+v says nothing", f)
		}
	}
	if slices.Sort(ids); !slices.Equal(ids, found.Findings) || p.Declaration.Exclusion.Report != found.Exclusion {
		t.Errorf("fixes %v, findings %v", ids, found.Findings)
	}
}
