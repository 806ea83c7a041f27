package browser_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// Against a certificate, other content differs; it is not just unknown.
func TestFilesAgainstACertificate(t *testing.T) {
	s := serve(t, true)
	dir := folder(t, "birds", map[string]string{"a.csv": dataset["a.csv"], "other.csv": "other\n"})
	b := open(t, s)
	for file, want := range map[string]string{"a.csv": "✓ Matches", "other.csv": "✗ Does not match"} {
		b.fresh(s, "lang=en&number="+s.number)
		before := b.text(shownVerdict)
		b.do(chromedp.SetUploadFiles("#file", []string{filepath.Join(dir, file)}, chromedp.ByQuery), chromedp.WaitVisible("#local", chromedp.ByQuery))
		if got := b.text(shownVerdict); before != "✓ On record" || got != want {
			t.Errorf("%s: got %q, then %q, want %q", file, before, got, want)
		}
		b.shot("against-" + file)
	}
	b.quiet(s)
}
