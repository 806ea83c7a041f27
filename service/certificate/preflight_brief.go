package certificate

import "strings"

// ellipsis stands for what was left out.
const ellipsis = "…"

// brief is a text of at most so many lines of a width in points. Of a longer
// one the middle is left out: it begins with where, and ends with what.
func (s *sheet) brief(text string, look style, width float64, lines int) string {
	all := []rune(clipped(text, lines))
	if s.fits(string(all), look, width, lines) && len(clipped(text, lines)) == len(text) {
		return text
	}
	s.cut = true
	low, high := 0, len(all)
	for low < high { // the most that fits
		n := (low + high + 1) / 2
		if s.fits(without(all, n), look, width, lines) {
			low = n
		} else {
			high = n - 1
		}
	}
	return without(all, low)
}

// most is how many characters a line holds at the very most.
const most = 400

// clipped spares what no page holds before anything is measured.
func clipped(text string, lines int) string {
	n := lines * most * 4 // bytes of a character
	if len(text) <= 2*n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + strings.ToValidUTF8(text[len(text)-n:], "")
}

// without keeps n characters: two of five before what is left out.
func without(all []rune, n int) string {
	head := n * 2 / 5
	return string(all[:head]) + ellipsis + string(all[len(all)-n+head:])
}

func (s *sheet) fits(text string, look style, width float64, lines int) bool {
	return s.err != nil || len(s.wrap(text, look, width)) <= lines
}

// sentence sets a text of at most so many lines across the page.
func (s *sheet) sentence(text string, look style, x float64, lines int) {
	s.paragraph(nil, s.brief(text, look, right-x, lines), look, x, right)
}

// listed joins as many of the parts as go on so many lines, and counts the rest.
func (s *sheet) listed(open string, parts []string, look style, x float64, lines int) {
	for n := len(parts); n >= 0; n-- {
		text := open + strings.Join(parts[:n], " · ")
		if n < len(parts) {
			text += both("，另有 %d 种", " · and %d more kinds", len(parts)-n).In(s.lang)
		}
		if n == 0 || s.fits(text, look, right-x, lines) {
			s.sentence(text, look, x, lines)
			return
		}
	}
}
