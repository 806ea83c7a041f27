package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// stuckServer answers with more than any buffer holds, and tells when it was
// let go.
func stuckServer(t *testing.T, writing time.Duration, begin func(*httptest.Server)) (url string, c *http.Client, ended <-chan error) {
	t.Helper()
	done := make(chan error, 1)
	s := httptest.NewUnstartedServer(nil)
	s.Config = listening{}.server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		some, err := make([]byte, 1<<20), error(nil)
		for range 256 {
			if _, err = w.Write(some); err != nil {
				break
			}
		}
		done <- err
	}))
	s.Config.WriteTimeout = min(s.Config.WriteTimeout, writing) // none stays none
	begin(s)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL, s.Client(), done
}

// TestStuckClient: who takes nothing of an answer is let go, also where HTTP/2
// holds it back by its window.
func TestStuckClient(t *testing.T) {
	for proto, begin := range map[string]func(*httptest.Server){
		"HTTP/1.1": (*httptest.Server).Start,
		"HTTP/2.0": func(s *httptest.Server) {
			s.EnableHTTP2 = true
			s.StartTLS()
		},
	} {
		url, c, ended := stuckServer(t, 100*time.Millisecond, begin)
		res, err := c.Get(url)
		if err != nil || res.Proto != proto {
			t.Fatal(proto, err)
		}
		select {
		case err = <-ended:
		case <-time.After(time.Minute):
			t.Errorf("%s: it is held for ever", proto)
			err = http.ErrHandlerTimeout
		}
		if err == nil {
			t.Errorf("%s: all of it was taken", proto)
		}
		_ = res.Body.Close()
	}
}

// TestLongDelivery: the limit of writing begins with the reading of a body.
func TestLongDelivery(t *testing.T) {
	s := listening{}.server(http.NotFoundHandler())
	if s.HTTP2 == nil || s.HTTP2.WriteByteTimeout == 0 {
		t.Error("a connection of HTTP/2 that takes no bytes is held for ever")
	}
	if s.ReadTimeout < time.Minute || s.WriteTimeout < s.ReadTimeout+time.Minute {
		t.Errorf("a delivery may take %s, and its receipt comes within %s of its beginning", s.ReadTimeout, s.WriteTimeout)
	}
}

// TestLargeHead is refused.
func TestLargeHead(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.Config = listening{}.server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Start()
	defer s.Close()
	for size, want := range map[int]bool{8 << 10: true, 256 << 10: false} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Large", strings.Repeat("x", size))
		res, err := s.Client().Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		if taken := err == nil && res.StatusCode == http.StatusOK; taken != want {
			t.Errorf("%d bytes: taken is %v, %v", size, taken, err)
		}
	}
}
