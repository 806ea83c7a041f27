package preflight

import (
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// ExclusionReport tells what was found of personal and sensitive data, and
// what was not looked at.
type ExclusionReport struct {
	Header
	Files []ExclusionFile `json:"files"`
}

// ExclusionFile is one file.
type ExclusionFile struct {
	Path     string           `json:"path"`
	Bytes    int64            `json:"bytes"`
	Dialect  table.Dialect    `json:"dialect"`
	Examined bool             `json:"examined"`           // false: it is no table; nobody looked inside
	Stopped  *Stop            `json:"stopped,omitempty"`  // where the reading ended before the file did
	Formulas int64            `json:"formulas,omitempty"` // cells whose value a program computes
	Tables   []ExclusionTable `json:"tables"`
}

// Stop is where and why a file could not be read to its end.
type Stop struct {
	Code   string `json:"code"`
	Table  string `json:"table,omitempty"`
	Row    int64  `json:"row,omitempty"`
	Column int    `json:"column,omitempty"`
}

// ExclusionTable is one table of a file.
type ExclusionTable struct {
	Name      string                   `json:"name,omitempty"`
	Rows      int64                    `json:"rows"`
	Heading   string                   `json:"heading,omitempty"` // the rule by which the names of the columns are data; absent: they are names
	Columns   []sensitive.ColumnResult `json:"columns"`
	Anonymity *quality.Anonymity       `json:"k_anonymity,omitempty"`
}

func (p *Preflight) exclusion(files []*file) {
	passed := true
	for _, f := range files {
		e := ExclusionFile{Path: f.Path, Bytes: f.Bytes, Dialect: f.dialect(), Examined: f.Format != table.Raw, Stopped: f.stop(), Formulas: f.Formulas}
		passed = passed && e.Stopped == nil
		for _, t := range f.Tables {
			e.Tables = append(e.Tables, ExclusionTable{t.Name, t.Quality.Rows, t.Heading, t.Columns, t.Quality.Anonymity})
			passed = passed && t.clean()
		}
		p.Exclusion.Files = append(p.Exclusion.Files, e)
	}
	p.Exclusion.Header = p.header("exclusion", passed)
}

// clean tells whether nothing has to be done about a table. What a person has
// to look at is listed, and does not fail: no program can tell.
func (t *found) clean() bool {
	if t.Heading != "" {
		return false
	}
	for _, c := range t.Columns {
		if c.Verdict == sensitive.Sensitive {
			return false
		}
	}
	a := t.Quality.Anonymity
	return a == nil || a.Below == 0
}

// dialect of a file that nothing was read of is its format.
func (f *file) dialect() table.Dialect {
	d := f.Dialect
	d.Format = f.Format
	return d
}

func (f *file) stop() *Stop {
	if f.Stopped == nil {
		return nil
	}
	return &Stop{f.Stopped.Code, f.Stopped.Table, f.Stopped.Row, f.Stopped.Column}
}
