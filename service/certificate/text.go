package certificate

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/datapledge/datapledge/service"
)

// visible is a text as it is printed: what has no shape of its own, such as a
// control character or one that turns the writing direction, stands as
// [U+202E], because what cannot be seen could mislead. A line feed stays.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '　':
			b.WriteRune(r)
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			fmt.Fprintf(&b, "[U+%04X]", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// blank characters rightly have an empty glyph.
func blank(r rune) bool { return unicode.Is(unicode.Zs, r) }

// joined characters change shape or place with their neighbours (or run from
// right to left), which the printer cannot do. Set apart they would be wrong.
func joined(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Mongolian,
		unicode.Tibetan, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Thai, unicode.Khmer, unicode.Myanmar)
}

func unshaped(r rune) error {
	return &service.Trouble{Cause: fmt.Sprintf("the character U+%04X (%c) belongs to a script that certificates are not printed in", r, r),
		Remedy: "read the certificate as a page or as JSON"}
}

// run is a piece of text in one font.
type run struct {
	font *font
	text string
}

// runs splits a text by the fonts that its characters come from.
func (c *chain) runs(text string, mono bool) ([]run, error) {
	var all []run
	for _, r := range text {
		f, err := c.choose(r, mono)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].font != f {
			all = append(all, run{font: f})
		}
		all[len(all)-1].text += string(r)
	}
	return all, nil
}

func (c *chain) choose(r rune, mono bool) (*font, error) {
	if mono && c.mono != nil && r < utf8.RuneSelf && c.mono.glyph(r) != 0 {
		return c.mono, nil
	}
	return c.of(r)
}

// measure is the width of a text in points.
func (c *chain) measure(text string, s style) (sum float64, err error) {
	for _, r := range text {
		w, err := c.advance(r, s)
		if err != nil {
			return 0, err
		}
		sum += w
	}
	return sum, nil
}

func (c *chain) advance(r rune, s style) (float64, error) {
	if r == '\n' {
		return 0, nil
	}
	f, err := c.choose(r, s.mono)
	if err != nil {
		return 0, err
	}
	return f.width(r, s.size), nil
}

// wrap breaks a text into lines of at most a width in points. The lines
// together are the text, byte for byte; a line keeps its line feed or the
// spaces it ends with, which do not count.
func (c *chain) wrap(text string, s style, width float64) (lines []string, err error) {
	for text != "" {
		n, err := c.fit(text, s, width)
		if err != nil {
			return nil, err
		}
		lines, text = append(lines, text[:n]), text[n:]
	}
	return lines, nil
}

// fit is how many bytes of a text go on a line: to the last place where it may
// break, else as many characters as there is room for, and at least one.
func (c *chain) fit(text string, s style, width float64) (int, error) {
	used, last, before := 0.0, 0, rune(0)
	for i, r := range text {
		if r == '\n' {
			return i + 1, nil
		}
		w, err := c.advance(r, s)
		if err != nil {
			return 0, err
		}
		if i > 0 && (s.mono || mayBreak(before, r)) {
			last = i
		}
		if used += w; used > width && r != ' ' && i > 0 {
			if last > 0 {
				return last, nil
			}
			return i, nil
		}
		before = r
	}
	return len(text), nil
}

// What no line begins, and what none ends with (GB/T 15834-2011, 5.1).
const (
	notFirst = "，。、；：？！）》」』】〕〉”’…—～·％,.;:?!)]}%"
	notLast  = "（《「『【〔〈“‘([{"
)

func mayBreak(before, next rune) bool {
	switch {
	case next == ' ' || strings.ContainsRune(notFirst, next) || strings.ContainsRune(notLast, before):
		return false
	case before == ' ':
		return true
	}
	return wide(before) || wide(next)
}

// wide characters are not parts of words: a line may break beside each.
func wide(r rune) bool {
	return r >= 0x2e80 || strings.ContainsRune("，。、；：？！）”’…—", r)
}
