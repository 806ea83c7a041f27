package table

import "encoding/binary"

// turn goes to the next page: a dictionary, or one of data.
func (c *column) turn() error {
	h, err := c.head(c.next)
	if err != nil {
		return err
	}
	if c.file.fresh -= h.plain; c.file.fresh < 0 {
		return failure(Bomb, "the pages unpack to more than %d times the file", ratioMost)
	}
	at := c.next
	c.next += int64(h.size) + h.packed
	switch h.kind {
	case pageDictionary:
		return c.loadDictionary(at, h)
	case pageData, pageDataV2:
		c.page.left, c.page.done, c.page.at = h.values, 0, at
		return c.loadData(at, h)
	}
	return nil
}

// head reads the head of a page, which may hold the least and the most of its
// values, and so be of any size.
func (c *column) head(at int64) (pageHead, error) {
	for size := int64(1 << 10); ; size <<= 5 {
		n := min(size, c.end-at)
		b := make([]byte, n)
		if err := readAt(c.file.r, b, at); err != nil {
			return pageHead{}, err
		}
		h, whole, err := readPageHead(b)
		switch {
		case err != nil:
			return h, err
		case whole:
			return h, h.check(c.end - at)
		case n == c.end-at:
			return h, failure(Truncated, "a column ends within the head of a page")
		case size > 1<<20:
			return h, failure(Unsupported, "the head of a page has more than %d bytes", size)
		}
	}
}

func (h *pageHead) check(room int64) error {
	switch {
	case h.packed < 0 || h.plain < 0 || h.values < 0:
		return failure(Malformed, "the head of a page is broken")
	case h.kind == pageDataV2 && !(h.holds(h.plain) && h.holds(h.packed)):
		return failure(Malformed, "a page holds less than it says")
	case h.packed > room-int64(h.size):
		return failure(Truncated, "a page is not within its column")
	case h.plain > pageMost || h.packed > pageMost:
		return failure(Unsupported, "a page of more than %d bytes", pageMost)
	case h.values > valuesMost:
		return failure(Bomb, "a page claims more than %d values", valuesMost)
	}
	return nil
}

// holds says whether the levels of a V2 page fit into so many bytes; their sum
// may be more than a number can say.
func (h *pageHead) holds(size int64) bool {
	return h.levels >= 0 && h.repeats >= 0 && h.levels <= size && h.repeats <= size-h.levels
}

// content reads a page behind its head and unpacks it into buf, but for the
// first bytes, which are not packed.
func (c *column) content(at int64, h pageHead, buf []byte, bare int64, codec int64) ([]byte, error) {
	f := c.file
	f.packed = sized(f.packed, int(h.packed))
	if err := readAt(f.r, f.packed, at+int64(h.size)); err != nil {
		return nil, err
	}
	buf = f.room(buf, int(h.plain))
	copy(buf, f.packed[:bare])
	if h.plain == bare && h.packed == bare {
		return buf, nil
	}
	return buf, f.unpack.unpack(codec, buf[bare:], f.packed[bare:])
}

// room gives a buffer of n bytes: the one there, a spare one, or a new one.
func (p *parquetRows) room(buf []byte, n int) []byte {
	for i, spare := range p.spare {
		if cap(buf) < n && cap(spare) >= n {
			buf, p.spare[i] = spare, buf
			p.held += cap(spare) - cap(p.spare[i])
		}
	}
	if cap(buf) < n {
		p.held -= cap(buf)
		buf = sized(nil, n)
		p.held += cap(buf)
	}
	return buf[:n]
}

// sized gives a buffer of n bytes, with some to spare for the next page.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/8)
	}
	return b[:n]
}

func (c *column) loadDictionary(at int64, h pageHead) (err error) {
	if c.page.dictBuf, err = c.content(at, h, c.page.dictBuf, 0, c.chunk.codec); err != nil {
		return err
	}
	if h.encoding != 0 && h.encoding != 2 {
		return unknown("dictionary encoding", h.encoding)
	}
	c.page.dictionaryAt = at
	c.page.dictionary, err = newDictionary(c.leaf, c.page.dictBuf, h.values)
	return err
}

func (c *column) loadData(at int64, h pageHead) (err error) {
	bare, codec := int64(0), c.chunk.codec
	if h.kind == pageDataV2 {
		bare = h.levels + h.repeats
		if h.unpacked {
			codec = uncompressed
		}
	}
	if c.page.buf, err = c.content(at, h, c.page.buf, bare, codec); err != nil {
		return err
	}
	return c.open(h)
}

// open makes readers of a page's levels and values.
func (c *column) open(h pageHead) (err error) {
	p, l, b := &c.page, c.leaf, c.page.buf
	p.repeats, p.defined = nil, nil
	if l.repeats > 0 {
		if p.repeats, b, err = h.section(b, l.repeats, h.repeats); err != nil {
			return err
		}
	} else if h.kind == pageDataV2 {
		b = b[h.repeats:]
	}
	if l.defined > 0 {
		if p.defined, b, err = h.section(b, l.defined, h.levels); err != nil {
			return err
		}
	} else if h.kind == pageDataV2 {
		b = b[h.levels:]
	}
	p.values, err = c.source(h, b)
	return err
}

// section cuts off the levels in front: their size is in the head of a V2
// page (said), and in front of them on a V1 page, whose head says the encoding.
func (h *pageHead) section(b []byte, most int, said int64) (*hybrid, []byte, error) {
	size := said
	if h.kind == pageData {
		if said != 3 {
			return nil, nil, unknown("level encoding", said)
		}
		if len(b) < 4 {
			return nil, nil, failure(Malformed, "a page holds less than it says")
		}
		size, b = int64(binary.LittleEndian.Uint32(b)), b[4:]
	}
	if size > int64(len(b)) {
		return nil, nil, failure(Malformed, "a page holds less than it says")
	}
	return &hybrid{b: b[:size], width: bits(most)}, b[size:], nil
}

// source makes a reader of the values by their encoding (Encodings.md).
func (c *column) source(h pageHead, b []byte) (source, error) {
	l := c.leaf
	isBytes, whole := l.kind == bytesKind, l.kind == int32Kind || l.kind == int64Kind
	switch e := h.encoding; {
	case e == 0:
		return plainValues(l, b), nil
	case (e == 2 || e == 8) && c.page.dictionary != nil:
		return c.page.dictionary.values(b), nil
	case e == 3 && l.kind == boolean && len(b) >= 4:
		return booleans(&hybrid{b: b[4:], width: 1}), nil
	case e == 5 && whole:
		return deltaValues(l, b, h.values), nil
	case e == 6 && isBytes:
		return lengthValues(b, h.values), nil
	case e == 7 && (isBytes || l.kind == fixedKind):
		return frontValues(b, h.values, c.file.options.Cell), nil
	case e == 9 && l.width > 0:
		return splitValues(l, b), nil
	}
	return nil, unknown("encoding", h.encoding)
}

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
