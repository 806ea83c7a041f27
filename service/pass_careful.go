package service

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
)

// errFaulty is a fault of whoever examines. What it says may quote the data.
var errFaulty = errors.New("a fault while examining")

// careful stands between a vault, whose goroutines read the files, and an
// examination: its fault ends the pass, and not the service.
type careful struct {
	Examination
	log *slog.Logger

	mu  sync.Mutex
	err error
}

// faulted notes what kind of fault there was, and where; what the fault says
// is left out.
func (c *careful) faulted() {
	if r := recover(); r != nil {
		c.log.Error("a fault while examining what is sealed", "kind", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
		c.mu.Lock()
		defer c.mu.Unlock()
		c.err = errFaulty
	}
}

func (c *careful) fault() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *careful) Beside(path string, size int64) io.WriteCloser {
	defer c.faulted() // nil: nobody reads along
	if w := c.Examination.Beside(path, size); w != nil {
		return &carefulWriter{c, w}
	}
	return nil
}

func (c *careful) Later() (paths []string) {
	defer c.faulted()
	return c.Examination.Later()
}

func (c *careful) At(path string, content io.ReaderAt) (err error) {
	defer func() { err = errors.Join(err, c.fault()) }()
	defer c.faulted()
	return c.Examination.At(path, content)
}

// Report is of a pass without a fault.
func (c *careful) Report(fingerprint string) (found Examined, err error) {
	if err := c.fault(); err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, c.fault()) }()
	defer c.faulted()
	return c.Examination.Report(fingerprint)
}

// carefulWriter does not fail the reading.
type carefulWriter struct {
	c *careful
	w io.WriteCloser
}

func (w *carefulWriter) Write(b []byte) (n int, err error) {
	n = len(b)
	defer w.c.faulted()
	_, _ = w.w.Write(b)
	return n, nil
}

func (w *carefulWriter) Close() error {
	defer w.c.faulted()
	return w.w.Close()
}

var _ Examination = (*careful)(nil)
