package quality

// The rules, by name. Each is n of m:
const (
	ruleShape     = "row-has-all-columns"     // rows with as many cells as there are columns, of all rows
	ruleType      = "value-has-type"          // values written as the expected type, of all values of the column
	ruleFilled    = "cell-is-filled"          // cells that hold a value, of all cells
	ruleRequired  = "row-has-required-values" // rows with a value in every required column, of all rows
	RowOccursOnce = "row-occurs-once"         // rows less those that repeat an earlier one, of all rows
	ruleOnceKey   = "key-occurs-once"         // the same, by the columns of the key
	ruleOnce      = "value-occurs-once"       // the same, by the values of a column
	ruleRange     = "value-in-range"          // values within the expected bounds or list, of all values
	ruleOrder     = "columns-in-order"        // rows whose first column is not after the second, of those with both
	ruleAge       = "row-is-current"          // rows that are not older than expected, of those with a date
)

const (
	noExpectation = "no-expectation"
	noValues      = "no-values"
)

// measure is not applicable where there was nothing to count.
func measure(d Dimension, rule string, column int, c count) Measure {
	m := Measure{Dimension: d, Rule: rule, Column: column, N: c.n, M: c.m}
	if c.m == 0 {
		m.NA = noValues
	}
	return m
}

func unexpected(d Dimension, rule string) Measure {
	return Measure{Dimension: d, Rule: rule, NA: noExpectation}
}

// each makes a measure of every column that something is expected of.
func (p *Profiler) each(d Dimension, rule string, of func(*wanted) (count, bool)) []Measure {
	var out []Measure
	for c := range p.cols {
		if w := p.cols[c].want; w != nil {
			if n, asked := of(w); asked {
				out = append(out, measure(d, rule, c+1, n))
			}
		}
	}
	if out == nil {
		out = []Measure{unexpected(d, rule)}
	}
	return out
}

func (p *Profiler) conformity() []Measure {
	shape := measure(Conformity, ruleShape, 0, count{p.rows - p.odd, p.rows})
	return append([]Measure{shape}, p.each(Conformity, ruleType, func(w *wanted) (count, bool) { return w.typed, w.kind != Empty })...)
}

func (p *Profiler) completeness() []Measure {
	var cells count
	for c := range p.cols {
		cells.n += p.cols[c].filled()
		cells.m += p.rows
	}
	out := []Measure{measure(Completeness, ruleFilled, 0, cells)}
	if len(p.full.columns) == 0 {
		return append(out, unexpected(Completeness, ruleRequired))
	}
	return append(out, measure(Completeness, ruleRequired, 0, p.full.count))
}

func (p *Profiler) accuracy() []Measure {
	out := []Measure{once(RowOccursOnce, 0, p.seen)}
	if p.key == nil {
		out = append(out, unexpected(Accuracy, ruleOnceKey))
	} else {
		out = append(out, once(ruleOnceKey, 0, p.key.of))
	}
	out = append(out, p.uniques()...)
	return append(out, p.each(Accuracy, ruleRange, func(w *wanted) (count, bool) { return w.within, w.bounded() })...)
}

func (p *Profiler) uniques() []Measure {
	var out []Measure
	for c := range p.cols {
		if w := p.cols[c].want; w != nil && w.once != nil {
			out = append(out, once(ruleOnce, c+1, w.once))
		}
	}
	if out == nil {
		out = []Measure{unexpected(Accuracy, ruleOnce)}
	}
	return out
}

func once(rule string, column int, t *tally) Measure {
	s := t.sums(0)
	m := measure(Accuracy, rule, column, count{s.keys, s.rows})
	m.Sample = t.sample()
	return m
}

// sample is one in how many, or 0 for all.
func (t *tally) sample() int64 {
	if t.bits == 0 {
		return 0
	}
	return 1 << t.bits
}

func (p *Profiler) consistency() []Measure {
	if len(p.pair) == 0 {
		return []Measure{unexpected(Consistency, ruleOrder)}
	}
	var out []Measure
	for _, o := range p.pair {
		out = append(out, measure(Consistency, ruleOrder, o.first+1, o.count))
	}
	return out
}

func (p *Profiler) timeliness() Measure {
	if p.age == nil {
		return unexpected(Timeliness, ruleAge)
	}
	return measure(Timeliness, ruleAge, p.age.column+1, p.age.count)
}

func (p *Profiler) anonymity() *Anonymity {
	if p.near == nil {
		return nil
	}
	s := p.near.of.sums(p.asked.K)
	a := &Anonymity{K: p.asked.K, Smallest: s.smallest, Groups: s.keys, Below: s.below, Rows: s.rows, Sample: p.near.of.sample()}
	for _, c := range p.near.columns {
		a.Columns = append(a.Columns, c+1)
	}
	return a
}
