package table

// pass passes a value over.
func (t *thrift) pass(kind byte, deep int) {
	switch {
	case deep > depth || kind > thriftStruct:
		t.bad = true
	case kind == thriftTrue || kind == thriftFalse:
	case kind == thriftByte:
		t.byte()
	case kind < thriftDouble:
		t.unsigned()
	case kind == thriftDouble:
		for range 8 {
			t.byte()
		}
	case kind == thriftBinary:
		t.binary()
	default:
		t.passAll(kind, deep)
	}
}

func (t *thrift) passAll(kind byte, deep int) {
	switch kind {
	case thriftList, thriftSet:
		n, of := t.list()
		for i := 0; i < n && t.ok(); i++ {
			t.item(of, deep)
		}
	case thriftMap:
		n := t.unsigned()
		if n == 0 {
			return
		}
		of := t.byte()
		for i := uint64(0); i < n && t.ok(); i++ {
			t.item(of>>4, deep)
			t.item(of&15, deep)
		}
	case thriftStruct:
		for t.ok() {
			head := t.byte()
			if head&15 == 0 {
				return
			}
			if head>>4 == 0 {
				t.int()
			}
			t.pass(head&15, deep+1)
		}
	}
}

// item passes an item over: there a truth has a byte.
func (t *thrift) item(kind byte, deep int) {
	if kind == thriftTrue || kind == thriftFalse {
		kind = thriftByte
	}
	t.pass(kind, deep+1)
}
