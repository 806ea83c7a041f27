package table

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
