package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const shownVerdict = "#result .verdict .word"

func TestLookUpWithoutScripts(t *testing.T) {
	s := serve(t, false)
	b := open(t, s, emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/verify?lang=zh"))
	b.do(chromedp.SendKeys("#number", strings.ToUpper(s.fingerprint), chromedp.ByQuery), chromedp.Submit("#number", chromedp.ByQuery))
	if got := b.text(shownVerdict); got != "✓ 一致" {
		t.Errorf("got %q", got)
	}
	if got := b.text("#result .cards"); !strings.Contains(got, s.number) {
		t.Errorf("got %q, want the number", got)
	}
	b.do(chromedp.WaitNotVisible("#files", chromedp.ByQuery), chromedp.WaitVisible("noscript p", chromedp.ByQuery))
	b.shot("digest-zh")
	b.quiet(s)
}

// A hostile number is text, and the page runs nothing of it.
func TestHostileNumberIsText(t *testing.T) {
	s := serve(t, false)
	b := open(t, s, chromedp.Navigate(s.url+"/verify?number=%3Cscript%3Edocument.title%3D%27owned%27%3C/script%3E%22%3E%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D%27owned%27%3E&lang=en"))
	b.text(shownVerdict)
	var title string
	var images int
	b.do(chromedp.Title(&title))
	b.eval("document.images.length", &images)
	if strings.Contains(title, "owned") || images != 0 {
		t.Errorf("got the title %q and %d images", title, images)
	}
	b.shot("hostile-en")
}

// On a phone nothing is cut off, in any state of the page, in either language.
func TestPhoneWidth(t *testing.T) {
	s := serve(t, true)
	overridden, _ := s.notarize(t, s.owner, "网点", map[string]string{"branches.csv": hotlines()})
	b := open(t, s)
	b.do(b.size(390, 844))
	for name, query := range map[string]string{"form": "", "match": "digest=" + s.fingerprint, "none": "digest=sha256:" + digest("?"),
		"missing": "number=N-AAAAAAAAAAAAAAAAAAAAAAAAAA", "unclear": "number=" + strings.Repeat("M", 150), "record": "number=" + s.number, "overridden": "number=" + numberOf(overridden),
		"differs": "number=" + s.number + "&digest=sha256:" + digest("?")} {
		for _, lang := range []string{"zh", "en"} {
			b.do(chromedp.Navigate(s.url+"/verify?lang="+lang+"&"+query), chromedp.WaitVisible("h1", chromedp.ByQuery))
			var width, language any
			b.eval("document.documentElement.scrollWidth", &width)
			b.eval("document.documentElement.lang.slice(0, 2)", &language)
			if width != 390.0 || language != lang {
				t.Errorf("%s: the page is %v wide in %v, want 390 in %s", name, width, language, lang)
			}
			b.shot("phone-" + name + "-" + lang)
		}
	}
}

// What a reader without eyes for it needs: every control has a name, every
// heading its level, and the keyboard gets everywhere.
func TestControlsHaveNames(t *testing.T) {
	s := serve(t, true)
	b := open(t, s, chromedp.Navigate(s.url+"/verify?lang=en"), chromedp.WaitVisible("#files", chromedp.ByQuery))
	var nameless []string
	b.eval(`Array.from(document.querySelectorAll("input:not([type=hidden]), button")).filter((e) =>
		!(e.labels && Array.from(e.labels).some((l) => l.textContent.trim())) && !e.textContent.trim()).map((e) => e.outerHTML)`, &nameless)
	if len(nameless) > 0 {
		t.Errorf("nameless: %v", nameless)
	}
	var unreachable []string
	b.eval(`Array.from(document.querySelectorAll("input:not([type=hidden]), button, a, summary")).filter((e) => e.tabIndex < 0 ||
		getComputedStyle(e).display === "none" && !e.closest("[hidden]")).map((e) => e.outerHTML)`, &unreachable)
	if len(unreachable) > 0 {
		t.Errorf("out of the keyboard's reach: %v", unreachable)
	}
	b.quiet(s)
}
