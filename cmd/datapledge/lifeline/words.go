package lifeline

import (
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/service"
)

// Text is said in both languages.
type Text = service.Text

// word is a text or a format in both languages.
type word struct{ zh, en string }

// say looks up words and fills them in; of an argument that is a Text each
// language has its own.
func say(key string, args ...any) Text {
	w, ok := words[key]
	if !ok {
		return Text{ZH: key, EN: key}
	}
	if len(args) == 0 {
		return Text{ZH: w.zh, EN: w.en}
	}
	return Text{ZH: fmt.Sprintf(w.zh, in("zh", args)...), EN: fmt.Sprintf(w.en, in("en", args)...)}
}

func in(lang string, args []any) []any {
	said := slices.Clone(args)
	for i, a := range args {
		if t, ok := a.(Text); ok {
			said[i] = t.In(lang)
		}
	}
	return said
}

// code is the word for a code of the ledger, with the code itself beside it,
// because it is what other programs and the law's table say; what has no word
// is shown as it is.
func code(kind, c string) Text {
	w, ok := words[kind+"."+c]
	if !ok {
		return Text{ZH: c, EN: c}
	}
	return Text{ZH: w.zh + " " + c, EN: c + " (" + w.en + ")"}
}

func joined(parts []Text, key string) Text {
	sep := words[key]
	var out Text
	for i, p := range parts {
		if i > 0 {
			out.ZH, out.EN = out.ZH+sep.zh, out.EN+sep.en
		}
		out.ZH, out.EN = out.ZH+p.ZH, out.EN+p.EN
	}
	return out
}

func at(recorded string) Text    { return service.LegalTime(recorded) }
func until(recorded string) Text { return service.LegalEnd(recorded) }
