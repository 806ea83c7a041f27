package table

import "encoding/binary"

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
