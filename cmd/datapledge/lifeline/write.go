package lifeline

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// Write prints the life in a language, "zh" or "en".
func (life Life) Write(w io.Writer, lang string) {
	WriteLines(w, life.Head, lang)
	fmt.Fprintf(w, "\n%s\n", say("section.life").In(lang))
	for _, e := range life.Events {
		fmt.Fprintf(w, "\n  %s\n    %s  (%s)\n", at(e.At).In(lang), e.Title.In(lang), e.Act)
		fmt.Fprintf(w, "    %s\n", say("by", e.Who, e.Block).In(lang))
		for _, c := range e.Changes {
			fmt.Fprintf(w, "    - %s\n", c.In(lang))
		}
	}
	if len(life.Next) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", say("section.next").In(lang))
	for _, n := range life.Next {
		fmt.Fprintf(w, "  - %s\n", n.Text.In(lang))
	}
}

// WriteLines prints facts, one a line, their labels as wide as the widest.
func WriteLines(w io.Writer, lines []Line, lang string) {
	most := 0
	for _, l := range lines {
		most = max(most, width(l.Label.In(lang)))
	}
	for _, l := range lines {
		label := l.Label.In(lang)
		fmt.Fprintf(w, "%s:%*s %s\n", label, most-width(label), "", l.Value.In(lang))
	}
}

// width is how many columns a terminal takes: two for a Chinese character.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 && utf8.RuneLen(r) == 3 {
			n++
		}
	}
	return n
}
