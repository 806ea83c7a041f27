package demo

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// exclusionReport says what was looked for to keep sensitive data out
// (敏感数据排除), where, and what was found.
type exclusionReport struct {
	V         int         `json:"v"`
	Scope     string      `json:"scope"`
	Rows      int         `json:"rows"`
	Columns   []string    `json:"columns"`
	Cells     int         `json:"cells"`
	LookedFor []lookedFor `json:"looked_for"`
	Result    string      `json:"result"`
	Limits    string      `json:"limits"`
}

type lookedFor struct {
	What    string `json:"what"`
	Pattern string `json:"pattern"`
	Found   int    `json:"found"`
}

// qualityReport has the scores that were computed, in basis points, and how.
type qualityReport struct {
	V            int    `json:"v"`
	Rows         int    `json:"rows"`
	Cells        int    `json:"cells"`
	Empty        int    `json:"empty_cells"`
	Repeated     int    `json:"repeated_rows"`
	Completeness int    `json:"completeness"`
	Uniqueness   int    `json:"uniqueness"`
	Method       string `json:"method"`
	NotMeasured  string `json:"not_measured"`
}

// sensitive is what personal data usually look like in such a table.
func sensitive() []lookedFor {
	return []lookedFor{
		{What: "resident identity number (GB 11643)", Pattern: `\b[1-9][0-9]{16}[0-9Xx]\b`},
		{What: "mainland mobile number", Pattern: `\b1[3-9][0-9]{9}\b`},
		{What: "e-mail address", Pattern: `[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`},
		{What: "bank card number", Pattern: `\b[3-6][0-9]{15,18}\b`},
		{What: "United States social security number", Pattern: `\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b`},
		{What: "IPv4 address", Pattern: `\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b`},
	}
}

// examiner reads the rows of all files once.
type examiner struct {
	columns  []string
	rows     int
	empty    int
	seen     map[string]bool
	patterns []*regexp.Regexp
	found    []lookedFor
}

// examine reads the CSV files and reports what the declaration claims.
func examine(files [][]byte) (exclusionReport, qualityReport, error) {
	e := &examiner{seen: map[string]bool{}, found: sensitive()}
	for _, f := range e.found {
		e.patterns = append(e.patterns, regexp.MustCompile(f.Pattern))
	}
	for _, data := range files {
		if err := e.file(data); err != nil {
			return exclusionReport{}, qualityReport{}, err
		}
	}
	if e.rows == 0 {
		return exclusionReport{}, qualityReport{}, fmt.Errorf("the dataset has no rows")
	}
	return e.exclusion(), e.quality(), nil
}

func (e *examiner) file(data []byte) error {
	r := csv.NewReader(bytes.NewReader(data))
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("reading the header: %w", err)
	}
	if e.columns == nil {
		e.columns = header
	}
	if strings.Join(header, ",") != strings.Join(e.columns, ",") {
		return fmt.Errorf("the files have different columns")
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
		e.row(row)
	}
}

func (e *examiner) row(row []string) {
	e.rows++
	e.seen[strings.Join(row, "\x00")] = true
	for _, cell := range row {
		if strings.TrimSpace(cell) == "" {
			e.empty++
		}
		for i, p := range e.patterns {
			if p.MatchString(cell) {
				e.found[i].Found++
			}
		}
	}
}

func (e *examiner) exclusion() exclusionReport {
	result := "pass"
	for _, f := range e.found {
		if f.Found > 0 {
			result = "fail"
		}
	}
	return exclusionReport{
		V: 1, Scope: "every cell of every row of both files", Rows: e.rows, Columns: e.columns, Cells: e.rows * len(e.columns),
		LookedFor: e.found, Result: result,
		Limits: "patterns only: names of persons in free text are not found this way; no column holds free text about persons",
	}
}

func (e *examiner) quality() qualityReport {
	cells := e.rows * len(e.columns)
	return qualityReport{
		V: 1, Rows: e.rows, Cells: cells, Empty: e.empty, Repeated: e.rows - len(e.seen),
		Completeness: basisPoints(cells-e.empty, cells), Uniqueness: basisPoints(len(e.seen), e.rows),
		Method:      "completeness: cells that are not empty; uniqueness: distinct rows; in basis points, rounded down",
		NotMeasured: "validity, consistency and timeliness: no reference to measure them against is at hand",
	}
}

func basisPoints(part, whole int) int { return part * 10000 / whole }

func indented(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil // plain structs of texts and numbers always encode
	}
	return b.Bytes()
}
