package sensitive

import "github.com/datapledge/datapledge/service/preflight/table"

const letters = table.Upper | table.Lower

// content tries the rules that need no column's name, by what the cell is
// made of and how long it is.
func (s *Scanner) content(b []byte, class table.Class) {
	switch {
	case class == table.Digit:
		s.amount(b)
		s.digits(b)
	case class&table.High != 0:
		s.chinese(b, class)
	case class&table.Star != 0:
		s.starred(b, class)
	case class&table.At != 0:
		s.running(b, class)
	case class&table.Digit == 0 || len(b) < 7:
	case class == table.Digit|table.Dot:
		if len(b) <= 19 {
			s.note(ip, address4(b))
		}
	case class&^(table.Digit|letters) == 0:
		s.code(b)
	default:
		s.marked(b, class)
	}
}

// code tries letters and digits without anything between them.
func (s *Scanner) code(b []byte) {
	switch len(b) {
	case 8, 9, 11:
		if d, o := travel(b); o == near {
			s.note(passport, near)
			s.note(hkPermit, near)
			s.note(exitPermit, near)
		} else {
			s.note(d, o)
		}
		s.crossed(b)
	case 15, 16, 19:
		s.crossed(b)
	case 17:
		if !s.note(vin, vehicle(b)) {
			s.crossed(b)
		}
	case 18:
		if !s.eighteen(b) {
			s.crossed(b)
		}
	case 32, 40, 64:
		s.digest(b)
	}
}

// crossed tries a number of which digits were crossed out with X.
func (s *Scanner) crossed(b []byte) {
	for i := 3; i < len(b); i += 4 {
		if b[i]|0x20 == 'x' { // four in a row cross one of these places
			if d, ok := maskForm(b); ok {
				s.note(d, masked)
			}
			return
		}
	}
}

func (s *Scanner) digest(b []byte) {
	if isDigest(b) {
		s.note(digest, masked)
	}
}

// starred tries the masked forms, of a whole cell first.
func (s *Scanner) starred(b []byte, class table.Class) {
	if len(b) <= 24 && class&table.At == 0 {
		if d, ok := maskForm(b); ok {
			s.note(d, masked)
			return
		}
	}
	s.running(b, class)
}

// marked tries digits with marks between them.
func (s *Scanner) marked(b []byte, class table.Class) {
	if class&table.Dash != 0 && len(b) >= 10 && b[4] == '-' && b[7] == '-' && (len(b) == 10 || class&table.Colon != 0 && len(b) <= 30) {
		return // a date or a time stamp
	}
	switch {
	case (len(b) == 17 || len(b) == 14) && class&(table.Colon|table.Dash|table.Dot) != 0 && hardware(b):
		s.note(mac, hit)
		return
	case class&table.Colon != 0 && class&^(table.Digit|letters|table.Colon) == 0:
		if len(b) <= 39 && address6(b) {
			s.note(ip, hit)
		}
		return
	case class&table.Dot != 0 && class&(table.Comma|table.Space|table.Slash) != 0 && len(b) <= 64 && s.note(position, pair(b)):
		return
	case class == table.Digit|table.Dot|table.Colon:
		s.port(b)
		return
	case class == table.Digit|table.Dot|table.Dash:
		return // a negative number
	}
	s.running(b, class)
}

// port tries an IPv4 address with a port.
func (s *Scanner) port(b []byte) {
	for i, c := range b {
		if c == ':' && i >= 7 && i <= 15 && address4(b[:i]) == hit {
			s.note(ip, hit)
			return
		}
	}
}
