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
	All   Counts          `json:"all"`
	Files []ExclusionFile `json:"files"` // by path, as many as there is room for; All counts the rest too
}

// ExclusionFile is one file.
type ExclusionFile struct {
	Path     string           `json:"path"`
	Bytes    int64            `json:"bytes"`
	Dialect  table.Dialect    `json:"dialect"`
	Examined bool             `json:"examined"`           // false: it is no table; nobody looked inside
	Kind     string           `json:"kind,omitempty"`     // what it is instead
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
	Width     int                      `json:"width"`             // columns there are
	Numbers   []int                    `json:"numbers,omitempty"` // of the columns told, where there are too many to tell; 1 is the first
	Columns   []sensitive.ColumnResult `json:"columns"`
	Anonymity *quality.Anonymity       `json:"k_anonymity,omitempty"`
}

func (p *Preflight) exclusion(all Counts, told []*file) {
	for _, f := range told {
		p.Exclusion.Files = append(p.Exclusion.Files, f.exclusion())
	}
	p.Exclusion.All = all
	p.Exclusion.Header = p.header("exclusion", all.Findings == 0)
}

// exclusion tells what was found in a file. What has to be done about it makes
// the dataset fail; what a person has to look at is listed only: no program
// can tell.
func (f *file) exclusion() ExclusionFile {
	e := ExclusionFile{Path: f.Path, Bytes: f.Bytes, Dialect: f.dialect(), Examined: f.Format != table.Raw, Kind: f.Kind, Stopped: f.stop(), Formulas: f.Formulas}
	for _, t := range f.Tables {
		e.Tables = append(e.Tables, ExclusionTable{t.Name, t.Quality.Rows, t.Heading, t.Width, t.Numbers, t.Columns, t.Quality.Anonymity})
	}
	return e
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
