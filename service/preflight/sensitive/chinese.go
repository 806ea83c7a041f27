package sensitive

import "github.com/datapledge/datapledge/service/preflight/table"

// wideNumber is the number of bytes of a mobile number in fullwidth digits.
const wideNumber = 11 * 3

// chinese tries what has characters outside ASCII.
func (s *Scanner) chinese(b []byte, class table.Class) {
	n := len(b)
	if class&^table.Star == table.High {
		if n <= 15 {
			s.name(b)
		} else if n >= wideNumber {
			s.widened(b, class)
		}
		return
	}
	if n <= 15 && class&(table.Digit|table.Upper) != 0 {
		if o := s.lex.plateForm(b); o != other {
			s.note(plate, o)
			return
		}
	}
	if class&table.Digit != 0 {
		if n >= 15 && s.lex.numbered(b) {
			s.note(address, onlyHit(s.lex.addressForm(b)))
		}
		if n <= 30 && officerForm(b) {
			s.note(officer, hit)
		}
		if n >= 15 && class&table.Dot != 0 && n <= 64 {
			s.note(position, pair(b))
		}
	}
	if class&(table.Digit|table.At|table.Star) != 0 || n >= wideNumber {
		s.widened(b, class)
	}
}

func onlyHit(o outcome) outcome {
	if o == hit {
		return o
	}
	return other
}

func (s *Scanner) name(b []byte) {
	o := s.lex.nameForm(b)
	if o == hit {
		if s.col.names == nil {
			s.col.names = new(variety)
		}
		s.col.names.add(b)
	}
	s.note(personName, o)
}
