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

// tells says whether words has one of a rule's words: as whole words in Latin
// letters, also written together ("id card", "idcard"), anywhere in Chinese.
func tells(words string, list []string) bool {
	joined := "_" + strings.ReplaceAll(words, "_", "") + "_"
	for _, w := range list {
		w = strings.ToLower(w)
		if w[0] >= 0x80 || w[len(w)-1] >= 0x80 {
			if strings.Contains(strings.ReplaceAll(words, "_", ""), w) {
				return true
			}
			continue
		}
		if strings.Contains(words, "_"+strings.ReplaceAll(w, " ", "_")+"_") || joined == "_"+strings.ReplaceAll(w, " ", "")+"_" {
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

func (r *Rule) naming(words string) naming {
	switch {
	case tells(words, r.Except):
		return unnamed
	case tells(words, r.Headers):
		return named
	case tells(words, r.Hints):
		return hinted
	}
	return unnamed
}
