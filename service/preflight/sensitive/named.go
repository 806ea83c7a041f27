package sensitive

import (
	"bytes"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// accountForm takes 8 to 30 digits, with spaces or dashes or not, or an IBAN.
func accountForm(b []byte) outcome {
	digits := 0
	for i, c := range b {
		switch {
		case isDigit(c):
			digits++
		case c != ' ' && c != '-' && (!isUpper(c) || i > 1):
			return other
		}
	}
	return when(digits >= 8 && digits <= 30)
}

// namedName takes names in a column for them: two to six Chinese characters,
// longer ones with · inside, and Latin letters.
func (s *Scanner) namedName(b []byte, class table.Class) outcome {
	if class&table.High == 0 {
		latin := class&letters != 0 && class&(table.Digit|table.At|table.Slash|table.Colon|table.Star) == 0
		return when(latin && len(b) >= 2 && len(b) <= 48)
	}
	if i := bytes.Index(b, []byte("·")); i > 0 && len(b) <= 48 {
		return when(hanzi(b, 0) != 0 && class&table.Digit == 0)
	}
	surname := len(b) >= 3 && s.lex.surname.has(hanzi(b, 0)) || len(b) >= 6 && s.lex.compound[[6]byte(b[:6])]
	return when(surname && len(b) >= 6 && len(b) <= 12 && len(b)%3 == 0 && allHanzi(b))
}

// namedAddress takes detailed addresses; one that ends at the district is
// generalized.
func (s *Scanner) namedAddress(b []byte, class table.Class) outcome {
	if class&table.High == 0 {
		// 12 Baker Street: a number, then words
		return when(isDigit(b[0]) && class&table.Space != 0 && class&letters != 0)
	}
	switch s.lex.addressForm(b) {
	case hit:
		return hit
	case near:
		return masked
	}
	return other
}
