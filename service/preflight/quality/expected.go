package quality

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// count is n of m.
type count struct{ n, m int64 }

func (c *count) add(ok bool) {
	c.m++
	if ok {
		c.n++
	}
}

// wanted is what is expected of a column, and how often it was so.
type wanted struct {
	kind          Kind // Empty: any
	low, high     *decimal
	from, to      *int64
	values        map[string]bool
	once          *tally
	typed, within count
}

// required columns, and the rows that have them all.
type required struct {
	columns []int
	count
}

// order is a pair of columns.
type order struct {
	first, second int
	count
}

// age is the column that tells how old a row is.
type age struct {
	column    int
	day, most int64
	count
}

func (p *Profiler) expect(e *Expectation, asOf string) error {
	for name, want := range e.Columns {
		c, err := p.column(name)
		if err != nil {
			return err
		}
		p.cols[c].want = newWanted(want)
		if want.Required {
			p.full.columns = append(p.full.columns, c)
		}
	}
	slices.Sort(p.full.columns)
	var err error
	if p.key, err = p.group(e.Key); err != nil {
		return err
	}
	if p.near, err = p.group(e.QuasiIdentifiers); err != nil {
		return err
	}
	return p.expectTimes(e, asOf)
}

func (p *Profiler) expectTimes(e *Expectation, asOf string) error {
	for _, pair := range e.Order {
		first, err := p.column(pair[0])
		if err != nil {
			return err
		}
		second, err := p.column(pair[1])
		if err != nil {
			return err
		}
		p.pair = append(p.pair, order{first: first, second: second})
	}
	if e.Current == "" {
		return nil
	}
	c, err := p.column(e.Current)
	today, _ := date([]byte(asOf))
	p.age = &age{column: c, day: today, most: e.MaxAgeDays}
	return err
}

func (p *Profiler) column(name string) (int, error) {
	if p.places == nil {
		p.places = map[string]int{}
		for c := len(p.names) - 1; c >= 0; c-- {
			p.places[p.names[c]] = c
		}
	}
	if c, ok := p.places[name]; ok {
		return c, nil
	}
	return 0, fmt.Errorf("the table has no column %q", name)
}

func (p *Profiler) group(names []string) (*group, error) {
	if len(names) == 0 {
		return nil, nil
	}
	g := &group{of: newTally()}
	for _, name := range names {
		c, err := p.column(name)
		if err != nil {
			return nil, err
		}
		g.columns = append(g.columns, c)
	}
	return g, nil
}

func newWanted(e *ColumnExpectation) *wanted {
	w := &wanted{kind: Kind(max(0, slices.Index(kindNames[:], e.Type)))}
	w.low, w.from = bound(e.Min)
	w.high, w.to = bound(e.Max)
	if len(e.Values) > 0 {
		w.values = map[string]bool{}
		for _, v := range e.Values {
			w.values[v] = true
		}
	}
	if e.Unique {
		w.once = newTally()
	}
	return w
}

// bound reads a limit: a number, or a day.
func bound(s string) (*decimal, *int64) {
	if s == "" {
		return nil, nil
	}
	if d, ok := date([]byte(s)); ok && len(s) == 10 {
		return nil, &d
	}
	d, _ := parseText(s)
	return &d, nil
}

func (p *Profiler) addExpected(b *table.Batch) {
	for c := range p.cols {
		if w := p.cols[c].want; w != nil {
			w.add(b, c)
		}
	}
	for row := range b.Rows {
		for _, g := range []*group{p.key, p.near} {
			if g != nil {
				g.add(b, row)
			}
		}
		p.addRelations(b, row)
	}
}

func (p *Profiler) addRelations(b *table.Batch, row int) {
	at := row * b.Columns
	if len(p.full.columns) > 0 {
		p.full.add(!slices.ContainsFunc(p.full.columns, func(c int) bool {
			return kindOf(b.Cell(at+c), b.Classes[at+c]) == Empty
		}))
	}
	for i := range p.pair {
		o := &p.pair[i]
		if c, ok := compare(b.Cell(at+o.first), b.Cell(at+o.second)); ok {
			o.add(c <= 0)
		}
	}
	if p.age != nil {
		if d, ok := date(b.Cell(at + p.age.column)); ok {
			p.age.add(d <= p.age.day && p.age.day-d <= p.age.most)
		}
	}
}

// compare orders two cells as days or as numbers, if both are.
func compare(a, b []byte) (int, bool) {
	if x, ok := date(a); ok {
		if y, ok := date(b); ok {
			if x == y {
				return bytes.Compare(a, b), true // the time of the day, written alike
			}
			return sign(int(x - y)), true
		}
	}
	x, ok := parseDecimal(a)
	y, also := parseDecimal(b)
	return x.compare(y), ok && also
}

func (w *wanted) add(b *table.Batch, c int) {
	for i := c; i < len(b.Ends); i += b.Columns {
		cell := b.Cell(i)
		k := kindOf(cell, b.Classes[i])
		if k == Empty || k == Text && absent(cell) {
			continue // completeness counts those
		}
		if w.kind != Empty {
			w.typed.add(w.fits(k, cell))
		}
		if w.bounded() {
			w.within.add(w.inside(cell))
		}
		if w.once != nil {
			w.once.add(xxh3.Hash(cell))
		}
	}
}

// fits: whole numbers are decimals too, eight digits are a number where one
// is expected, and everything is text.
func (w *wanted) fits(k Kind, cell []byte) bool {
	switch w.kind {
	case Text:
		return true
	case Integer:
		return k == Integer || k == Date && digits(cell)
	case Decimal:
		return k == Integer || k == Decimal || k == Date && digits(cell)
	case Boolean:
		return k == Boolean || string(cell) == "0" || string(cell) == "1"
	}
	return k == w.kind
}

func (w *wanted) bounded() bool {
	return w.low != nil || w.high != nil || w.from != nil || w.to != nil || w.values != nil
}

func (w *wanted) inside(cell []byte) bool {
	if w.values != nil && !w.values[string(cell)] {
		return false
	}
	if w.from != nil || w.to != nil {
		d, ok := date(cell)
		return ok && (w.from == nil || d >= *w.from) && (w.to == nil || d <= *w.to)
	}
	if w.low == nil && w.high == nil {
		return true
	}
	d, ok := parseDecimal(cell)
	return ok && (w.low == nil || d.compare(*w.low) >= 0) && (w.high == nil || d.compare(*w.high) <= 0)
}
