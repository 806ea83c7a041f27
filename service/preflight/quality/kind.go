package quality

import (
	"encoding/binary"

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
	case c&^dated == 0 && isoDay(cell):
		return afterDay(cell) // no number: they have their signs in front
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

// surely is, for the bytes of a cell, what it is when it has so many bytes at
// least, and not eight, which may be a date.
type surely struct {
	kind  Kind // kinds: look at the text
	least uint8
}

// known is by class, without what formats say.
var known = func() (t [table.Null]surely) {
	for c := range t {
		t[c] = knownOf(table.Class(c))
	}
	return t
}()

func knownOf(c table.Class) surely {
	switch {
	case c == table.Digit:
		return surely{Integer, 1}
	case c == table.Space:
		return surely{kind: kinds}
	case c&table.Digit == 0:
		return surely{Text, 6} // the longest word that means something else is false
	case c&^dated == 0:
		return surely{kind: kinds}
	}
	return surely{Text, 1}
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

// numberKind wants digits, points and signs, one digit at least.
func numberKind(cell []byte) Kind {
	if len(cell) <= 8 && cap(cell) >= 8 {
		return shortNumber(cell)
	}
	return longNumber(cell)
}

// shortNumber looks at eight bytes at once.
func shortNumber(cell []byte) Kind {
	n := 8 * uint(len(cell))
	w := binary.LittleEndian.Uint64(cell[:8])&(1<<n-1) | zeros<<n
	points := same(w, '.')
	switch {
	case (same(w, '-')|same(w, '+'))&^0xFF != 0 || points&(points-1) != 0 || cell[len(cell)-1] == '.':
		return Text
	case points != 0:
		return Decimal
	}
	return Integer
}

const (
	ones  = 0x0101010101010101
	lows  = 0x7F7F7F7F7F7F7F7F
	highs = 0x8080808080808080
	zeros = ones * '0'
)

// same has the highest bit of each byte of w that is c.
func same(w uint64, c byte) uint64 {
	w ^= ones * uint64(c)
	return ^((w & lows) + lows | w | lows)
}

func longNumber(cell []byte) Kind {
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
