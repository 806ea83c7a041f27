package table

import "strconv"

// cell appends the next cell: a value, or the list that a repeated column has
// in its row, in canonical JSON.
func (c *column) cell() (Class, error) {
	v, err := c.take()
	if err != nil {
		return 0, err
	}
	if v.repeat != 0 {
		return 0, failure(Malformed, "a row begins within a list")
	}
	if c.leaf.repeats > 0 {
		return c.list(v)
	}
	if v.define < c.leaf.defined {
		return Null, nil
	}
	begin := len(c.text)
	class, err := c.value()
	if err == nil {
		err = c.small(begin)
	}
	return class | Bytes(c.text[begin:]), err
}

func (c *column) small(begin int) error {
	if len(c.text)-begin > c.file.options.Cell {
		return failure(CellTooLarge, "more than %d bytes", c.file.options.Cell)
	}
	return nil
}

// value appends the next value of the page.
func (c *column) value() (class Class, err error) {
	v, ok := c.page.values()
	if !ok {
		return 0, failure(Malformed, "a page holds less than it says")
	}
	if len(v) > c.file.options.Cell {
		return 0, failure(CellTooLarge, "more than %d bytes", c.file.options.Cell)
	}
	if w := c.leaf.width; w > 0 && len(v) != w {
		return 0, failure(Malformed, "a value of another size than its type has")
	}
	c.text, class, err = c.leaf.append(c.text, v)
	return class, err
}

// take gives the levels of the next value, which is taken then if it is there.
func (c *column) take() (levels, error) {
	if err := c.peek(); err != nil {
		return levels{}, err
	}
	c.peeked = false
	c.page.left--
	c.page.done++
	return c.levels, nil
}

// peek reads the levels of the next value, on the next page if need be.
func (c *column) peek() error {
	for !c.peeked && c.page.left == 0 {
		if c.next >= c.end {
			return failure(Truncated, "a column ends before the table")
		}
		if err := c.turn(); err != nil {
			return err
		}
	}
	if c.peeked {
		return nil
	}
	var ok bool
	if c.levels, ok = c.page.levels(c.leaf); !ok {
		return failure(Malformed, "a page holds less than it says")
	}
	c.peeked = true
	return nil
}

// levels reads the levels of a value.
func (p *page) levels(l *leaf) (v levels, ok bool) {
	ok = true
	if p.repeats != nil {
		n, more := p.repeats.next()
		v.repeat, ok = int(n), more && int(n) <= l.repeats
	}
	v.define = l.defined
	if p.defined != nil && ok {
		n, more := p.defined.next()
		v.define, ok = int(n), more && int(n) <= l.defined
	}
	return v, ok
}

// list appends the list that begins with a value: [ and ] where a level of it
// begins and ends, null and [] where there is none or an empty one.
func (c *column) list(v levels) (Class, error) {
	l, begin, open := c.leaf, len(c.text), 0
	if v.define < l.items[0]-1 {
		return Null, nil
	}
	for {
		if err := c.item(v, &open); err != nil {
			return 0, err
		}
		if err := c.small(begin); err != nil {
			return 0, err
		}
		if c.page.left == 0 && c.next >= c.end {
			break
		}
		if err := c.peek(); err != nil {
			return 0, err
		}
		if c.levels.repeat == 0 {
			break
		}
		v, _ = c.take()
		if v.repeat > open {
			return 0, failure(Malformed, "a list goes on that did not begin")
		}
		for ; open > v.repeat; open-- {
			c.text = append(c.text, ']')
		}
		c.text = append(c.text, ',')
	}
	for ; open > 0; open-- {
		c.text = append(c.text, ']')
	}
	return Bytes(c.text[begin:]), nil
}

// item appends one item, with the lists that begin before it.
func (c *column) item(v levels, open *int) error {
	for *open < c.leaf.repeats {
		switch level := c.leaf.items[*open]; {
		case v.define < level-1:
			c.text = append(c.text, "null"...)
			return nil
		case v.define == level-1:
			c.text = append(c.text, "[]"...)
			return nil
		}
		c.text = append(c.text, '[')
		*open++
	}
	if v.define < c.leaf.defined {
		c.text = append(c.text, "null"...)
		return nil
	}
	return c.quoted()
}

// quoted appends a value as JSON has it.
func (c *column) quoted() error {
	begin := len(c.text)
	class, err := c.value()
	if err != nil {
		return err
	}
	text := string(c.text[begin:])
	switch {
	case class&Number != 0 && text != "NaN" && text != "Infinity" && text != "-Infinity":
	case c.leaf.kind == boolean:
	default:
		c.text = appendQuoted(c.text[:begin], []byte(text))
	}
	return nil
}

// finish makes sure that no value of the column was left unread.
func (c *column) finish() error {
	left := c.page.left
	for left == 0 && c.next < c.end {
		h, err := c.head(c.next)
		if err != nil {
			return err
		}
		if c.next += int64(h.size) + h.packed; h.kind != pageDictionary {
			left = h.values
		}
	}
	if left > 0 {
		return failure(Malformed, "a column has more values than the table has rows")
	}
	return nil
}

// unknown is for what a page may say and nobody reads.
func unknown(what string, n int64) error {
	return failure(Unsupported, "%s %s of Parquet", what, strconv.FormatInt(n, 10))
}
