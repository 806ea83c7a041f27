package sensitive

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
