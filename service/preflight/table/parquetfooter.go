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

// footerReader reads a footer, and refuses it as soon as it has too much: the
// least of its parts are a byte there, and a hundred in memory.
type footerReader struct {
	thrift
	footer
	columns int // that a table may have
	chunks  int // of all row groups
}

func readFooter(b []byte, o Options) (footer, error) {
	r := &footerReader{thrift: thrift{b: b}, columns: o.Columns}
	r.fields(r.field)
	if r.refusal != nil {
		return r.footer, r.refusal
	}
	if !r.ok() {
		return r.footer, failure(Malformed, "the footer is broken")
	}
	return r.footer, nil
}

func (r *footerReader) field(id int, kind byte) bool {
	switch id {
	case 2:
		return r.each(kind, r.node)
	case 3:
		return r.number(kind, &r.rows)
	case 4:
		return r.each(kind, r.group)
	case 8:
		r.sealed = true
	}
	return false
}

func (r *footerReader) node() {
	if len(r.schema) >= nodesRatio*r.columns {
		r.refusal = failure(TooManyColumns, "more than %d nodes in the schema", nodesRatio*r.columns)
		return
	}
	r.schema = append(r.schema, r.element())
}

func (r *footerReader) group() {
	if len(r.groups) >= groupsMost {
		r.refusal = failure(Unsupported, "more than %d row groups", groupsMost)
		return
	}
	var g rowGroup
	r.fields(func(id int, kind byte) bool {
		switch id {
		case 1:
			return r.each(kind, func() { r.addChunk(&g) })
		case 3:
			return r.number(kind, &g.rows)
		}
		return false
	})
	r.groups = append(r.groups, g)
}

func (r *footerReader) addChunk(g *rowGroup) {
	if r.chunks++; r.chunks > chunksMost {
		r.refusal = failure(Unsupported, "more than %d columns of row groups", chunksMost)
		return
	}
	if len(g.chunks) >= r.columns {
		r.refusal = failure(TooManyColumns, "more than %d", r.columns)
		return
	}
	g.chunks = append(g.chunks, r.chunk())
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
			e.name = t.name()
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
