package certificate

// A4 and its margins, in points.
const (
	paperW, paperH = 595.28, 841.89
	left, right    = 62.0, paperW - 62.0
	top, bottom    = 84.0, paperH - 78.0
	labelW         = 112.0
)

// mark is a piece of text at a place in a line.
type mark struct {
	x    float64
	text string
	style
}

// line is what a page break cannot split. Keep holds it together with the
// next; gap is the room above it, which the top of a page does without.
type line struct {
	gap, height float64
	keep        bool
	ruled       bool // a hairline above
	heading     bool
	marks       []mark
}

// flow collects the lines of a certificate.
type flow struct {
	chain *chain
	lang  string
	lines []line
	err   error
}

func (f *flow) wrap(text string, s style, width float64) []string {
	lines, err := f.chain.wrap(visible(text), s, width)
	if err != nil && f.err == nil {
		f.err = err
	}
	return lines
}

// paragraph sets a text from x to the right end, with a label beside its first
// line. Of three lines and more, no page shows one alone.
func (f *flow) paragraph(label []mark, text string, s style, x, to float64) {
	wrapped := f.wrap(text, s, to-x)
	if len(wrapped) == 0 {
		wrapped = []string{""}
	}
	from := len(f.lines)
	for i, part := range wrapped {
		l := line{height: s.size * 1.5, keep: i == 0 && len(wrapped) > 1 || i == len(wrapped)-2}
		l.marks = append(l.marks, mark{x, part, s})
		f.lines = append(f.lines, l)
	}
	f.lines[from].before(label...)
}

// before puts marks ahead of the others: readers that copy or speak the text
// take it in this order.
func (l *line) before(marks ...mark) { l.marks = append(marks, l.marks...) }

// row is a label and a value beside it, each wrapped.
func (f *flow) row(label, value string, to float64) {
	from := len(f.lines)
	f.paragraph(nil, value, valueStyle(value), left+labelW, to)
	small := style{size: 8.8, tint: grey}
	for i, part := range f.wrap(label, small, labelW-8) {
		if from+i == len(f.lines) {
			f.lines[from+i-1].keep = true
			f.lines = append(f.lines, line{height: small.size * 1.5})
		}
		f.lines[from+i].before(mark{left, part, small})
	}
	f.lines[from].ruled, f.lines[from].gap = true, 3.5
	f.lines[len(f.lines)-1].height += 2
}

// valueStyle sets long values without spaces, such as hashes, in a font for code.
func valueStyle(value string) style {
	if len(value) < 24 {
		return style{size: 9.6, tint: black}
	}
	for _, r := range value {
		if r <= ' ' || r > '~' {
			return style{size: 9.6, tint: black}
		}
	}
	return style{size: 8.4, mono: true, tint: black}
}

// heading opens a section and stays with what follows it.
func (f *flow) heading(text string) {
	s := style{size: 12, tint: navy}
	from := len(f.lines)
	f.paragraph(nil, text, s, left+10, right)
	for i := range f.lines[from:] {
		f.lines[from+i].keep = true
	}
	f.lines[from].gap, f.lines[from].heading = 15, true
	f.lines[len(f.lines)-1].height += 2
}

// subheading names one of several things within a section.
func (f *flow) subheading(text string) {
	from := len(f.lines)
	f.paragraph(nil, text, style{size: 10, tint: navy}, left, right)
	for i := range f.lines[from:] {
		f.lines[from+i].keep = true
	}
	f.lines[from].gap = 7
}

// item is a point of a numbered list.
func (f *flow) item(number, text string) {
	small := style{size: 8.8, tint: grey}
	from := len(f.lines)
	f.paragraph([]mark{{left + 2, number, small}}, text, style{size: 9.6, tint: black}, left+20, right)
	f.lines[from].gap = 2.5
}
