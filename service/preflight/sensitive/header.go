package sensitive

import (
	"strings"
	"unicode"
)

// tokens writes a column's name as lower-case words between underscores, so
// that whole words can be looked for: "CustomerIDCard_No" gives
// "_customer_id_card_no_". Chinese characters stay as they are.
func tokens(name string) string {
	var out strings.Builder
	out.WriteByte('_')
	runes := []rune(strings.TrimSpace(name))
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = '_'
		case i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1])):
			out.WriteByte('_')
		case i > 0 && (r < 0x80) != (runes[i-1] < 0x80):
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	out.WriteByte('_')
	return out.String()
}

// heading is a column's name made ready for looking up words.
type heading struct{ words, joined, bare string }

func newHeading(name string) heading {
	words := tokens(name)
	bare := strings.ReplaceAll(words, "_", "")
	return heading{words, "_" + bare + "_", bare}
}

// wordList is some of a rule's words: Chinese ones are looked for anywhere,
// Latin ones as whole words, and also written together ("id card", "idcard")
// when nothing else is there.
type wordList struct{ anywhere, whole, alone []string }

func newWordList(words []string) wordList {
	var l wordList
	for _, w := range words {
		w = strings.ToLower(w)
		if w[0] >= 0x80 || w[len(w)-1] >= 0x80 {
			l.anywhere = append(l.anywhere, w)
			continue
		}
		l.whole = append(l.whole, "_"+strings.ReplaceAll(w, " ", "_")+"_")
		l.alone = append(l.alone, "_"+strings.ReplaceAll(w, " ", "")+"_")
	}
	return l
}

func (l wordList) in(h heading) bool {
	for _, w := range l.anywhere {
		if strings.Contains(h.bare, w) {
			return true
		}
	}
	for i, w := range l.whole {
		if strings.Contains(h.words, w) || h.joined == l.alone[i] {
			return true
		}
	}
	return false
}

// naming says how a column's name speaks of a rule.
type naming uint8

const (
	unnamed naming = iota
	hinted
	named
)

// vocabulary is what columns are called that a rule is about.
type vocabulary struct{ headers, hints, except wordList }

func newVocabulary(r *Rule) vocabulary {
	return vocabulary{newWordList(r.Headers), newWordList(r.Hints), newWordList(r.Except)}
}

func (v *vocabulary) naming(h heading) naming {
	switch {
	case v.headers.in(h) && !v.except.in(h):
		return named
	case v.hints.in(h) && !v.except.in(h):
		return hinted
	}
	return unnamed
}
