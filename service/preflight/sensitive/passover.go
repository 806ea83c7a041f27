package sensitive

import "github.com/datapledge/datapledge/service/preflight/table"

// Most cells of most tables can be no rule's value, and their kind and length
// tell: nothing made of digits is, unless it has ten to nineteen of them.

// kindOf takes from a class what a cell's bytes say, without what the format does.
const kindOf = table.Null - 1

// longest is where lengths stop to be told apart: bit 63 stands for all from 63 on.
const longest = 63

// lengths has, for each kind of cell, a bit for each number of bytes at which
// a rule may know it without a column's name, or it is free text.
var lengths = func() (t [table.Null]uint64) {
	for i := range t {
		t[i] = lengthsOf(table.Class(i))
	}
	return t
}()

func lengthsOf(kind table.Class) uint64 {
	const marks = table.Digit | letters
	switch {
	case kind&table.High != 0:
		return lengthsOfHigh(kind)
	case kind&table.At != 0, kind&table.Star != 0 && kind&table.Digit != 0:
		return from(7)
	case kind&table.Digit == 0:
		return freeTextToo(kind, 0)
	case kind == table.Digit:
		return from(10) &^ from(20) // from a near miss of a mobile number to a card
	case kind == table.Digit|table.Dot:
		return from(7) &^ from(20) // 8.8.8.8
	case kind == table.Digit|table.Dot|table.Dash:
		return 0 // a number below zero, or nothing known
	case kind&^marks == 0:
		return 1<<8 | 1<<9 | 1<<11 | from(15)&^from(20) | 1<<32 | 1<<40 | from(longest)
	case kind&table.Colon != 0, kind&table.Dot != 0 && kind&(table.Comma|table.Space|table.Slash) != 0:
		return from(7) // 1::2:3:4, and two coordinates
	}
	return from(11) // eleven digits are the fewest of any number
}

// lengthsOfHigh: names, plates, addresses; numbers in fullwidth digits have
// three bytes for each.
func lengthsOfHigh(kind table.Class) uint64 {
	switch {
	case kind&table.Star != 0:
		return from(4) // *伟
	case kind == table.High:
		return from(6)&^from(16) | from(wideNumber)
	case kind&(table.Digit|table.Upper|table.At) != 0:
		return from(6)
	}
	return freeTextToo(kind, from(wideNumber))
}

// freeTextToo adds the lengths of free text, which has spaces or is Chinese.
func freeTextToo(kind table.Class, lengths uint64) uint64 {
	if kind&table.Space != 0 {
		lengths |= from(longText)
	}
	return lengths
}

// from has the bits of n bytes and more.
func from(n int) uint64 { return ^uint64(0) << n }
