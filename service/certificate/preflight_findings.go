package certificate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// findings lists what was found, and who answers for what, in so much room.
// What must be fixed comes first, in the order of the reports.
func (s *sheet) findings(room float64) {
	if len(s.overrides) > 0 {
		s.answered(room / 2)
		room -= height(s.lines)
	}
	must, look := count(s.p.Fix)
	title := both("须整改 %d 项，待人工确认 %d 项", "To fix: %d. For a person to look at: %d.", must, look)
	var items, reports []string
	for _, first := range []bool{true, false} {
		for i, f := range s.p.Fix {
			if f.Must == first {
				items, reports = append(items, s.fix(i)), append(reports, f.Principle)
			}
		}
	}
	answered := s.lines
	s.lines = nil
	s.bounded(title, items, room, func(n int) service.Text { return further(reports[n:]) })
	s.lines = append(s.lines, answered...)
}

// fix is a finding as one text: its kind, its place, and what to do.
func (s *sheet) fix(i int) string {
	f := s.p.Fix[i]
	kind := wordLook
	if f.Must {
		kind = wordMust
	}
	where := ""
	if f.Table != "" {
		where = f.Table + wordColon.In(s.lang)
	}
	return kind.In(s.lang) + where + f.What.In(s.lang)
}

// further counts what is not on the page, and says which reports have it.
func further(principles []string) service.Text {
	slices.Sort(principles)
	var files []string
	for _, p := range slices.Compact(principles) {
		files = append(files, p+".json")
	}
	return both("另有 %d 项，见 %s", "and %d more: see %s", len(principles), strings.Join(files, ", "))
}

// answered lists the findings that a person answers for.
func (s *sheet) answered(room float64) {
	var items []string
	for _, o := range s.overrides {
		items = append(items, overrideLine(o).In(s.lang))
	}
	title := both("由签署人说明并负责的检查结果 %d 项", "Findings that a person answers for: %d", len(s.overrides))
	s.bounded(title, items, room, func(n int) service.Text {
		return both("另有 %d 项，见存证声明（declaration.overrides）", "and %d more: see the declaration (declaration.overrides)", len(items)-n)
	})
}

// overrideLine says who answers for which finding, and why.
func overrideLine(o pledge.Override) service.Text {
	principle, _, _ := strings.Cut(o.Finding, "/")
	of, ok := preflight.PrincipleNames[principle]
	if !ok {
		of = service.Text{ZH: principle, EN: principle}
	}
	name := preflight.FindingName(o.Finding)
	return service.Text{
		ZH: fmt.Sprintf("%s（%s，%s）：%s；签署人 %s，密钥 %s", name.ZH, of.ZH, o.Finding, o.Reason, o.Name, o.SignedBy),
		EN: fmt.Sprintf("%s (%s, %s): %s; answered for by %s, key %s", name.EN, of.EN, o.Finding, o.Reason, o.Name, o.SignedBy),
	}
}

// bounded sets a heading and as many items as there is room for, and counts
// the rest.
func (s *sheet) bounded(title service.Text, items []string, room float64, rest func(int) service.Text) {
	from := len(s.lines)
	s.section(title.In(s.lang), "", black)
	last := sheetSmall.size*1.5 + 1 // for the line that counts
	for i, text := range items {
		before := len(s.lines)
		s.numbered(i+1, text)
		used := height(s.lines[from:])
		if used <= room && (used+last <= room || i == len(items)-1) {
			continue
		}
		s.lines = s.lines[:before]
		s.sentence(rest(i).In(s.lang), sheetSmall, indent, 1)
		return
	}
	if len(items) == 0 {
		s.sentence(wordNothing.In(s.lang), sheetText, indent, 1)
	}
}

func (s *sheet) numbered(n int, text string) {
	from, x := len(s.lines), indent+22.0
	s.paragraph([]mark{{indent, fmt.Sprintf("%d.", n), sheetSmall}}, s.brief(text, sheetText, right-x, 2), sheetText, x, right)
	s.lines[from].gap = 1
}
