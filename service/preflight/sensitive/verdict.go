package sensitive

import (
	"cmp"
	"slices"
)

// Judgement is what a scan found. Of very many columns it tells one by one:
// all that was found in them takes far more memory than what was counted.
type Judgement struct {
	s            *Scanner
	person, both bool  // a column identifies persons; latitudes and longitudes are there
	hits         []Hit // of the column at hand
}

// Judge may be called at any time and changes nothing.
func (s *Scanner) Judge() *Judgement {
	return &Judgement{s: s, person: s.persons(), both: s.anyHits(latitude) && s.anyHits(longitude)}
}

// Columns gives what was found, in the order of the columns.
func (s *Scanner) Columns() []ColumnResult {
	j, out := s.Judge(), make([]ColumnResult, len(s.columns))
	for i := range out {
		out[i] = j.Column(i)
		out[i].Hits = append([]Hit{}, out[i].Hits...)
	}
	return out
}

// Column gives what was found in a column, 0 for the first. Its hits are valid
// until the next is asked for.
func (j *Judgement) Column(i int) ColumnResult {
	c := &j.s.columns[i]
	j.hits = j.s.hits(c, j.hits[:0])
	r := ColumnResult{Column: j.s.names[i], NonEmpty: c.nonEmpty, Unknown: c.unknown, Hits: j.hits, Verdict: Clean}
	for k := range r.Hits {
		j.join(&r.Hits[k])
	}
	j.s.decide(c, &r)
	return r
}

// hits are in the order of the rules.
func (s *Scanner) hits(c *column, hits []Hit) []Hit {
	for i, t := range c.tallies {
		if t != nil && t.count+t.masked > 0 {
			hits = append(hits, s.hit(c, i, t))
		}
	}
	return hits
}

func (s *Scanner) hit(c *column, rule int, t *tally) Hit {
	n := min(t.count, firstRows)
	h := Hit{Rule: s.rules[rule].ID, Count: t.count, Masked: t.masked, Near: t.near, RateBP: rate(t.count, c.nonEmpty), Rows: t.rows[:n:n], rule: rule}
	h.ByChance = t.count > 0 && s.rules[rule].Chance.against(t) == explained
	h.Verdict = s.judge(c, rule, t)
	return h
}

// decide gives the column the gravest verdict, of two alike the first rule's.
func (s *Scanner) decide(c *column, r *ColumnResult) {
	for _, h := range r.Hits {
		r.take(h.Verdict, h.Rule)
	}
	if c.freeText() {
		r.take(Review, s.ruleID(freeText))
	}
	for _, sp := range c.speakers {
		if sp.by == named && rate(c.unknown, c.nonEmpty) >= manyUnknown && s.rules[sp.rule].identifies() {
			r.take(Review, s.rules[sp.rule].ID)
		}
	}
	slices.SortFunc(r.Hits, func(a, b Hit) int { return cmp.Compare(a.Rule, b.Rule) })
}

// identifies says whether a rule's values are identifiers of persons, and not
// their attributes or those of organizations.
func (r *Rule) identifies() bool { return r.Kind != "business" && !r.NeedsPerson }

// manyUnknown is the rate of unknown cells, in basis points, from which on a
// column whose name tells of identifiers is for review.
const manyUnknown = 1000

func (r *ColumnResult) take(v Verdict, rule string) {
	if gravity[v] > gravity[r.Verdict] {
		r.Verdict, r.Because = v, rule
	}
}

// judge gives the verdict of one rule on a column.
func (s *Scanner) judge(c *column, rule int, t *tally) Verdict {
	r := &s.rules[rule]
	if t.count == 0 {
		return onlyMasked(r, t, c.nonEmpty)
	}
	by, bp := c.by(rule), rate(t.count, c.nonEmpty)
	chance := r.Chance.against(t)
	if r.Kind == "business" || detectors[r.Detector] == personName && by != named && !c.names.varied(t.count) {
		return onlyMasked(r, t, c.nonEmpty)
	}
	switch th := r.Thresholds; {
	case by == named && bp >= th.Named:
		return sure(chance != explained)
	case chance == beyond && th.Sensitive > 0 && bp >= th.Sensitive && by != hinted:
		return Sensitive
	case by == hinted && th.Hinted > 0 && bp >= th.Hinted:
		return Sensitive
	case chance == beyond && by == hinted && bp >= th.Named:
		return Review
	case chance != explained && th.Review > 0 && bp >= th.Review:
		return Review
	case chance != explained && r.CheckDigit, by == named:
		return Review
	}
	return onlyMasked(r, t, c.nonEmpty)
}

// sure is the verdict when a column's name and its values say the same;
// where chance explains the values, only the name does.
func sure(is bool) Verdict {
	if is {
		return Sensitive
	}
	return Review
}

func onlyMasked(r *Rule, t *tally, nonEmpty int64) Verdict {
	if r.Kind != "business" && rate(t.masked, nonEmpty) >= 100 {
		return Masked
	}
	return Clean
}

func (c *column) by(rule int) naming {
	for _, sp := range c.speakers {
		if sp.rule == rule {
			return sp.by
		}
	}
	return unnamed
}

// freeText says whether a fifth of the cells are long, and mostly different.
func (c *column) freeText() bool {
	return rate(c.long, c.nonEmpty) >= 2000 && c.text.varied(c.long)
}

func (s *Scanner) ruleID(d detector) string { return s.rules[s.lex.ruleOf[d]].ID }

// rate is n of all in basis points, rounded up: 0 means none at all.
func rate(n, all int64) int {
	if all == 0 {
		return 0
	}
	return int((n*10000 + all - 1) / all)
}
