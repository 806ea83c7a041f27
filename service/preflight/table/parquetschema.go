package table

// Physical types.
const (
	boolean = iota
	int32Kind
	int64Kind
	int96Kind
	floatKind
	doubleKind
	bytesKind
	fixedKind
)

// Repetitions.
const (
	optional = 1
	repeated = 2
)

// leaf is a column of a Parquet file.
type leaf struct {
	name    string
	kind    int64
	width   int // bytes of a value; 0: each says its own
	meaning meaning
	scale   int
	unit    int64 // nanoseconds of a tick
	// levels (Dremel): the highest of each, and for each repeated node on the
	// way the definition level from which on it has an item.
	repeats, defined int
	items            []int
}

// treeWalk makes leaves of the elements, which come depth first.
type treeWalk struct {
	elements []element
	leaves   []leaf
	options  Options
}

// branch is the way to a node.
type branch struct {
	name    string
	named   bool
	defined int
	items   []int
	hide    int // how many levels below give no name: those of a list
	deep    int
}

func readSchema(elements []element, o Options) ([]leaf, error) {
	if len(elements) == 0 {
		return nil, failure(Malformed, "no schema")
	}
	w := &treeWalk{elements: elements[1:], options: o}
	for range elements[0].children {
		if err := w.node(branch{}); err != nil {
			return nil, err
		}
	}
	if len(w.leaves) == 0 {
		return nil, failure(Malformed, "no columns")
	}
	return w.leaves, nil
}

func (w *treeWalk) node(b branch) error {
	if len(w.elements) == 0 || b.deep > depth {
		return failure(Malformed, "the schema is broken")
	}
	e := w.elements[0]
	w.elements = w.elements[1:]
	if b = b.below(e); len(b.name) > nameLength {
		return longName()
	}
	if e.children <= 0 {
		return w.leaf(b, e)
	}
	for range e.children {
		if err := w.node(b); err != nil {
			return err
		}
	}
	return nil
}

// below is the way to an element from the node above it. The two levels under
// a list (LogicalTypes.md, Lists) have names that mean nothing.
func (b branch) below(e element) branch {
	name := b.name
	if b.hide == 0 && b.named {
		name += "." + e.name
	} else if b.hide == 0 {
		name = e.name
	}
	hide := max(0, b.hide-1)
	if e.repetition == repeated && e.children > 1 {
		hide = 0
	}
	if e.converted == 3 || e.logical.id == 3 {
		hide = 2
	}
	next := branch{name: name, named: b.named || b.hide == 0, defined: b.defined, items: b.items, hide: hide, deep: b.deep + 1}
	if e.repetition != 0 {
		next.defined++
	}
	if e.repetition == repeated {
		next.items = append(append([]int{}, b.items...), next.defined)
	}
	return next
}

func (w *treeWalk) leaf(b branch, e element) error {
	widths := map[int64]int{boolean: 0, int32Kind: 4, int64Kind: 8, int96Kind: 12, floatKind: 4, doubleKind: 8, bytesKind: 0, fixedKind: int(e.length)}
	width, known := widths[e.kind]
	switch {
	case len(w.leaves) >= w.options.Columns:
		return failure(TooManyColumns, "more than %d", w.options.Columns)
	case !e.hasKind || !known || e.kind == fixedKind && e.length <= 0:
		return failure(Malformed, "a column without a type")
	case width > w.options.Cell:
		return failure(CellTooLarge, "more than %d bytes", w.options.Cell)
	}
	l := leaf{name: shown(b.name, len(w.leaves)), kind: e.kind, width: width,
		repeats: len(b.items), defined: b.defined, items: b.items}
	if err := l.mean(e); err != nil {
		return err
	}
	w.leaves = append(w.leaves, l)
	return nil
}
