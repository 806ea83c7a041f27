package evidence

import "strings"

// order notes whether the blocks of the package can stand in one chain: one
// header a number, linked where they are neighbours, times that never go
// back, no entry twice, none after the block the package speaks of. A
// consortium's blocks carry no time, only their transactions do, each by the
// clock of who sent it: these may overlap.
func (c *checker) order() {
	prev := c.genesis
	if prev.file == "" {
		prev.head.hash = strings.Repeat("0", 64)
	}
	for _, cmd := range c.commands {
		c.note(CheckOrder, cmd.file, c.follows(prev, cmd.proof))
		prev = cmd.proof
	}
	if len(c.commands) == 0 && c.genesis.file != "" {
		c.note(CheckOrder, nameGenesis, c.closes(prev))
	}
}

func (c *checker) follows(prev, p proof) error {
	a, b := prev.head, p.head
	switch {
	case a.number == b.number && a.hash != b.hash:
		return faultf("header", "block %d stands in the package in two versions", b.number)
	case a.number == b.number && prev.tx == p.tx && prev.index == p.index:
		return faultf("index", "entry %d of block %d stands twice", p.index, b.number)
	case a.number+1 == b.number && a.hash != b.prev:
		return faultf("header.prev", "block %d does not follow block %d", b.number, a.number)
	case c.founding == nil && b.time.Before(a.time):
		return faultf("header.time", "block %d is older than block %d", b.number, a.number)
	}
	return c.closes(p)
}

// closes compares a block with the one that the package names as its last.
func (c *checker) closes(p proof) error {
	switch end := c.list.asOf; {
	case p.head.number > end.Height:
		return faultf("header.number", "block %d is after the package's as_of", p.head.number)
	case p.head.number == end.Height && p.head.hash != end.Hash:
		return faultf("header", "block %d is not the one the manifest's as_of names", p.head.number)
	}
	return nil
}
