package table

import "bytes"

// sample is how much of a CSV file decides its dialect.
const sample = 64 << 10

// separators in the order in which they are believed when several cut all
// lines alike: a comma is more often part of a cell than the others are.
var separators = []byte{'\x01', '\x1f', '\t', '|', ';', '^', '~', ','}

// findSeparator gives the separator that cuts the most lines of the head into
// the same number of cells, at least two; a comma where none does.
func findSeparator(head []byte, whole bool) byte {
	best, most := byte(','), 0
	for _, s := range separators {
		if bytes.IndexByte(head, s) < 0 {
			continue
		}
		if alike, _ := regular(head, s, whole); alike > most {
			best, most = s, alike
		}
	}
	return best
}

// regular counts the lines that have as many cells as most lines have, if
// these are at least two; and all lines. Without whole the last line may be
// cut off and is left out.
func regular(head []byte, separator byte, whole bool) (alike, lines int) {
	count := lineWidths(head, separator, whole)
	for _, n := range count {
		lines += n
	}
	cells := usualWidth(count)
	if cells < 2 {
		return 0, lines
	}
	return count[cells], lines
}

// lineWidths says how many lines have how many cells.
func lineWidths(head []byte, separator byte, whole bool) map[int]int {
	count, cells, quoted, begun, start, closed := map[int]int{}, 1, false, false, true, -2
	line := func() {
		if begun {
			count[cells]++
		}
		cells, begun, start = 1, false, true
	}
	for i, b := range head {
		switch {
		case b == '"' && (quoted || start || closed == i-1):
			if quoted {
				closed = i
			}
			quoted, begun, start = !quoted, true, false
		case quoted:
		case b == '\n' || b == '\r':
			line()
		case b == separator:
			cells, begun, start = cells+1, true, true
		default:
			begun, start = true, false
		}
	}
	if whole || len(count) == 0 {
		line()
	}
	return count
}

// usualWidth is what most lines have; of several the widest.
func usualWidth(count map[int]int) (cells int) {
	for c, n := range count {
		if most := count[cells]; n > most || n == most && c > cells {
			cells = c
		}
	}
	return cells
}

// findLineEnds names the first end of a line outside of quotes; a lone CR
// counts only where no LF is.
func findLineEnds(head []byte) string {
	quoted, cr := false, false
	for i, b := range head {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n' && i > 0 && head[i-1] == '\r':
			return "crlf"
		case b == '\n':
			return "lf"
		case b == '\r':
			cr = true
		}
	}
	if cr && bytes.IndexByte(head, '\n') < 0 {
		return "cr"
	}
	return "lf"
}
