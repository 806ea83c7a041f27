package index

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/datapledge/datapledge/pledge"
)

// maxText is the longest search text in bytes; names are not longer.
const maxText = 1024

// trigram is the length in characters from which the full-text index answers.
const trigram = 3

// fold is the form in which names are compared: letters in lower case, full
// width as half width, so that "ＡＢＣ" finds "abc".
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// foldText folds what a user searches for.
func foldText(s string) (string, error) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", pledge.Errorf(pledge.Malformed, "search text is not UTF-8 text")
	}
	if len(s) > maxText {
		return "", pledge.Errorf(pledge.TooLarge, "search text is longer than %d bytes", maxText)
	}
	return fold(s), nil
}

// phrase quotes text for MATCH, so that nothing in it is an operator.
func phrase(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
