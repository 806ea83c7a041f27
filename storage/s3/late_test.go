package s3_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// lateReader breaks the first sending of an object off and reads on from its
// body while the second is under way, as a net/http transport may.
type lateReader struct {
	which func(*http.Request) bool
	first *http.Request
	done  bool
	got   int
	err   error
}

func (l *lateReader) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case !l.which(r):
	case l.first == nil:
		l.first = r
		return nil, io.ErrUnexpectedEOF
	case !l.done:
		l.got, l.err = l.first.Body.Read(make([]byte, 3))
		l.done = true
	}
	return http.DefaultTransport.RoundTrip(r)
}

// TestLateReadOfBrokenSending: what still reads for a sending that is over
// gets nothing of the body that the next one sends.
func TestLateReadOfBrokenSending(t *testing.T) {
	for name, which := range map[string]func(*http.Request) bool{"create": isPut, "complete": isJoin} {
		t.Run(name, func(t *testing.T) {
			l := &lateReader{which: which}
			b := trouble(t, l.RoundTrip)
			content := bytes.Repeat([]byte("content"), 10)
			if name == "complete" {
				content = make([]byte, 17<<20)
			}
			if err := b.Create(t.Context(), "k", bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
			if !l.done || l.got > 0 || l.err == nil {
				t.Errorf("the broken sending read %d bytes, %v, want an error", l.got, l.err)
			}
		})
	}
}

// TestRefusedSendingIsOver: an answer that is done with ends its sending, too.
func TestRefusedSendingIsOver(t *testing.T) {
	var first *http.Request
	var late error
	b := trouble(t, func(r *http.Request) (*http.Response, error) {
		switch {
		case !isPut(r):
		case first == nil:
			first = r
			return answer(bodiless(r), http.StatusServiceUnavailable, "SlowDown"), nil
		case late == nil:
			_, late = first.Body.Read(make([]byte, 3))
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	if err := b.Create(t.Context(), "k", bytes.NewReader([]byte("content"))); err != nil {
		t.Fatal(err)
	}
	if late == nil {
		t.Error("the refused sending could still read")
	}
}

// bodiless lets an answer come before the body is read.
func bodiless(r *http.Request) *http.Request {
	r = r.WithContext(r.Context())
	r.Body = nil
	return r
}
