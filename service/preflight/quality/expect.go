package quality

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Expectations 期望 are what the owner says that the data should be. What is
// not said is not measured.
type Expectations struct {
	V       int                     `json:"v"`        // 1
	AsOf    string                  `json:"as_of"`    // the day that ages are counted to, 2006-01-02; there is no clock
	Tables  map[string]*Expectation `json:"tables"`   // by path in the dataset; a sheet is path#sheet
	AtLeast map[Dimension]int       `json:"at_least"` // basis points that a dimension must reach
}

// Expectation is about one table.
type Expectation struct {
	Columns          map[string]*ColumnExpectation `json:"columns,omitempty"`
	Key              []string                      `json:"key,omitempty"`               // no two rows have the same
	Order            [][2]string                   `json:"order,omitempty"`             // pairs of columns; the first is not after, or above, the second
	Current          string                        `json:"current,omitempty"`           // a column of dates that tells how old a row is
	MaxAgeDays       int64                         `json:"max_age_days,omitempty"`      // of Current, at AsOf
	QuasiIdentifiers []string                      `json:"quasi_identifiers,omitempty"` // together they might single a person out
	K                int64                         `json:"k,omitempty"`                 // at least so many rows share them (k-anonymity)
}

// ColumnExpectation is about one column.
type ColumnExpectation struct {
	Type     string   `json:"type,omitempty"` // integer, decimal, boolean, date, datetime, text
	Required bool     `json:"required,omitempty"`
	Unique   bool     `json:"unique,omitempty"`
	Min      string   `json:"min,omitempty"` // a number, or a date
	Max      string   `json:"max,omitempty"`
	Values   []string `json:"values,omitempty"` // all that are allowed
}

// ParseExpectations reads an expectations file: strict JSON of at most 1 MiB.
func ParseExpectations(r io.Reader) (*Expectations, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<20+1))
	if err != nil {
		return nil, fmt.Errorf("reading the expectations: %w", err)
	}
	if len(text) > 1<<20 {
		return nil, errors.New("the expectations are longer than 1 MiB")
	}
	var e Expectations
	if err := pledge.StrictUnmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("the expectations are not understood: %w", err)
	}
	return &e, e.check()
}

func (e *Expectations) check() error {
	if e.V != 1 {
		return fmt.Errorf("v is %d: this program reads version 1", e.V)
	}
	if e.AsOf != "" {
		if _, ok := date([]byte(e.AsOf)); !ok || len(e.AsOf) != 10 {
			return errors.New("as_of is a day like 2026-01-31")
		}
	}
	for d, bp := range e.AtLeast {
		if !slices.Contains(Dimensions, d) || bp < 0 || bp > 10000 {
			return fmt.Errorf("at_least: %q wants 0 to 10000 basis points of a dimension of GB/T 36344", d)
		}
	}
	for name, t := range e.Tables {
		if t == nil {
			return fmt.Errorf("table %q: nothing is expected of it", name)
		}
		if err := t.check(e.AsOf); err != nil {
			return fmt.Errorf("table %q: %w", name, err)
		}
	}
	return nil
}

// What may be expected of one table: each takes time for every row, or memory
// for every different value.
const (
	mostNames   = 64 // columns of a key, or of the quasi-identifiers
	mostOrders  = 64 // pairs
	mostUniques = 4  // columns
)

func (t *Expectation) bounded() error {
	for what, names := range map[string][]string{"key": t.Key, "quasi_identifiers": t.QuasiIdentifiers} {
		if len(names) > mostNames {
			return fmt.Errorf("%s names %d columns, at most %d", what, len(names), mostNames)
		}
	}
	if len(t.Order) > mostOrders {
		return fmt.Errorf("order is of %d pairs, at most %d", len(t.Order), mostOrders)
	}
	uniques := 0
	for _, c := range t.Columns {
		if c != nil && c.Unique {
			uniques++
		}
	}
	if uniques > mostUniques {
		return fmt.Errorf("%d columns are unique, at most %d: name the others in key", uniques, mostUniques)
	}
	return nil
}

// Heavy tells whether different values are counted, which takes memory.
func (t *Expectation) Heavy() bool {
	if t == nil {
		return false
	}
	for _, c := range t.Columns {
		if c.Unique {
			return true
		}
	}
	return len(t.Key)+len(t.QuasiIdentifiers) > 0
}

func (t *Expectation) check(asOf string) error {
	if err := t.bounded(); err != nil {
		return err
	}
	if (t.Current == "") != (t.MaxAgeDays == 0) || t.MaxAgeDays < 0 {
		return errors.New("current names a column of dates, and max_age_days how old they may be: both, or none")
	}
	if t.Current != "" && asOf == "" {
		return errors.New("max_age_days needs as_of, the day that ages are counted to")
	}
	if (len(t.QuasiIdentifiers) == 0) != (t.K == 0) || t.K < 0 {
		return errors.New("quasi_identifiers names columns, and k how many rows must share them: both, or none")
	}
	for name, c := range t.Columns {
		if c == nil {
			return fmt.Errorf("column %q: nothing is expected of it", name)
		}
		if err := c.check(); err != nil {
			return fmt.Errorf("column %q: %w", name, err)
		}
	}
	return nil
}

func (c *ColumnExpectation) check() error {
	if c.Type != "" && (c.Type == kindNames[Empty] || !slices.Contains(kindNames[:], c.Type)) {
		return errors.New("type is integer, decimal, boolean, date, datetime or text")
	}
	_, low := parseText(c.Min)
	_, high := parseText(c.Max)
	_, first := date([]byte(c.Min))
	_, last := date([]byte(c.Max))
	numbers := (c.Min == "" || low) && (c.Max == "" || high)
	dates := (c.Min == "" || first) && (c.Max == "" || last)
	if !numbers && !dates {
		return errors.New("min and max are both numbers, or both days like 2026-01-31")
	}
	return nil
}
