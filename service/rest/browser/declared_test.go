package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// hotlines is a table with telephone numbers, which a person has to answer for.
func hotlines() string {
	var b strings.Builder
	b.WriteString("branch,secret_column\n")
	for i := range 300 {
		fmt.Fprintf(&b, "b%d,138%08d\n", i, 7919*i)
	}
	return b.String()
}

// Whoever looks a dataset up learns what was let through, why and on whose
// word, but not where it is: on a phone as well, and without scripts.
func TestOverridesAreShown(t *testing.T) {
	s := serve(t, false)
	files := map[string]string{"branches.csv": hotlines()}
	asset, fingerprint := s.notarize(t, s.owner, "网点", files)
	s.forget()
	for lang, want := range map[string][]string{
		"zh": {"例外说明 1", "移动电话号码（敏感数据排除；exclusion/mobile-phone/", "公开的客服热线 <b>hotline</b>", "王五", s.owner.KID(), "预检有 1 项问题由签署人说明并负责"},
		"en": {"Override 1", "mobile phone number (Exclusion of sensitive data; exclusion/mobile-phone/", "hotline", "王五", "OVERRIDDEN: findings of the preflight that a person answers for: 1", "came to the reports that are declared"},
	} {
		b := open(t, s, emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/verify?lang="+lang+"&number="+numberOf(asset)))
		page := b.text("#result")
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("in %s %q is not in %s", lang, w, page)
			}
		}
		if strings.Contains(page, "secret_column") || strings.Contains(page, "branches.csv") {
			t.Errorf("in %s the page tells where it is: %s", lang, page)
		}
		b.shot("override-" + lang)
		b.do(b.size(360, 740), chromedp.Navigate(s.url+"/verify?lang="+lang+"&digest="+fingerprint))
		if got := b.text("#result .verdict .warning"); !strings.Contains(got, numberOf(asset)) || !strings.Contains(got, "1") {
			t.Errorf("in %s the warning is %q", lang, got)
		}
		b.shot("override-match-" + lang)
		b.quiet(s)
	}
}
