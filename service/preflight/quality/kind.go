package quality

import (
	"github.com/datapledge/datapledge/service/preflight/table"
)

// Kind is what a cell's text looks like.
type Kind uint8

// The kinds. A kind says how a value is written, not what it means.
const (
	Empty Kind = iota
	Integer
	Decimal
	Boolean
	Date
	DateTime
	Text
	kinds
)

var kindNames = [kinds]string{"empty", "integer", "decimal", "boolean", "date", "datetime", "text"}

func (k Kind) String() string { return kindNames[k] }

const (
	numeric = table.Digit | table.Dash | table.Dot | table.Plus | table.Number
	dated   = table.Digit | table.Dash | table.Dot | table.Slash | table.Colon | table.Plus | table.Space | table.Upper | table.Number
	letters = table.Upper | table.Lower
)

// kindOf looks at the class first: most cells need no more.
func kindOf(cell []byte, c table.Class) Kind {
	switch {
	case len(cell) == 0 || c&table.Null != 0:
		return Empty
	case c&^table.Number == table.Digit:
		return digitsKind(cell)
	case c&table.Digit == 0:
		return wordKind(cell, c)
	case c&^numeric == 0:
		if k := numberKind(cell); k != Text {
			return k
		}
	}
	if c&^dated == 0 {
		return dateKind(cell)
	}
	return Text
}

// digitsKind: eight digits that are a day of this age are a date, everything
// else is an integer.
func digitsKind(cell []byte) Kind {
	if len(cell) == 8 && (cell[0] == '1' && cell[1] == '9' || cell[0] == '2' && cell[1] == '0') {
		if _, ok := day(cell[:4], cell[4:6], cell[6:]); ok {
			return Date
		}
	}
	return Integer
}

func numberKind(cell []byte) Kind {
	i := 0
	if cell[0] == '-' || cell[0] == '+' {
		i = 1
	}
	points, figures := 0, 0
	for ; i < len(cell); i++ {
		switch c := cell[i]; {
		case c >= '0' && c <= '9':
			figures++
		case c == '.':
			points++
		default:
			return Text
		}
	}
	switch {
	case figures == 0 || points > 1 || cell[len(cell)-1] == '.':
		return Text
	case points == 1:
		return Decimal
	}
	return Integer
}

// wordKind: blanks alone are nothing.
func wordKind(cell []byte, c table.Class) Kind {
	if c == table.Space {
		return Empty
	}
	if c&^letters == 0 && (len(cell) == 4 || len(cell) == 5) {
		switch string(cell) {
		case "true", "false", "TRUE", "FALSE", "True", "False":
			return Boolean
		}
	}
	return Text
}
