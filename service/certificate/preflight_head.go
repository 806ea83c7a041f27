package certificate

import (
	"fmt"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// Where the title of the page stands, and the box below it.
const (
	titleAt   = 84.0
	sheetTop  = 112.0 // of the box
	sheetEnd  = paperH - 68
	boxMargin = 5.0
)

var (
	sheetTitle = style{size: 20, tint: navy}
	sheetText  = style{size: 8.6, tint: black}
	sheetSmall = style{size: 7.6, tint: grey}
	sheetCode  = style{size: 7.6, mono: true, tint: black}
)

var (
	green = tint{0x1e, 0x6b, 0x3a}
	red   = tint{0xa3, 0x1d, 0x1d}
)

func resultTint(result string) tint {
	if result == preflight.Pass {
		return green
	}
	return red
}

// top is where the lines below the box begin.
func (s *sheet) top() float64 { return sheetTop + height(s.boxed) + 2*boxMargin }

// head fills the box: of what this is the preflight, by what, and the result.
func (s *sheet) head() {
	overall := preflight.Fail
	if s.p.Passed() {
		overall = preflight.Pass
	}
	s.fact(wordResult, s.result().In(s.lang), style{size: 11, tint: resultTint(overall)})
	s.fact(wordDataset, s.p.Fingerprint, sheetCode)
	s.fact(wordExtent, s.extent().In(s.lang), sheetText)
	s.fact(wordTool, s.p.Exclusion.Tool, sheetText)
	s.fact(wordRuleset, s.p.Exclusion.Ruleset, sheetCode)
	s.boxed, s.lines = s.lines, nil
}

func (s *sheet) fact(label service.Text, value string, look style) {
	from := len(s.lines)
	s.paragraph([]mark{{left + 12, label.In(s.lang), sheetSmall}}, s.brief(value, look, right-left-98, 2), look, left+86, right-12)
	s.lines[from].gap = 1
}

// extent is how much was looked at.
func (s *sheet) extent() service.Text {
	all := s.p.Exclusion.All
	return both("文件 %s 个，其中表格文件 %s 个；%s 行，%s 列", "files: %s, tables among them: %s; rows: %s; columns: %s",
		grouped(int64(all.Files)), grouped(int64(all.Examined)), grouped(all.Rows), grouped(int64(all.Columns)))
}

// grouped is a number with a comma before each three digits.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func (s *sheet) drawTop(k *ink) {
	k.centre(58, wordService.In(s.lang), style{size: 9, tint: gold})
	k.centre(titleAt, wordPreflight.In(s.lang), sheetTitle)
	k.centre(titleAt+17, wordPreflight.In(otherLang(s.lang)), style{size: 9.5, tint: grey})
	h := height(s.boxed) + 2*boxMargin - 2
	k.box(left, sheetTop, right-left, h, shaded)
	k.box(left, sheetTop, 3, h, navy)
	k.lines(s.boxed, sheetTop+boxMargin-1)
}
