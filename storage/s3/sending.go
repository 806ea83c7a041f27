package s3

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// sending is the body of a request for one sending of it. A transport may
// still read when RoundTrip has returned or an answer came early. minio-go
// rewinds the same reader for the next sending, from which such a read would
// take bytes: so it is cut off.
type sending struct {
	io.ReadCloser // in memory: a read never waits

	mu   sync.Mutex
	over bool
}

var errOver = errors.New("this sending of the request is over")

func (s *sending) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return 0, errOver
	}
	return s.ReadCloser.Read(p)
}

func (s *sending) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

// send sends r once: its body is read no more after an error, nor after the
// answer was closed.
func send(over http.RoundTripper, r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return over.RoundTrip(r)
	}
	s := &sending{ReadCloser: r.Body}
	r = r.WithContext(r.Context()) // a copy: the caller's is not ours to change
	r.Body = s
	resp, err := over.RoundTrip(r)
	if err != nil {
		s.end()
		return nil, err
	}
	resp.Body = &lastWord{resp.Body, s}
	return resp, nil
}

// lastWord is the body of an answer, which ends the sending when it is closed.
type lastWord struct {
	io.ReadCloser
	sending *sending
}

func (w *lastWord) Close() error {
	w.sending.end()
	return w.ReadCloser.Close()
}
