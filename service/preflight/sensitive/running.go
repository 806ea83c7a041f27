package sensitive

import (
	"bytes"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// running looks for numbers and e-mail addresses within a text. A number's
// digits end where the run of digits ends: nothing is found inside a longer one.
func (s *Scanner) running(b []byte, class table.Class) {
	if class&table.At != 0 {
		s.mails(b)
	}
	if class&table.Star != 0 {
		s.maskedRuns(b)
	}
	// Every number looked for has a run of four digits or more, and that
	// covers one of every four places.
	for i := 3; i < len(b); i += 4 {
		if isDigit(b[i]) {
			i = s.group(b, i)
		}
	}
}

func (s *Scanner) mails(b []byte) {
	for from := 0; from < len(b); {
		at := bytes.IndexByte(b[from:], '@')
		if at < 0 {
			return
		}
		s.note(email, mailAt(b, from+at))
		from += at + 1
	}
}

// maskedRuns looks for masked numbers within a text.
func (s *Scanner) maskedRuns(b []byte) {
	for i := 0; i < len(b); {
		star := bytes.IndexByte(b[i:], '*')
		if star < 0 {
			return
		}
		from, to := i+star, i+star
		for from > i && maskable(b[from-1]) {
			from--
		}
		for to < len(b) && maskable(b[to]) {
			to++
		}
		if d, ok := maskForm(b[from:to]); ok && to-from <= 24 {
			s.note(d, masked)
		}
		i = to + 1
	}
}

func maskable(c byte) bool { return isDigit(c) || c == '*' || c|0x20 == 'x' }

// run tries one run of digits within a text. Part of a decimal number it is
// nothing; beside a Latin letter it is part of a code, and only numbers with
// strong check digits are told.
func (s *Scanner) run(b []byte, from, to int) {
	n := to - from
	before, after := edge(b, from-1), edge(b, to)
	switch {
	case n < 7 || n > 19:
		s.creditCode(b, from, to)
	case before == '.' && from > 1 && isDigit(b[from-2]) || after == '.' && isDigit(edge(b, to+1)):
	case n == 17 && after|0x20 == 'x' && !isAlpha(edge(b, to+1)) && !isDigit(edge(b, to+1)):
		s.eighteen(b[from : to+1])
	case isAlpha(before) || isAlpha(after):
		if n == 18 {
			s.note(identity, s.lex.identity(b[from:to]))
		}
		s.creditCode(b, from, to)
	case n == 15:
		s.phone15(b[from:to])
	default:
		s.digits(b[from:to])
	}
}

// phone15 leaves out the IMEI, which needs a column of its own.
func (s *Scanner) phone15(b []byte) {
	if p := country(b); len(p) == 11 {
		s.phone(p)
	}
}

func edge(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// creditCode tries the letters and digits around a run as a code of 18.
func (s *Scanner) creditCode(b []byte, from, to int) {
	for from > 0 && to-from < 19 && (isDigit(b[from-1]) || isUpper(b[from-1])) {
		from--
	}
	for to < len(b) && to-from < 19 && (isDigit(b[to]) || isUpper(b[to])) {
		to++
	}
	if to-from == 18 {
		s.eighteen(b[from:to])
	}
}
