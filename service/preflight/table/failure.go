package table

import "fmt"

// What can stop a file.
const (
	CellTooLarge   = "cell_too_large"   // a cell over the limit; Column 0: the row as a whole
	TooManyColumns = "too_many_columns" // more columns than the limit
	BrokenEncoding = "broken_encoding"  // bytes that are no text in the encoding found
	Truncated      = "truncated"        // the file ends in the middle of something
	Bomb           = "bomb"             // it claims, or unpacks to, far more than it holds
	Malformed      = "malformed"        // not what the format prescribes
	Unsupported    = "unsupported"      // well-formed, but not read here
)

// Error stops a file; every batch handed out before it stays valid. It holds
// positions only, never a value or a name out of the data.
type Error struct {
	Code   string
	Table  string // name of the sheet; "" in all other formats
	Row    int64  // 1 is the first row of data; 0: before it, or not known
	Column int    // 1 is the first column; 0: not known
	Detail string
}

func (e *Error) Error() string {
	where := ""
	if e.Row > 0 {
		where = fmt.Sprintf(" in row %d", e.Row)
	}
	if e.Column > 0 {
		where += fmt.Sprintf(", column %d", e.Column)
	}
	return e.Code + where + ": " + e.Detail
}

func failure(code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}
