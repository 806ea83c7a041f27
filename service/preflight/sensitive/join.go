package sensitive

// persons says whether a column identifies persons.
func (s *Scanner) persons() bool {
	for i := range s.columns {
		c := &s.columns[i]
		for rule, t := range c.tallies {
			if t != nil && t.count > 0 && s.rules[rule].identifies() && s.judge(c, rule, t) == Sensitive {
				return true
			}
		}
	}
	return false
}

// join judges what one column alone cannot tell. Attributes of persons and
// positions are sensitive in a table where another column identifies persons,
// and for review otherwise; a latitude is nothing without its longitude.
func (j *Judgement) join(h *Hit) {
	r := &j.s.rules[h.rule]
	half := r.Detector == "latitude" || r.Detector == "longitude"
	switch {
	case !r.NeedsPerson || h.Count == 0:
	case half && !j.both:
		h.Verdict = Clean
	case h.Verdict == Sensitive && !j.person:
		h.Verdict = Review
	case h.Verdict == Review && j.person:
		h.Verdict = Sensitive
	}
}

func (s *Scanner) anyHits(d detector) bool {
	for i := range s.columns {
		if t := s.columns[i].tallies; t != nil && t[s.lex.ruleOf[d]] != nil && t[s.lex.ruleOf[d]].count > 0 {
			return true
		}
	}
	return false
}
