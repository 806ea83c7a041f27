package rest_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// faulty examines, and panics at one point with what it read.
type faulty struct {
	preflight.Examiner
	at string // "": nowhere
	// slow.csv waits until release is closed, and says so.
	arrived, release chan struct{}
}

type faultyPass struct {
	service.Examination
	f *faulty
}

type faultyWriter struct {
	io.WriteCloser
	f *faulty
}

func (f *faulty) panics(at string) {
	if f.at == at {
		panic("13800138000")
	}
}

func (f *faulty) Begin(ctx context.Context, g service.Given) (service.Examination, error) {
	x, err := f.Examiner.Begin(ctx, g)
	return faultyPass{x, f}, err
}

func (p faultyPass) Beside(path string, size int64) io.WriteCloser {
	p.f.panics("beside")
	if path == "slow.csv" {
		p.f.arrived <- struct{}{}
		<-p.f.release
	}
	return faultyWriter{p.Examination.Beside(path, size), p.f}
}

func (p faultyPass) Later() []string { p.f.panics("later"); return p.Examination.Later() }

func (p faultyPass) At(path string, content io.ReaderAt) error {
	p.f.panics("at")
	return p.Examination.At(path, content)
}

func (p faultyPass) Report(fingerprint string) (service.Examined, error) {
	p.f.panics("report")
	return p.Examination.Report(fingerprint)
}

func (w faultyWriter) Write(b []byte) (int, error) {
	w.f.panics("write")
	return w.WriteCloser.Write(b)
}

func (w faultyWriter) Close() error {
	err := w.WriteCloser.Close()
	w.f.panics("close")
	return err
}

// TestSealAfterAFaultOfTheExaminer: the fault of whoever reads along, in a
// goroutine of the vault, does not end the service, nothing is signed, and
// nobody is told what it said.
func TestSealAfterAFaultOfTheExaminer(t *testing.T) {
	f := &faulty{}
	s := newStack(t, func(s *setup) { s.service.Examiner = f })
	files := map[string]string{"people.csv": "phone\n13800138000\n", "cells.parquet": everyFormat(t)["cells.parquet"]}
	for _, at := range []string{"beside", "write", "close", "later", "at", "report"} {
		upload := s.uploaded("enterprise", files)
		f.at = at
		a := s.do(http.MethodPost, upload+"/seal", "enterprise", nil)
		if a.status != http.StatusInternalServerError || strings.Contains(string(a.body), "13800138000") {
			t.Errorf("%s: got %d %s", at, a.status, a.body)
		}
		f.at = ""
		if sealed := s.sealWith(upload, "enterprise", service.Given{}); sealed.Receipt.Preflight == nil {
			t.Errorf("%s: not examined when sealed again", at)
		}
	}
	if log := s.logs.String(); strings.Contains(log, "13800138000") || !strings.Contains(log, "a fault while examining what is sealed") {
		t.Errorf("the log says %s", log)
	}
}

// TestSealTakesNullForNothing, also where nobody examines.
func TestSealTakesNullForNothing(t *testing.T) {
	for _, s := range []*stack{newStack(t), newStack(t, examining)} {
		upload := s.uploaded("enterprise", map[string]string{"a.csv": "x,y\n1,2\n"})
		s.post(upload+"/seal", "enterprise", map[string]any{"consent": nil, "expectations": nil}).want(http.StatusOK, "")
	}
}

// TestSealsOfOnePartyLeaveRoom: however many of its datasets are examined,
// another's is, too.
func TestSealsOfOnePartyLeaveRoom(t *testing.T) {
	room := max(2, runtime.GOMAXPROCS(0))
	f := &faulty{arrived: make(chan struct{}, 2*room), release: make(chan struct{})}
	s := newStack(t, func(s *setup) { s.service.Examiner = f })
	done := make(chan int, room+2)
	for range room + 1 {
		s.sealInBackground(s.uploaded("enterprise", map[string]string{"slow.csv": "x,y\n1,2\n"}), "enterprise", done)
	}
	for range room / 2 {
		<-f.arrived // as many as may are at it
	}
	other := make(chan int, 1)
	s.sealInBackground(s.uploaded("enterprise2", map[string]string{"quick.csv": "x,y\n1,2\n"}), "enterprise2", other)
	select {
	case status := <-other:
		other <- status
	case <-time.After(time.Minute):
		t.Error("one party's datasets keep another's from being examined")
	}
	close(f.release)
	done <- <-other
	for range room + 2 {
		if status := <-done; status != http.StatusOK {
			t.Errorf("got %d", status)
		}
	}
}

func (s *stack) sealInBackground(upload, as string, done chan<- int) {
	s.t.Helper()
	req := must(http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.URL+upload+"/seal", nil))(s.t)
	req.Header.Set("Authorization", "Bearer "+s.token(as))
	go func() {
		status := 0
		if resp, err := s.server.Client().Do(req); err == nil {
			status = resp.StatusCode
			resp.Body.Close()
		}
		done <- status
	}()
}
