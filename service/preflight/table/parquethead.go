package table

// pageHead is a PageHeader.
type pageHead struct {
	kind, plain, packed int64
	values, encoding    int64
	levels, repeats     int64 // encodings of a V1 page; bytes of a V2 page
	unpacked            bool  // a V2 page says so
	size                int   // of the head itself
}

// Kinds of pages.
const (
	pageData       = 0
	pageDictionary = 2
	pageDataV2     = 3
)

// readPageHead gives whole = false if the head goes on after b.
func readPageHead(b []byte) (h pageHead, whole bool, err error) {
	t := &thrift{b: b}
	t.fields(func(id int, kind byte) bool {
		switch {
		case id == 1:
			return t.number(kind, &h.kind)
		case id == 2:
			return t.number(kind, &h.plain)
		case id == 3:
			return t.number(kind, &h.packed)
		case (id == 5 || id == 7 || id == 8) && kind == thriftStruct:
			t.pageKind(id, &h)
			return true
		}
		return false
	})
	if h.size = t.at; t.bad {
		err = failure(Malformed, "the head of a page is broken")
	}
	return h, !t.over, err
}

// pageKind reads DataPageHeader (5), DictionaryPageHeader (7), DataPageHeaderV2 (8).
func (t *thrift) pageKind(which int, h *pageHead) {
	encoding := map[int]int{5: 2, 7: 2, 8: 4}[which]
	t.fields(func(id int, kind byte) bool {
		switch {
		case id == 1:
			return t.number(kind, &h.values)
		case id == encoding:
			return t.number(kind, &h.encoding)
		case which == 5 && id == 3, which == 8 && id == 5:
			return t.number(kind, &h.levels)
		case which == 5 && id == 4, which == 8 && id == 6:
			return t.number(kind, &h.repeats)
		case which == 8 && id == 7:
			h.unpacked = kind == thriftFalse
		}
		return false
	})
}
