package certificate

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/signintech/gopdf"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// PreflightPage prints a preflight as a PDF of one A4 page, in "zh" or "en";
// fontFiles come before the fonts in well-known places. What does not fit is
// counted, and the page says which report holds it. Overrides are those that a
// declaration carries, if any. The page bears no signature and no time: the
// same preflight gives the same bytes with the same fonts. The error is a
// *service.Trouble when there is no font, or none for a character.
func PreflightPage(p preflight.Preflight, lang string, fontFiles []string, overrides []pledge.Override) ([]byte, error) {
	if lang != "zh" && lang != "en" {
		return nil, fmt.Errorf("printing a preflight: %q is neither zh nor en", lang)
	}
	chain, err := findFonts(fontFiles)
	if err != nil {
		return nil, err
	}
	out, err := layOutPreflight(chain, p, lang, overrides)
	if err != nil {
		return nil, fmt.Errorf("printing a preflight: %w", err)
	}
	return out, nil
}

// sheet is the one page of a preflight while it is filled.
type sheet struct {
	flow
	p         preflight.Preflight
	overrides []pledge.Override
	boxed     []line // what stands in the box below the title
	cut       bool   // something was too long for its place
}

func layOutPreflight(chain *chain, p preflight.Preflight, lang string, overrides []pledge.Override) ([]byte, error) {
	s := &sheet{flow: flow{chain: chain, lang: lang}, p: p, overrides: overrides}
	if err := s.fill(); err != nil {
		return nil, err
	}
	title := wordPreflight.In(lang)
	k := newInk(chain, gopdf.PdfInfo{Title: title + " " + visible(p.Fingerprint), Subject: visible(s.result().In(lang)),
		Creator: "datapledge", CreationDate: time.Time{}})
	k.page()
	s.drawTop(k)
	k.lines(s.lines, s.top())
	k.surround(p.Fingerprint, "1 / 1", style{size: 7.4, mono: true, tint: grey})
	pages, err := k.bytes()
	if err != nil {
		return nil, err
	}
	return finish(pages, lang)
}

// finish makes the text of a file right to copy, and names its language.
func finish(pages []byte, lang string) ([]byte, error) {
	f, err := parse(pages)
	if err != nil {
		return nil, err
	}
	if !catalog.Match(f.objects[0]) {
		return nil, errLayout
	}
	f.mendUnicode()
	f.objects[0] = fmt.Appendf(nil, "<<\n/Type /Catalog\n/Pages 2 0 R\n/Lang (%s)\n/ViewerPreferences << /DisplayDocTitle true >>\n>>", language[lang])
	id := sha256.Sum256(pages)
	return f.write(id[:16]), nil
}

// fill sets all that is always there, then what was found in the room that is
// left between.
func (s *sheet) fill() error {
	s.head()
	s.consent()
	s.exclusion()
	s.quality()
	above := s.lines
	s.lines = nil
	s.digests()
	s.limits()
	below := s.lines
	s.lines = nil
	s.findings(sheetEnd - s.top() - height(above) - height(below))
	if !s.cut {
		below = below[:len(below)-1] // the note on what was left out
	}
	s.lines = slices.Concat(above, s.lines, below)
	if s.err == nil && s.top()+height(s.lines) > sheetEnd+0.01 {
		return errOnePage
	}
	return s.err
}

var errOnePage = fmt.Errorf("internal error: more than fits on the one page: %w", errTooLong)

// result is the first thing that anybody wants to know.
func (s *sheet) result() service.Text {
	if s.p.Passed() {
		return service.Text{ZH: "通过：三项原则均无须整改的问题", EN: "PASS: nothing has to be fixed under any of the three principles"}
	}
	must, _ := s.count()
	return both("不通过：须整改 %d 项", "FAIL: things that have to be fixed: %d", must)
}

// count tells what must be fixed from what a person should look at: all that
// was found, listed or not.
func (s *sheet) count() (must, look int) {
	must, look = s.p.Exclusion.All.Findings, s.p.Exclusion.All.Looks
	for _, f := range s.p.Fix {
		switch {
		case f.Principle == "exclusion":
		case f.Must:
			must++
		default:
			look++
		}
	}
	return must, look
}
