package certificate

import (
	"strconv"

	"github.com/datapledge/datapledge/service"
)

// head is the upper part of the first page: title, number, status, QR code.
type head struct {
	c      service.Certificate
	lang   string
	title  []string
	set    style    // of the title
	other  []string // the title in the other language
	facts  []line
	boxTop float64
}

var otherStyle = style{size: 10.5, tint: grey}

// setTitle is in one line where it goes, if need be in smaller letters.
func (h *head) setTitle(f *flow, text string) {
	for _, size := range []float64{23, 20, 17.5} {
		h.set = style{size: size, tint: navy}
		if h.title = f.wrap(text, h.set, right-left); len(h.title) == 1 {
			return
		}
	}
}

// factsTo is where the facts end: before the code, if there is one.
func factsTo(c service.Certificate) float64 {
	if c.URL == "" {
		return right - 14
	}
	return right - codeSide - 22
}

func newHead(chain *chain, c service.Certificate, lang string) (*head, error) {
	h := &head{c: c, lang: lang}
	f := &flow{chain: chain, lang: lang}
	h.setTitle(f, c.Title.In(lang))
	if other := c.Title.In(otherLang(lang)); other != c.Title.In(lang) {
		h.other = f.wrap(other, otherStyle, right-left)
	}
	to := factsTo(c)
	f.fact(wordNumber, c.Number, style{size: 12.5, tint: navy}, to)
	f.fact(wordStatus, c.Status.In(lang), style{size: 11, tint: black}, to)
	at := wordBlock.In(lang) + " " + strconv.FormatUint(c.AsOf.Height, 10) + "\n" + service.LegalTime(c.AsOf.At).In(lang)
	f.fact(wordAsOf, at, style{size: 9.2, tint: black}, to)
	if c.URL != "" {
		f.fact(wordPage, c.URL, style{size: 8, mono: true, tint: black}, to)
	}
	h.facts = f.lines
	h.boxTop = 96 + float64(len(h.title))*h.set.size*1.3 + float64(len(h.other))*otherStyle.size*1.5
	return h, f.err
}

func otherLang(lang string) string {
	if lang == "zh" {
		return "en"
	}
	return "zh"
}

func (f *flow) fact(label service.Text, value string, s style, to float64) {
	from := len(f.lines)
	f.paragraph([]mark{{left + 14, label.In(f.lang), style{size: 8.6, tint: grey}}}, value, s, left+78, to)
	f.lines[from].gap = 4
}

// boxHeight is that of the facts, or of the code and what stands below it.
func (h *head) boxHeight() float64 {
	if h.c.URL == "" {
		return height(h.facts) + 14
	}
	return max(height(h.facts), codeSide+10) + 14
}

func (h *head) bottom() float64 { return h.boxTop + h.boxHeight() + 8 }

func (h *head) draw(k *ink) {
	k.centre(62, wordService.In(h.lang), style{size: 9.5, tint: gold})
	y := 96.0
	for _, t := range h.title {
		k.centre(y, t, h.set)
		y += h.set.size * 1.3
	}
	y -= h.set.size*1.3 - 19
	for _, t := range h.other {
		k.centre(y, t, otherStyle)
		y += otherStyle.size * 1.5
	}
	k.box(left, h.boxTop, right-left, h.boxHeight(), shaded)
	k.box(left, h.boxTop, 3, h.boxHeight(), navy)
	k.lines(h.facts, h.boxTop+5)
	if h.c.URL != "" { // else nobody knows where the public page is
		h.code(k)
	}
}

func (h *head) code(k *ink) {
	x, y := right-codeSide-8, h.boxTop+7
	k.box(x, y, codeSide, codeSide, tint{0xff, 0xff, 0xff})
	k.code(x, y, h.c.URL)
	s := style{size: 8, tint: grey}
	text := wordScan.In(h.lang)
	w, err := k.chain.measure(text, s)
	if !k.fail(err) {
		k.text(x+(codeSide-w)/2, y+codeSide+10, text, s)
	}
}
