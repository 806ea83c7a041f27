package certificate

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/signintech/gopdf"
)

// style is how a text looks; its size is in points.
type style struct {
	size float64
	mono bool
	tint tint
}

type tint [3]uint8

var (
	black  = tint{0x1a, 0x1a, 0x1a}
	grey   = tint{0x66, 0x6b, 0x73}
	navy   = tint{0x12, 0x30, 0x5a}
	gold   = tint{0xb0, 0x8d, 0x3c}
	hair   = tint{0xd5, 0xd9, 0xe0}
	shaded = tint{0xee, 0xf2, 0xf8}
)

// ink draws on the pages of a file. The first error stays; all that follows
// it does nothing.
type ink struct {
	pdf   gopdf.GoPdf
	chain *chain
	cuts  map[*font][]cut
	err   error
}

// cut is a font as embedded in this file. Two characters may share a glyph
// (U+2F00 and U+4E00); text copied out of the file would then show one of
// them for both, so the second goes into a cut of its own.
type cut struct {
	family string
	shows  map[uint]rune
}

func newInk(c *chain, info gopdf.PdfInfo) *ink {
	k := &ink{chain: c, cuts: map[*font][]cut{}}
	k.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	k.pdf.SetInfo(info)
	return k
}

// bytes is the finished file.
func (k *ink) bytes() ([]byte, error) {
	var out bytes.Buffer
	for f := range k.cuts {
		if r := f.lost.Load(); r != 0 {
			k.fail(missing(r))
		}
	}
	if k.err != nil {
		return nil, k.err
	}
	_, err := k.pdf.WriteTo(&out)
	return out.Bytes(), err
}

func (k *ink) page() { k.pdf.AddPage() }

// text writes in one line, x and baseline in points from the upper left.
func (k *ink) text(x, baseline float64, text string, s style) {
	runs, err := k.chain.runs(strings.ReplaceAll(text, "\n", " "), s.mono)
	if k.fail(err) {
		return
	}
	k.pdf.SetTextColor(s.tint[0], s.tint[1], s.tint[2])
	for _, r := range runs {
		for _, piece := range k.pieces(r) {
			x += k.piece(x, baseline, piece, r.font, s.size)
		}
	}
}

func (k *ink) piece(x, baseline float64, p piece, f *font, size float64) (width float64) {
	if k.fail(k.pdf.SetFont(p.family, "", size)) {
		return 0
	}
	k.pdf.SetXY(x, baseline)
	k.fail(k.pdf.Text(p.text))
	for _, r := range p.text {
		width += f.width(r, size)
	}
	return width
}

type piece struct{ family, text string }

// pieces splits a run by the cuts that show its characters.
func (k *ink) pieces(r run) (all []piece) {
	for _, char := range r.text {
		name := k.cutFor(r.font, char)
		if len(all) == 0 || all[len(all)-1].family != name {
			all = append(all, piece{family: name})
		}
		all[len(all)-1].text += string(char)
	}
	return all
}

func (k *ink) cutFor(f *font, char rune) string {
	glyph := f.glyph(char)
	for _, c := range k.cuts[f] {
		if shown, ok := c.shows[glyph]; !ok || shown == char {
			c.shows[glyph] = char
			return c.family
		}
	}
	c := cut{family: f.family, shows: map[uint]rune{glyph: char}}
	if n := len(k.cuts[f]); n > 0 {
		c.family = fmt.Sprintf("%s-%d", f.family, n)
		k.fail(k.pdf.AddTTFFontDataWithOption(c.family, f.data, f.option()))
	} else {
		k.fail(k.pdf.AddTTFFontFromFontContainer(f.family, &f.parsed))
	}
	k.cuts[f] = append(k.cuts[f], c)
	return c.family
}

func (k *ink) fail(err error) bool {
	if k.err == nil {
		k.err = err
	}
	return k.err != nil
}

func (k *ink) box(x, y, w, h float64, t tint) {
	k.pdf.SetFillColor(t[0], t[1], t[2])
	k.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "F")
}

func (k *ink) frame(x, y, w, h, thick float64, t tint) {
	k.pdf.SetStrokeColor(t[0], t[1], t[2])
	k.pdf.SetLineWidth(thick)
	k.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "D")
}

func (k *ink) rule(x, y, w, thick float64, t tint) {
	k.pdf.SetStrokeColor(t[0], t[1], t[2])
	k.pdf.SetLineWidth(thick)
	k.pdf.Line(x, y, x+w, y)
}
