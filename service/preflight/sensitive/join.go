package sensitive

import "github.com/datapledge/datapledge/service/preflight/table"

// join judges what one column alone cannot tell. Attributes of persons and
// positions are sensitive in a table where another column identifies persons,
// and for review otherwise; a latitude is nothing without its longitude.
func (s *Scanner) join(out []ColumnResult) {
	person := false
	both := s.anyHits(latitude) && s.anyHits(longitude)
	for i := range out {
		rule := s.ruleOf(out[i].Because)
		person = person || out[i].Verdict == Sensitive && rule != nil && !rule.NeedsPerson
	}
	for i := range out {
		s.joined(&out[i], person, both)
	}
}

func (s *Scanner) joined(r *ColumnResult, person, both bool) {
	rule := s.ruleOf(r.Because)
	if rule == nil || !rule.NeedsPerson {
		return
	}
	half := rule.Detector == "latitude" || rule.Detector == "longitude"
	switch {
	case half && !both:
		r.Verdict, r.Because = Clean, ""
	case r.Verdict == Sensitive && !person:
		r.Verdict = Review
	case r.Verdict == Review && person:
		r.Verdict = Sensitive
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

func (s *Scanner) ruleOf(id string) *Rule {
	for i := range s.rules {
		if s.rules[i].ID == id {
			return &s.rules[i]
		}
	}
	return nil
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
