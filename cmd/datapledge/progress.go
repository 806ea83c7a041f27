package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// patience is how long something may take without a bar.
const patience = time.Second

// bar shows progress on a terminal, once something takes over a second.
type bar struct {
	mu    sync.Mutex
	shown *progressbar.ProgressBar
}

// late is a terminal that nothing reaches before its time: the bar measures
// from the start, and shows itself only when it is worth a look.
type late struct {
	w     io.Writer
	after time.Time
}

func (l late) Write(p []byte) (int, error) {
	if time.Now().Before(l.after) {
		return len(p), nil
	}
	return l.w.Write(p)
}

// progress starts a bar over a total of bytes; nil, which is fine to use,
// when nobody is watching.
func (a *app) progress(what string, total int64) *bar {
	a.progressDone()
	if f, ok := a.stderr.(*os.File); !ok || a.json || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	a.bar = &bar{shown: progressbar.NewOptions64(total, progressbar.OptionSetWriter(late{a.stderr, time.Now().Add(patience)}),
		progressbar.OptionShowBytes(true), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
	return a.bar
}

func (a *app) progressDone() {
	if a.bar != nil {
		a.bar.finish()
		a.bar = nil
	}
}

// add tells that n more bytes are done.
func (b *bar) add(n int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.shown.Add64(n)
}

func (b *bar) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.shown.Finish()
}
