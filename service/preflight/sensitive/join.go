package sensitive

import "github.com/datapledge/datapledge/service/preflight/table"

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

// tellsData says whether a text that stands where a column's name does holds
// what a rule looks for, masked or not, or digits or text that no name has.
func (s *Scanner) tellsData(name string) bool {
	var c column
	b := trim([]byte(name))
	s.col, s.found, s.veiled = &c, 0, 0
	s.content(b, table.Bytes(b))
	return s.found|s.veiled != 0 || len(b) > 2*longText || longRun(b) >= 9
}

// longRun is the length of the longest run of digits.
func longRun(b []byte) int {
	longest, n := 0, 0
	for _, c := range b {
		if n++; !isDigit(c) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}
