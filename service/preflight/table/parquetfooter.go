package table

// footer is what is needed of a Parquet file's FileMetaData (parquet.thrift).
type footer struct {
	rows   int64
	schema []element
	groups []rowGroup
	sealed bool // encrypted
}

// element is a SchemaElement: a node of the tree of columns, depth first.
type element struct {
	kind, length, repetition, children int64
	converted, scale                   int64
	name                               string
	logical                            logical
	hasKind                            bool
}

// logical is a LogicalType: the id of its member, and what that says.
type logical struct {
	id, scale, unit, bits int64
	unsigned              bool
}

type rowGroup struct {
	rows   int64
	chunks []chunkRef
}

// chunkRef says where the pages of a column are.
type chunkRef struct {
	codec, data, dictionary, size int64
	apart                         bool // in another file, or encrypted
}

func readFooter(b []byte) (footer, error) {
	t, f := &thrift{b: b}, footer{}
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 2:
			return t.each(kind, func() { f.schema = append(f.schema, t.element()) })
		case 3:
			return t.number(kind, &f.rows)
		case 4:
			return t.each(kind, func() { f.groups = append(f.groups, t.rowGroup()) })
		case 8:
			f.sealed = true
		}
		return false
	})
	if !t.ok() {
		return f, failure(Malformed, "the footer is broken")
	}
	return f, nil
}

func (t *thrift) element() element {
	e := element{converted: -1}
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 1:
			e.hasKind = true
			return t.number(kind, &e.kind)
		case 2:
			return t.number(kind, &e.length)
		case 3:
			return t.number(kind, &e.repetition)
		case 4:
			e.name = string(t.binary())
			return true
		case 5:
			return t.number(kind, &e.children)
		case 6:
			return t.number(kind, &e.converted)
		case 7:
			return t.number(kind, &e.scale)
		case 10:
			e.logical = t.logical()
			return true
		}
		return false
	})
	return e
}

func (t *thrift) logical() (l logical) {
	t.fields(func(id int, kind byte) bool {
		if l.id = int64(id); kind != thriftStruct {
			return false
		}
		t.fields(func(field int, kind byte) bool {
			switch {
			case id == 5 && field == 1:
				return t.number(kind, &l.scale)
			case (id == 7 || id == 8) && field == 2:
				t.fields(func(unit int, _ byte) bool { l.unit = int64(unit); return false })
				return true
			case id == 10 && field == 1:
				return t.number(kind, &l.bits)
			case id == 10 && field == 2:
				l.unsigned = kind == thriftFalse
			}
			return false
		})
		return true
	})
	return l
}

func (t *thrift) rowGroup() (g rowGroup) {
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 1:
			return t.each(kind, func() { g.chunks = append(g.chunks, t.chunk()) })
		case 3:
			return t.number(kind, &g.rows)
		}
		return false
	})
	return g
}

func (t *thrift) chunk() (c chunkRef) {
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 1, 8, 9:
			c.apart = true
		case 3:
			t.columnMetaData(&c)
			return true
		}
		return false
	})
	return c
}

func (t *thrift) columnMetaData(c *chunkRef) {
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 4:
			return t.number(kind, &c.codec)
		case 7:
			return t.number(kind, &c.size)
		case 9:
			return t.number(kind, &c.data)
		case 11:
			return t.number(kind, &c.dictionary)
		}
		return false
	})
}

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
