package browser_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

func TestFilesAndFoldersAreHashedHere(t *testing.T) {
	for name, withChecker := range map[string]bool{"with the checker": true, "by the browser": false} {
		t.Run(name, func(t *testing.T) { hashed(t, serve(t, withChecker)) })
	}
}

func hashed(t *testing.T, s *server) {
	same := folder(t, "birds", dataset)
	changed := maps.Clone(dataset)
	changed["a.csv"] = "id,n\n1,3\n"
	altered := folder(t, "birds", changed)
	b := open(t, s)
	for _, c := range []struct{ name, input, path, want, local string }{
		{"file", "#file", filepath.Join(same, "a.csv"), "✓ 一致", "a.csv"},
		{"file-altered", "#file", filepath.Join(altered, "a.csv"), "○ 未存证", "a.csv"},
		{"folder", "#folder", same, "✓ 一致", "6 个文件"},
		{"folder-altered", "#folder", altered, "○ 未存证", "6 个文件"},
	} {
		b.fresh(s, "lang=zh")
		b.do(chromedp.SetUploadFiles(c.input, []string{c.path}, chromedp.ByQuery))
		if got := b.text(shownVerdict); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if got := b.text("#local"); !strings.Contains(got, c.local) {
			t.Errorf("%s: got %q, want %s in it", c.name, got, c.local)
		}
		b.shot("files-" + c.name)
	}
	b.quiet(s)
}

// fresh opens the page anew, ready for files.
func (b *tab) fresh(s *server, query string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.url+"/verify?"+query), chromedp.WaitVisible("#files", chromedp.ByQuery))
}

// The fingerprint of a dropped folder is that of the ledger, and the page says
// of a single file that the others were not compared.
func TestDroppedFolder(t *testing.T) {
	s := serve(t, true)
	files := maps.Clone(dataset)
	delete(files, "caf\u00e9.csv")
	files["cafe\u0301.csv"] = dataset["caf\u00e9.csv"] // as a Mac spells it
	dir := folder(t, "birds", files)
	b := open(t, s)
	b.fresh(s, "lang=en")
	b.drop("#files", dir)
	if got := b.text("#result .digest"); got != s.fingerprint {
		t.Errorf("got %q, want %s", got, s.fingerprint)
	}
	if got := b.text(shownVerdict + " + .meaning"); !strings.Contains(got, "has not changed since") {
		t.Errorf("got %q", got)
	}
	b.fresh(s, "lang=en")
	b.drop("#files", filepath.Join(dir, "a.csv"))
	if got := b.text(shownVerdict + " + .meaning"); !strings.Contains(got, "other files of it were not compared") {
		t.Errorf("got %q", got)
	}
	b.quiet(s)
}

// drop lets files of this machine fall onto an element.
func (b *tab) drop(selector string, paths ...string) {
	b.t.Helper()
	var x, y float64
	b.eval(`document.querySelector("`+selector+`").scrollIntoView({block: "center"})`, nil)
	b.eval(`(() => { const r = document.querySelector("`+selector+`").getBoundingClientRect(); return r.x + r.width / 2 })()`, &x)
	b.eval(`(() => { const r = document.querySelector("`+selector+`").getBoundingClientRect(); return r.y + 8 })()`, &y)
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{input.DragEnter, input.DragOver, input.Drop} {
		b.do(chromedp.ActionFunc(input.DispatchDragEvent(kind, x, y, data).Do))
	}
}

// A path that no manifest can hold is told, not hashed into something else.
func TestPathsThatNoManifestHolds(t *testing.T) {
	s := serve(t, false)
	b := open(t, s)
	for name, files := range map[string]map[string]string{"turned": {"a\u202eb": "x", "c": "y"}, "invisible": {"a\u200bb": "x", "c": "y"}} {
		b.fresh(s, "lang=en")
		b.do(chromedp.SetUploadFiles("#folder", []string{folder(t, "d", files)}, chromedp.ByQuery))
		if got := b.text("#trouble"); !strings.Contains(got, "cannot stand in a manifest") || !strings.Contains(got, "a[U+20") {
			t.Errorf("%s: got %q", name, got)
		}
	}
	b.quiet(s)
}

// What is too large for the browser's own hash goes piece by piece through
// the checker; without it the page says what to type instead.
func TestLargeFile(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.bin")
	f := must(os.Create(large))(t)
	for checked, size := range map[bool]int64{true: 65<<20 + 1, false: 256<<20 + 1} {
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		s := serve(t, checked)
		b := open(t, s)
		b.fresh(s, "lang=en")
		b.do(chromedp.SetUploadFiles("#file", []string{large}, chromedp.ByQuery))
		if checked {
			h := sha256.New()
			must(io.CopyN(h, zeros{}, size))(t)
			if got, want := b.text("#result .digest"), fmt.Sprintf("sha256:%x", h.Sum(nil)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		} else if got := b.text("#trouble"); !strings.Contains(got, "sha256sum large.bin") {
			t.Errorf("got %q, want what to type", got)
		}
		b.quiet(s)
	}
	must(f, f.Close())(t)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A large file can be given up while it is read; nothing is looked up then.
func TestReadingCanBeCancelled(t *testing.T) {
	s := serve(t, true)
	large := filepath.Join(t.TempDir(), "large")
	f := must(os.Create(large))(t)
	if err := f.Truncate(40 << 30); err != nil { // a hole; reading all of it would take minutes
		t.Skip("no file of this size can be made here:", err)
	}
	must(f, f.Close())(t)
	b := open(t, s)
	b.fresh(s, "lang=en")
	b.do(chromedp.SetUploadFiles("#file", []string{large}, chromedp.ByQuery), chromedp.WaitVisible("#bar[value]", chromedp.ByQuery))
	b.shot("progress-en")
	b.do(chromedp.Click("#cancel", chromedp.ByQuery))
	if got := b.text("#trouble"); !strings.Contains(got, "Cancelled") {
		t.Errorf("got %q", got)
	}
	requests, _ := s.asked()
	for _, r := range requests[1:] {
		if r == "GET /verify" {
			t.Errorf("it was looked up all the same: %v", requests)
		}
	}
	b.quiet(s)
}
