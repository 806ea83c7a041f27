package browser_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/datapledge/datapledge/internal/needs"
)

// patience ends a test that hangs; nothing waits for it otherwise.
const patience = 3 * time.Minute

var browser struct {
	once  sync.Once
	ctx   context.Context
	close func()
	err   error
}

// chromium starts one browser for all tests. It can reach nothing but this machine.
func chromium() (context.Context, error) {
	browser.once.Do(func() {
		path, err := find()
		if err != nil {
			browser.err = err
			return
		}
		alloc, end := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.NoFirstRun,
			chromedp.Flag("headless", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
			chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
			chromedp.WSURLReadTimeout(2*time.Minute))
		ctx, stop := chromedp.NewContext(alloc)
		browser.ctx, browser.err = ctx, chromedp.Run(ctx)
		browser.close = func() { stop(); end() }
	})
	return browser.ctx, browser.err
}

func closeBrowser() {
	if browser.close != nil {
		browser.close()
	}
}

var errNoBrowser = errors.New("no chromium was found")

func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// tab is a page in a browser. What it complains of is kept.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	strangers  []string // requests to anybody but the server
}

func open(t *testing.T, s *server, actions ...chromedp.Action) *tab {
	t.Helper()
	parent, err := chromium()
	if errors.Is(err, errNoBrowser) {
		needs.Missing(t, "chromium", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := chromedp.NewContext(parent)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) { b.note(s, event) })
	b.do(append([]chromedp.Action{log.Enable(), runtime.Enable(), network.Enable(), b.size(1200, 900)}, actions...)...)
	return b
}

func (b *tab) note(s *server, event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console %s: %v", e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Error())
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, s.url+"/") && !strings.HasPrefix(e.Request.URL, "blob:"+s.url+"/") || e.Request.HasPostData {
			b.strangers = append(b.strangers, e.Request.Method+" "+e.Request.URL)
		}
	}
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatalf("in the browser: %v; it complained of %v", err, b.complaints)
	}
}

func (b *tab) size(width, height int64) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(width, height, 1, width < 500)
}

// text is what an element shows; it waits for the element.
func (b *tab) text(selector string) string {
	b.t.Helper()
	var s string
	b.do(chromedp.Text(selector, &s, chromedp.ByQuery, chromedp.NodeVisible))
	return strings.Join(strings.Fields(s), " ")
}

func (b *tab) eval(script string, into any) {
	b.t.Helper()
	b.do(chromedp.Evaluate(script, into))
}

// quiet fails the test unless the page went without complaint, and nothing
// was sent to anybody.
func (b *tab) quiet(s *server) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		b.t.Errorf("the browser complains: %v", b.complaints)
	}
	if len(b.strangers) > 0 {
		b.t.Errorf("the page spoke to others, or sent something: %v", b.strangers)
	}
	if _, uploads := s.asked(); len(uploads) > 0 {
		b.t.Errorf("the page sent something: %v", uploads)
	}
}

// shot leaves a picture of the whole page where it is asked for, for people to look at.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("DATAPLEDGE_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.do(chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
