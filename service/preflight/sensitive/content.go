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

// digits tries a cell, or a run in a text, of nothing but digits.
func (s *Scanner) digits(b []byte) {
	switch n := len(b); {
	case n < 10 || n > 19:
	case n < 13:
		s.phone(b)
	case n == 15:
		if p := country(b); len(p) == 11 && s.phone(p) {
			return
		}
		s.note(imei, s.lex.imei(b))
	case n < 16:
		if p := country(b); len(p) == 11 {
			s.phone(p)
		}
	case n == 18:
		s.eighteen(b)
	default:
		s.bankCard(b)
	}
}

// amount counts whole cells of 10 and 12 digits as near misses of a mobile
// number: amounts of 11 digits that begin like one have such neighbours.
func (s *Scanner) amount(b []byte) {
	if (len(b) == 10 || len(b) == 12) && b[0] != '0' {
		s.note(mobile, near)
	}
}

// phone tries 10 to 12 digits.
func (s *Scanner) phone(b []byte) bool {
	if b[0] == '0' {
		return s.lex.fixedForm(b) && s.note(fixed, hit)
	}
	return s.note(mobile, mobileForm(b))
}

// eighteen tries what 18 digits, or 17 and X, or letters among them can be.
func (s *Scanner) eighteen(b []byte) bool {
	if identityForm(b) && (s.note(identity, s.lex.identity(b)) || s.note(residence, s.lex.residence(b))) {
		return true
	}
	if o := s.lex.uscc(b); o != other {
		s.note(soleTrader, sole(b, o))
		if s.note(uscc, o) {
			return true
		}
	}
	return s.bankCard(b)
}

func sole(b []byte, o outcome) outcome {
	if soleTrader92(b) {
		return o
	}
	return other
}

func (s *Scanner) bankCard(b []byte) bool {
	o := s.lex.card(b)
	found := s.note(card, o)
	if o != other && len(b) == 16 {
		// With other networks' prefixes 11 of 500 random numbers of 16 digits
		// pass, of 17 to 19 digits one.
		s.col.tally(s.lex.ruleOf[card], len(s.rules)).pool += 10
	}
	return found
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
