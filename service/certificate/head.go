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
	other  []string // the title in the other language
	facts  []line
	boxTop float64
}

var (
	titleStyle = style{size: 23, tint: navy}
	otherStyle = style{size: 10.5, tint: grey}
)

// factsTo is where the facts end and the code begins.
const factsTo = right - codeSide - 22

func newHead(chain *chain, c service.Certificate, lang string) (*head, error) {
	h := &head{c: c, lang: lang}
	f := &flow{chain: chain, lang: lang}
	h.title = f.wrap(c.Title.In(lang), titleStyle, right-left)
	if other := c.Title.In(otherLang(lang)); other != c.Title.In(lang) {
		h.other = f.wrap(other, otherStyle, right-left)
	}
	f.fact(wordNumber, c.Number, style{size: 12.5, tint: navy})
	f.fact(wordStatus, c.Status.In(lang), style{size: 11, tint: black})
	at := clock(c.AsOf.At).In(lang) + "\n" + wordBlock.In(lang) + " " + strconv.FormatUint(c.AsOf.Height, 10)
	f.fact(wordAsOf, at, style{size: 9.2, tint: black})
	f.fact(wordPage, c.URL, style{size: 8, mono: true, tint: black})
	h.facts = f.lines
	h.boxTop = 96 + float64(len(h.title))*titleStyle.size*1.3 + float64(len(h.other))*otherStyle.size*1.5
	return h, f.err
}

func otherLang(lang string) string {
	if lang == "zh" {
		return "en"
	}
	return "zh"
}

func (f *flow) fact(label service.Text, value string, s style) {
	from := len(f.lines)
	f.paragraph([]mark{{left + 14, label.In(f.lang), style{size: 8.6, tint: grey}}}, value, s, left+78, factsTo)
	f.lines[from].gap = 4
}

// boxHeight is that of the facts, or of the code and what stands below it.
func (h *head) boxHeight() float64 { return max(height(h.facts), codeSide+10) + 14 }

func (h *head) bottom() float64 { return h.boxTop + h.boxHeight() + 8 }

func (h *head) draw(k *ink) {
	k.centre(62, wordService.In(h.lang), style{size: 9.5, tint: gold})
	y := 96.0
	for _, t := range h.title {
		k.centre(y, t, titleStyle)
		y += titleStyle.size * 1.3
	}
	y -= titleStyle.size*1.3 - 19
	for _, t := range h.other {
		k.centre(y, t, otherStyle)
		y += otherStyle.size * 1.5
	}
	k.box(left, h.boxTop, right-left, h.boxHeight(), shaded)
	k.box(left, h.boxTop, 3, h.boxHeight(), navy)
	k.lines(h.facts, h.boxTop+5)
	h.code(k)
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
