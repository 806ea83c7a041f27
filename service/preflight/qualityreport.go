package preflight

import (
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// QualityReport measures the dataset by the dimensions of GB/T 36344-2018.
type QualityReport struct {
	Header
	Dimensions []DimensionLine `json:"dimensions"` // all six, in the order of the standard
	Files      []QualityFile   `json:"files"`
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
	Name string `json:"name,omitempty"`
	quality.Result
}

// ruleReadable is the measure of accessibility 可访问性: files that were read to
// their end as the tables that they are, of all files that are tables.
const ruleReadable = "file-is-readable"

func (p *Preflight) quality(e *quality.Expectations, files []*file) {
	all := []quality.Measure{readable(files)}
	for _, f := range files {
		q := QualityFile{Path: f.Path}
		for _, t := range f.Tables {
			q.Tables = append(q.Tables, QualityTable{t.Name, t.Quality})
			all = append(all, t.Quality.Measures...)
		}
		p.Quality.Files = append(p.Quality.Files, q)
	}
	passed := true
	for _, d := range quality.Dimensions {
		l := dimension(d, all)
		if e != nil {
			l.AtLeast = e.AtLeast[d]
		}
		passed = passed && !l.short() && (d != quality.Accessibility || l.Score == nil || *l.Score == 10000)
		p.Quality.Dimensions = append(p.Quality.Dimensions, l)
	}
	p.Quality.Header = p.header("quality", passed)
}

func readable(files []*file) quality.Measure {
	m := quality.Measure{Dimension: quality.Accessibility, Rule: ruleReadable}
	for _, f := range files {
		if f.Format == table.Raw {
			continue
		}
		m.M++
		if f.Stopped == nil {
			m.N++
		}
	}
	return m
}

func dimension(d quality.Dimension, all []quality.Measure) DimensionLine {
	l, sum := DimensionLine{Dimension: d}, 0
	for _, m := range all {
		if m.Dimension != d {
			continue
		}
		l.Of++
		if bp, ok := m.BP(); ok {
			l.Measures++
			sum += bp
		}
	}
	if l.Measures > 0 {
		mean := sum / l.Measures
		l.Score = &mean
	}
	return l
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
		Uniqueness: r.uniqueness(), Consistency: by[quality.Consistency], Timeliness: by[quality.Timeliness]}
}

func (r QualityReport) uniqueness() *int {
	sum, n := 0, 0
	for _, f := range r.Files {
		for _, t := range f.Tables {
			for _, m := range t.Measures {
				if bp, ok := m.BP(); ok && m.Rule == quality.RowOccursOnce {
					sum, n = sum+bp, n+1
				}
			}
		}
	}
	if n == 0 {
		return nil
	}
	mean := sum / n
	return &mean
}
