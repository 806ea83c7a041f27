// Package printable cleans texts from elsewhere before a person reads them. It
// stands alone because the checker of browsers links it.
package printable

import (
	"strings"
	"unicode"
)

// Text takes out of a text from elsewhere, the name of a file, column or party,
// what would make a terminal, or its reader, see something else: controls,
// invisible letters, and marks that turn the direction of writing.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) {
			return r
		}
		return '?'
	}, s)
}
