package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows progress on a terminal, once something takes over a second.
type bar struct {
	mu    sync.Mutex
	w     io.Writer
	what  string
	total int64
	done  int64
	start time.Time
	shown *progressbar.ProgressBar
}

// progress starts a bar over a total of bytes; nil, which is fine to use,
// when nobody is watching.
func (a *app) progress(what string, total int64) *bar {
	a.progressDone()
	if f, ok := a.stderr.(*os.File); !ok || a.json || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	a.bar = &bar{w: a.stderr, what: what, total: total, start: time.Now()}
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
	b.done += n
	if b.shown == nil {
		if time.Since(b.start) < time.Second {
			return
		}
		b.shown = progressbar.NewOptions64(b.total, progressbar.OptionSetWriter(b.w), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(b.what), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
	}
	_ = b.shown.Set64(b.done)
}

func (b *bar) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown != nil {
		_ = b.shown.Finish()
	}
}
