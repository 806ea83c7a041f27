package preflight

import (
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// QualityReport measures the dataset by the dimensions of GB/T 36344-2018.
type QualityReport struct {
	Header
	// AsOf is the day that ages were counted to, which the owner chose; "" when
	// none was given.
	AsOf       string          `json:"as_of,omitempty"`
	Dimensions []DimensionLine `json:"dimensions"` // all six, in the order of the standard
	Files      []QualityFile   `json:"files"`      // those that the exclusion report tells of

	uniqueness *int // part of accuracy, in basis points
}

// DimensionLine is the mean of a dimension's measures, in basis points,
// rounded down; null when none was applicable.
type DimensionLine struct {
	Dimension quality.Dimension `json:"dimension"`
	Score     *int              `json:"score"`
	Measures  int               `json:"measures"`           // that were applicable
	Of        int               `json:"of"`                 // measures there are
	AtLeast   int               `json:"at_least,omitempty"` // expected
}

// QualityFile is one file.
type QualityFile struct {
	Path   string         `json:"path"`
	Tables []QualityTable `json:"tables"`
}

// QualityTable is one table of a file.
type QualityTable struct {
	Name    string `json:"name,omitempty"`
	Numbers []int  `json:"numbers,omitempty"` // of the columns told, where there are too many to tell
	quality.Result
}

// ruleReadable is the measure of accessibility 可访问性: files that were read to
// their end as the tables that they are, of all files that are tables.
const ruleReadable = "file-is-readable"

func (p *Preflight) quality(e *quality.Expectations, m means, files, told []*file) {
	for _, f := range told {
		p.Quality.Files = append(p.Quality.Files, f.quality())
	}
	m.measure(readable(files))
	if e != nil {
		p.Quality.AsOf = e.AsOf
	}
	passed := true
	for i, d := range quality.Dimensions {
		l := DimensionLine{Dimension: d, Score: m.dimensions[i].of(), Measures: m.dimensions[i].n, Of: m.dimensions[i].all}
		if e != nil {
			l.AtLeast = e.AtLeast[d]
		}
		passed = passed && !l.short() && (d != quality.Accessibility || l.Score == nil || *l.Score == 10000)
		p.Quality.Dimensions = append(p.Quality.Dimensions, l)
	}
	p.Quality.uniqueness = m.uniqueness.of()
	p.Quality.Header = p.header("quality", passed)
}

func (f *file) quality() QualityFile {
	q := QualityFile{Path: f.Path}
	for _, t := range f.Tables {
		q.Tables = append(q.Tables, QualityTable{t.Name, t.Numbers, t.Quality})
	}
	return q
}

func readable(files []*file) quality.Measure {
	m := quality.Measure{Dimension: quality.Accessibility, Rule: ruleReadable}
	for _, f := range files {
		if f.Format == table.Raw && f.Stopped == nil {
			continue
		}
		m.M++
		if f.Stopped == nil {
			m.N++
		}
	}
	return m
}

// mean is of measures in basis points, rounded down.
type mean struct{ sum, n, all int } // n of all measures were applicable

func (m *mean) of() *int {
	if m.n == 0 {
		return nil
	}
	bp := m.sum / m.n
	return &bp
}

// means are those of the dimensions, in their order, and of uniqueness.
type means struct {
	dimensions [6]mean
	uniqueness mean
}

func (m *means) add(o means) {
	for i, d := range o.dimensions {
		m.dimensions[i].add(d)
	}
	m.uniqueness.add(o.uniqueness)
}

func (m *mean) add(o mean) { m.sum, m.n, m.all = m.sum+o.sum, m.n+o.n, m.all+o.all }

func (m *means) measure(q quality.Measure) {
	one := mean{all: 1}
	if bp, ok := q.BP(); ok {
		one.sum, one.n = bp, 1
	}
	m.dimensions[slices.Index(quality.Dimensions, q.Dimension)].add(one)
	if q.Rule == quality.RowOccursOnce {
		m.uniqueness.add(one)
	}
}

func (f *file) means() (m means) {
	for _, t := range f.Tables {
		for _, q := range t.Quality.Measures {
			m.measure(q)
		}
	}
	return m
}

// short: less was measured than is expected, or nothing although it is.
func (l DimensionLine) short() bool {
	return l.AtLeast > 0 && (l.Score == nil || *l.Score < l.AtLeast)
}

// scores are those that a declaration has room for. Its uniqueness is a part
// of accuracy: rows that occur once.
func (r QualityReport) scores() pledge.Scores {
	by := map[quality.Dimension]*int{}
	for _, l := range r.Dimensions {
		by[l.Dimension] = l.Score
	}
	return pledge.Scores{Completeness: by[quality.Completeness], Validity: by[quality.Conformity],
		Uniqueness: r.uniqueness, Consistency: by[quality.Consistency], Timeliness: by[quality.Timeliness]}
}
