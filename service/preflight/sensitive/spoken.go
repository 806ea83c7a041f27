package sensitive

import (
	"bytes"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// spoken tries the rules that a column's name speaks of, on what content
// alone did not settle. A cell in none of their forms is unknown: encrypted,
// tokenized, or not what the name says. A human has to look.
func (s *Scanner) spoken(b []byte, class table.Class) {
	if len(b) <= longestBlank && s.lex.blank[string(b)] || len(b) == 0 {
		return
	}
	byName, hash := false, class&table.High == 0 && isDigest(b)
	veiled := s.veiled != 0 && s.found == 0 // by what it holds: 王某
	for _, sp := range s.col.speakers {
		byName = byName || sp.by == named
		if (s.found|s.veiled)&(1<<sp.rule) != 0 && sp.det != secret || sp.by == hinted && sp.det != anyValue {
			continue // settled; or a hint, which only lowers the threshold
		}
		switch s.form(sp.det, b, class, hash || veiled && sp.det == anyValue) {
		case hit:
			s.found |= 1 << sp.rule
		case masked:
			s.veiled |= 1 << sp.rule
		}
	}
	if byName && s.found|s.veiled == 0 {
		s.col.unknown++
	}
}

// longestBlank is the number of bytes of the longest word for nothing.
const longestBlank = 7

// form says what a cell is to a rule that the column's name speaks of.
func (s *Scanner) form(d detector, b []byte, class table.Class, veiled bool) outcome {
	switch {
	case d == secret:
		return hit
	case veiled || class&table.Star != 0 && bytes.Contains(b, []byte("**")):
		return masked
	case d == anyValue || d == token && len(b) >= 4:
		return starless(class)
	}
	if o := s.formOf(d, b, class); o != other {
		return o
	}
	if blurs(d) && generalized(b) || d == ip && networkOnly(b) {
		return masked
	}
	return other
}

func starless(class table.Class) outcome {
	if class&table.Star != 0 {
		return masked
	}
	return hit
}

// blurs says whether numbers of a rule are made coarser, besides masked.
func blurs(d detector) bool { return d == birth || d == identity || d == legacy || d == address }

func (s *Scanner) formOf(d detector, b []byte, class table.Class) outcome {
	switch d {
	case legacy:
		return when(s.lex.legacy(b))
	case twPermit:
		return when((len(b) == 8 || len(b) == 10) && allDigits(b))
	case licence:
		return when(s.found&(1<<s.lex.ruleOf[identity]) != 0 || len(b) == 12 && allDigits(b))
	case residence:
		return when(len(b) == 15 && allUpper(b[:3]) && allDigits(b[3:]))
	case account:
		return accountForm(b)
	case latitude:
		return coordinate(b, 90)
	case longitude:
		return coordinate(b, 180)
	case birth:
		return when(class&table.Digit != 0 && isDayText(b))
	case personName:
		return s.namedName(b, class)
	case address:
		return s.namedAddress(b, class)
	}
	return other
}

func when(is bool) outcome {
	if is {
		return hit
	}
	return other
}

func allUpper(b []byte) bool {
	for _, c := range b {
		if !isUpper(c) {
			return false
		}
	}
	return true
}
