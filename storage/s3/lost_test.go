package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3"
	"github.com/datapledge/datapledge/storage/s3/s3test"
)

// between stands between driver and store.
type between func(r *http.Request) (*http.Response, error)

func (f between) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// trouble opens a bucket in memory behind a transport that makes trouble.
func trouble(t *testing.T, meddle func(r *http.Request) (*http.Response, error)) *s3.Bucket {
	t.Helper()
	server := httptest.NewServer(s3test.Handler(&inOrder{}))
	t.Cleanup(server.Close)
	return opened(t, s3.Config{Endpoint: server.URL, Insecure: true, Bucket: "bucket", AccessKey: "key", SecretKey: storage.NewSecret("secret"), Transport: between(meddle)})
}

// losing carries requests out and loses the first answers of a kind.
func losing(n int32, which func(*http.Request) bool) (func(*http.Request) (*http.Response, error), *atomic.Int32) {
	lost := new(atomic.Int32)
	return func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil && which(r) && lost.Load() < n {
			lost.Add(1)
			_ = resp.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
		return resp, err
	}, lost
}

func isPut(r *http.Request) bool {
	return r.Method == http.MethodPut && !r.URL.Query().Has("uploadId")
}
func isJoin(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
}

// What was stored before its answer got lost is the caller's own.
func TestLostAnswerOfCreate(t *testing.T) {
	meddle, lost := losing(1, isPut)
	b := trouble(t, meddle)
	for _, content := range []string{"", "mine", strings.Repeat("m", 100_000)} {
		lost.Store(0)
		key := fmt.Sprint("k", len(content))
		if err := b.Create(t.Context(), key, strings.NewReader(content)); err != nil {
			t.Errorf("%d bytes: got %v, want success", len(content), err)
		}
		if lost.Load() != 1 {
			t.Error("no answer was lost")
		}
	}
}

// Another's object stays another's, however many answers get lost.
func TestLostAnswerOfAnothersObject(t *testing.T) {
	meddle, lost := losing(1, isPut)
	b := trouble(t, meddle)
	if err := b.Create(t.Context(), "k", strings.NewReader("their")); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"mine!", "the", "theirs and more"} {
		lost.Store(0)
		if err := b.Create(t.Context(), "k", strings.NewReader(content)); !errors.Is(err, storage.ErrExist) || lost.Load() != 1 {
			t.Errorf("%q: got %v, want ErrExist", content, err)
		}
	}
}

// The same content, and no answer lost: the key is taken, as the contract says.
func TestSameContentIsTaken(t *testing.T) {
	b := trouble(t, http.DefaultTransport.RoundTrip)
	if err := b.Create(t.Context(), "k", strings.NewReader("same")); err != nil {
		t.Fatal(err)
	}
	if err := b.Create(t.Context(), "k", strings.NewReader("same")); !errors.Is(err, storage.ErrExist) {
		t.Errorf("got %v, want ErrExist", err)
	}
}

func TestLostAnswerOfComplete(t *testing.T) {
	meddle, lost := losing(1, isJoin)
	b := trouble(t, meddle)
	id, err := b.Begin(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.PutPart(t.Context(), "k", id, 1, 0, []byte("part"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Complete(t.Context(), "k", id, []storage.Part{p}); err != nil || lost.Load() != 1 {
		t.Errorf("got %v after %d lost answers, want success after one", err, lost.Load())
	}
}

// A conflict decides nothing: the same request again does.
func TestConflictIsTriedAgain(t *testing.T) {
	for name, which := range map[string]func(*http.Request) bool{"create": isPut, "complete": isJoin} {
		t.Run(name, func(t *testing.T) {
			var refused atomic.Int32
			b := trouble(t, func(r *http.Request) (*http.Response, error) {
				if which(r) && refused.Add(1) <= 3 {
					return answer(r, http.StatusConflict, "ConditionalRequestConflict"), nil
				}
				return http.DefaultTransport.RoundTrip(r)
			})
			n := 4
			if name == "complete" {
				n = 17 << 20
			}
			if err := b.Create(t.Context(), "k", bytes.NewReader(make([]byte, n))); err != nil || refused.Load() != 4 {
				t.Errorf("got %v after %d requests, want success with the fourth", err, refused.Load())
			}
		})
	}
}

// A store that always says conflict is not asked for ever.
func TestConflictEnds(t *testing.T) {
	b := trouble(t, func(r *http.Request) (*http.Response, error) {
		return answer(r, http.StatusConflict, "ConditionalRequestConflict"), nil
	})
	if err := b.Create(t.Context(), "k", strings.NewReader("x")); err == nil || errors.Is(err, storage.ErrExist) {
		t.Errorf("got %v, want a fault", err)
	}
}

func answer(r *http.Request, status int, code string) *http.Response {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	body := fmt.Sprintf("<Error><Code>%s</Code><Message>made up</Message></Error>", code)
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/xml"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// A store that stores something else than it was given is caught at once.
func TestWrongContentIsNoticed(t *testing.T) {
	for _, size := range []int{5, 100_000} {
		for name, change := range map[string]func([]byte) []byte{
			"flipped":   func(p []byte) []byte { p[len(p)-1] ^= 1; return p },
			"truncated": func(p []byte) []byte { return p[:len(p)-1] },
			"longer":    func(p []byte) []byte { return append(p, 0) },
		} {
			b := trouble(t, func(r *http.Request) (*http.Response, error) {
				if isPut(r) {
					content, err := io.ReadAll(r.Body)
					if err != nil {
						return nil, err
					}
					content = change(content)
					r = r.Clone(r.Context())
					r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
				}
				return http.DefaultTransport.RoundTrip(r)
			})
			err := b.Create(t.Context(), "k", strings.NewReader(strings.Repeat("x", size)))
			if !errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("%s, %d bytes: got %v, want ErrCorrupt", name, size, err)
			}
		}
	}
}

// A connection that breaks in the middle of an object is no damage to it.
func TestBrokenReadIsNoDamage(t *testing.T) {
	var cut atomic.Bool
	b := trouble(t, func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil && cut.Load() && r.Method == http.MethodGet {
			resp.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(io.LimitReader(resp.Body, 3), brokenOff{}), resp.Body}
		}
		return resp, err
	})
	if err := b.Create(context.Background(), "k", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	cut.Store(true)
	r, err := b.Open(t.Context(), "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if !errors.Is(err, storage.ErrUnavailable) || errors.Is(err, io.ErrUnexpectedEOF) || string(got) != "con" {
		t.Errorf("got %q, %v, want ErrUnavailable", got, err)
	}
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
