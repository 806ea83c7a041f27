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
	must, look := s.count()
	title := both("须整改 %d 项，待人工确认 %d 项", "To fix: %d. For a person to look at: %d.", must, look)
	items, reports := s.items()
	answered := s.lines
	s.lines = nil
	s.bounded(title, items, must+look, room, func(n int) service.Text { return further(must+look-n, reports[n:]) })
	s.lines = append(s.lines, answered...)
}

// items are the findings as texts, and the reports that they are from.
func (s *sheet) items() (items, reports []string) {
	for _, first := range []bool{true, false} {
		for i, f := range s.p.Fix {
			if f.Must == first && f.Code != preflight.CodeMore {
				items, reports = append(items, s.fix(i)), append(reports, f.Principle)
			}
		}
	}
	return items, reports
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

// further counts what is not on the page, and says which reports tell of it.
func further(n int, principles []string) service.Text {
	if len(principles) == 0 {
		principles = []string{"exclusion"} // which counts what it does not list
	}
	slices.Sort(principles)
	var files []string
	for _, p := range slices.Compact(principles) {
		files = append(files, p+".json")
	}
	return both("另有 %d 项，见 %s", "and %d more: see %s", n, strings.Join(files, ", "))
}

// answered lists the findings that a person answers for.
func (s *sheet) answered(room float64) {
	var items []string
	for _, o := range s.overrides {
		items = append(items, overrideLine(o).In(s.lang))
	}
	title := both("由签署人说明并负责的检查结果 %d 项", "Findings that a person answers for: %d", len(s.overrides))
	s.bounded(title, items, len(items), room, func(n int) service.Text {
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
		ZH: fmt.Sprintf("%s（%s，%s）：%s；签署人职务 %s，密钥 %s", name.ZH, of.ZH, o.Finding, o.Reason, o.Capacity, o.SignedBy),
		EN: fmt.Sprintf("%s (%s, %s): %s; answered for as %s, key %s", name.EN, of.EN, o.Finding, o.Reason, o.Capacity, o.SignedBy),
	}
}

// bounded sets a heading and as many items as there is room for, and counts
// the rest of all.
func (s *sheet) bounded(title service.Text, items []string, all int, room float64, rest func(int) service.Text) {
	from, shown := len(s.lines), 0
	s.section(title.In(s.lang), "", black)
	last := sheetSmall.size*1.5 + 1 // for the line that counts
	for ; shown < len(items); shown++ {
		before := len(s.lines)
		s.numbered(shown+1, items[shown])
		used := height(s.lines[from:])
		if used > room || shown+1 < all && used+last > room {
			s.lines = s.lines[:before]
			break
		}
	}
	switch {
	case all == 0:
		s.sentence(wordNothing.In(s.lang), sheetText, indent, 1)
	case shown < all:
		s.sentence(rest(shown).In(s.lang), sheetSmall, indent, 1)
	}
}

func (s *sheet) numbered(n int, text string) {
	from, x := len(s.lines), indent+22.0
	s.paragraph([]mark{{indent, fmt.Sprintf("%d.", n), sheetSmall}}, s.brief(text, sheetText, right-x, 2), sheetText, x, right)
	s.lines[from].gap = 1
}
