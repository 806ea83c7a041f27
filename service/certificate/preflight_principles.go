package certificate

import (
	"cmp"
	"fmt"
	"slices"
	"unicode"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// indent is where the text below a heading begins.
const indent = left + 10

// section opens a part of the page, with a word at its right end.
func (s *sheet) section(title, word string, t tint) {
	from := len(s.lines)
	s.paragraph(nil, title, style{size: 10.5, tint: navy}, indent, right)
	s.lines[from].gap, s.lines[from].heading = 7, true
	if word == "" {
		return
	}
	look := style{size: 10.5, tint: t}
	w, err := s.chain.measure(word, look)
	if err != nil {
		s.err = cmp.Or(s.err, err)
		return
	}
	s.lines[from].marks = append(s.lines[from].marks, mark{right - w, word, look})
}

func (s *sheet) principle(number, name string, result string) {
	title := []rune(preflight.PrincipleNames[name].In(s.lang))
	title[0] = unicode.ToUpper(title[0])
	s.section(number+"  "+string(title), resultWord[result].In(s.lang), resultTint(result))
}

func (s *sheet) consent() {
	r := s.p.Consent
	s.principle("1", "consent", r.Result)
	problems := 0
	for _, d := range r.Documents {
		if d.Problem != "" {
			problems++
		}
	}
	s.sentence(both("文件 %d 份，其中缺失、到期或未写明范围的 %d 份；覆盖 %d 个数据文件中的 %d 个",
		"documents: %d, of which missing, expired or without a scope: %d; data files: %d, covered: %d",
		len(r.Documents), problems, r.Files, r.Covered).In(s.lang), sheetText, indent, 2)
	basis, asOf := r.Basis, r.AsOf
	if basis == "" {
		basis = wordNotStated.In(s.lang)
	}
	if asOf != "" {
		asOf = both("（到期日以 %s 为准）", " (expiry judged at %s)", asOf).In(s.lang)
	}
	s.sentence(wordBasis.In(s.lang)+basis+asOf, sheetText, indent, 2)
}

func (s *sheet) exclusion() {
	s.principle("2", "exclusion", s.p.Exclusion.Result)
	all := s.p.Exclusion.All
	s.sentence(both("列：未发现 %d，已脱敏 %d，敏感 %d，待人工确认 %d；内容未检查的文件 %d 个，未能读完的文件 %d 个",
		"columns with nothing found: %d, masked: %d, sensitive: %d, for a person to look at: %d; files that nobody looked inside: %d, not read to their end: %d",
		all.Columns-all.Masked-all.Sensitive-all.Review, all.Masked, all.Sensitive, all.Review, all.Files-all.Examined, all.Stopped).In(s.lang), sheetText, indent, 2)
	s.byRule(wordMust, true, all.Findings)
	s.byRule(wordLook, false, all.Looks)
}

// byRule counts what was found under the second principle by its rules, and
// what of it the report does not list.
func (s *sheet) byRule(title service.Text, must bool, all int) {
	counts, listed := map[string]int{}, 0
	for _, f := range s.p.Fix {
		if f.Principle == "exclusion" && f.Must == must && f.Code != preflight.CodeMore {
			counts[f.Code]++
			listed++
		}
	}
	parts := s.most(counts)
	if all > listed {
		parts = append([]string{both("未逐项列出的 %d 项", "not listed one by one %d", all-listed).In(s.lang)}, parts...)
	}
	if len(parts) > 0 {
		s.listed(title.In(s.lang), parts, sheetText, indent, 3)
	}
}

// most names the rules, those with most findings first.
func (s *sheet) most(counts map[string]int) (parts []string) {
	var codes []string
	for code := range counts {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for _, code := range codes {
		parts = append(parts, fmt.Sprintf("%s %d", preflight.FindingName(code).In(s.lang), counts[code]))
	}
	return parts
}

// quality shows the six dimensions in two columns.
func (s *sheet) quality() {
	s.principle("3", "quality", s.p.Quality.Result)
	const across = 2
	wide := (right - indent) / across
	for i, d := range s.p.Quality.Dimensions {
		if i%across == 0 {
			s.lines = append(s.lines, line{height: sheetText.size * 1.6})
		}
		x, l := indent+wide*float64(i%across), &s.lines[len(s.lines)-1]
		l.marks = append(l.marks, mark{x, d.DimensionName().In(s.lang) + "  " + dimension(d).In(s.lang), sheetText})
	}
}

// dimension is a score with how much it rests on; a dimension that could not
// be measured is NA, never nought.
func dimension(d preflight.DimensionLine) service.Text {
	score := "NA"
	if d.Score != nil {
		score = fmt.Sprintf("%d.%02d %%", *d.Score/100, *d.Score%100)
	}
	return both("%s（%d/%d 项指标）", "%s (%d of %d measures)", score, d.Measures, d.Of)
}
