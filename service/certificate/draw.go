package certificate

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/datapledge/datapledge/service"
)

// lines draws what paginate dealt out to a page.
func (k *ink) lines(lines []line, y float64) {
	for _, l := range lines {
		y += l.gap
		if l.ruled {
			k.rule(left, y-2, right-left, 0.4, hair)
		}
		if l.heading {
			k.box(left, y+3.5, 4, 11, gold)
		}
		for _, m := range l.marks {
			k.text(m.x, y+l.baseline(), strings.TrimSuffix(m.text, "\n"), m.style)
		}
		y += l.height
	}
}

// baseline is that of the largest text in the line, for all of it.
func (l line) baseline() (below float64) {
	for _, m := range l.marks {
		below = max(below, m.size*1.15)
	}
	return below
}

// furniture is on every page: the frame, the number and the page's own.
func (k *ink) furniture(c service.Certificate, lang string, page, pages int) {
	small := style{size: 8, tint: grey}
	k.surround(wordNumber.In(lang)+" "+c.Number, fmt.Sprintf("%d / %d", page, pages), small)
	if page > 1 {
		k.head(c, lang, small)
	}
}

// surround draws the frame, and what stands at the foot of a page.
func (k *ink) surround(foot, page string, s style) {
	k.frame(28, 28, paperW-56, paperH-56, 1.2, navy)
	k.frame(32, 32, paperW-64, paperH-64, 0.4, gold)
	y := paperH - 48.0
	k.rule(left, y-13, right-left, 0.4, hair)
	k.text(left, y, visible(foot), s)
	k.flush(right, y, page, s)
}

// head is the running title of the second page and those that follow.
func (k *ink) head(c service.Certificate, lang string, s style) {
	title, err := k.chain.wrap(visible(c.Title.In(lang)), s, right-left)
	if !k.fail(err) && len(title) > 0 {
		k.text(left, 60, title[0], s)
	}
	k.rule(left, 67, right-left, 0.4, hair)
}

// flush writes a text that ends at x.
func (k *ink) flush(x, y float64, text string, s style) {
	w, err := k.chain.measure(text, s)
	if !k.fail(err) {
		k.text(x-w, y, text, s)
	}
}

func (k *ink) centre(y float64, text string, s style) {
	w, err := k.chain.measure(text, s)
	if !k.fail(err) {
		k.text((paperW-w)/2, y, text, s)
	}
}

// The QR code and the quiet zone of four modules around it (ISO/IEC 18004).
const codeSide = 92.0

// code draws a QR code as squares, so that it is sharp at any size.
func (k *ink) code(x, y float64, text string) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if k.fail(err) {
		return
	}
	n := code.Bounds().Dx()
	module := codeSide / float64(n+8)
	for row := range n {
		for from := 0; from < n; {
			to := from
			for to < n && dark(code.At(to, row).RGBA()) {
				to++
			}
			if to > from {
				k.box(x+module*float64(from+4), y+module*float64(row+4), module*float64(to-from), module*1.02, black)
			}
			from = to + 1
		}
	}
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }
