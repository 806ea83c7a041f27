package sensitive

// join judges what one column alone cannot tell. Attributes of persons and
// positions are sensitive in a table where another column identifies persons,
// and for review otherwise; a latitude is nothing without its longitude.
func (s *Scanner) join(out []ColumnResult) {
	person, both := s.persons(out), s.anyHits(latitude) && s.anyHits(longitude)
	for i := range out {
		for j := range out[i].Hits {
			s.joined(&out[i].Hits[j], person, both)
		}
	}
}

func (s *Scanner) persons(out []ColumnResult) bool {
	for _, r := range out {
		for _, h := range r.Hits {
			if h.Verdict == Sensitive && s.rules[h.rule].identifies() {
				return true
			}
		}
	}
	return false
}

func (s *Scanner) joined(h *Hit, person, both bool) {
	r := &s.rules[h.rule]
	half := r.Detector == "latitude" || r.Detector == "longitude"
	switch {
	case !r.NeedsPerson || h.Count == 0:
	case half && !both:
		h.Verdict = Clean
	case h.Verdict == Sensitive && !person:
		h.Verdict = Review
	case h.Verdict == Review && person:
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
