package sketch

import (
	"bytes"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// normal is a value without what another program would write differently:
// blanks around it, a plus sign before a number, zeros after its last
// decimal. Leading zeros stay: 007 is a name.
func normal(cell []byte, c table.Class) []byte {
	if c&table.Null != 0 {
		return nil
	}
	if c&table.Space != 0 {
		cell = bytes.TrimSpace(cell)
	}
	if n := len(cell); n == 0 || c&table.Plus == 0 && cell[n-1] != '0' && cell[n-1] != '.' {
		return cell
	}
	if c&table.Digit == 0 || c&^(table.Digit|table.Dot|table.Dash|table.Plus|table.Number|table.Space) != 0 {
		return cell
	}
	if c&table.Plus != 0 && cell[0] == '+' {
		cell = cell[1:]
	}
	if c&table.Dot == 0 || bytes.Count(cell, []byte(".")) != 1 || bytes.LastIndexByte(cell, '-') > 0 {
		return cell
	}
	cell = bytes.TrimRight(cell, "0")
	return bytes.TrimSuffix(cell, []byte("."))
}
