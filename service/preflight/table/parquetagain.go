package table

// drop gives the page up.
func (c *column) drop() {
	c.file.held -= cap(c.page.buf) + cap(c.page.dictBuf)
	c.file.spare = [2][]byte{c.page.buf, c.page.dictBuf}
	c.page.buf, c.page.dictBuf, c.page.dictionary, c.page.values = nil, nil, nil, nil
}

// reload reads a page again that was given up, up to where it was read.
func (c *column) reload() error {
	p := &c.page
	if p.dictionary == nil {
		if err := c.again(p.dictionaryAt, c.loadDictionary); err != nil {
			return err
		}
	}
	if p.values != nil || p.left == 0 {
		return nil
	}
	if err := c.again(p.at, c.loadData); err != nil {
		return err
	}
	if err := c.file.repeat(takeCost * p.done); err != nil {
		return err
	}
	for range p.done {
		if v, _ := p.levels(c.leaf); v.define == c.leaf.defined {
			p.values()
		}
	}
	if c.peeked {
		p.levels(c.leaf)
	}
	return nil
}

func (c *column) again(at int64, load func(int64, pageHead) error) error {
	if at == 0 {
		return nil
	}
	h, err := c.head(at)
	if err != nil {
		return err
	}
	if err := c.file.repeat(h.plain); err != nil {
		return err
	}
	return load(at, h)
}

// takeCost is how many bytes are unpacked in the time that a value is taken.
const takeCost = 8

// repeat counts work that was done before.
func (p *parquetRows) repeat(bytes int64) error {
	if p.again -= bytes; p.again < 0 {
		return failure(Unsupported, "pages too large to be read side by side")
	}
	return nil
}
