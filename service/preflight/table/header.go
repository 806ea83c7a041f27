package table

import (
	"strconv"
	"strings"
)

// nameLength is the most bytes a column's name may have.
const nameLength = 256

// header names the columns after the first row, if that row is a header: each
// cell a name (a letter in it, at most 256 bytes), and no name twice. The
// first may be empty, as is the name of a column of row numbers. A table
// without header has columns #1, #2 …
func header(first *Batch) (columns []string, named bool) {
	named, seen := first.Rows > 0, map[string]bool{}
	for i := range first.Ends {
		name := string(first.Cell(i))
		named = named && (isName(name) || i == 0 && name == "" && len(first.Ends) > 1) && !seen[name]
		seen[name] = true
		columns = append(columns, name)
	}
	for i, name := range columns {
		if !named || name == "" {
			columns[i] = "#" + strconv.Itoa(i+1)
		}
	}
	return columns, named
}

func longName() *Error {
	return failure(Unsupported, "a name of more than %d bytes", nameLength)
}

func isName(cell string) bool {
	letters := Upper | Lower | High
	return Bytes([]byte(cell))&letters != 0 && len(cell) <= nameLength && strings.TrimSpace(cell) != ""
}
