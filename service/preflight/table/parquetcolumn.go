package table

// column reads the cells of one column of a row group.
type column struct {
	file  *parquetRows
	leaf  *leaf
	chunk chunkRef
	next  int64 // where the next page is, and where the chunk ends
	end   int64
	page  page
	rows  int64 // of the row group not read ahead

	// Cells read ahead; at is the first not handed out.
	text    []byte
	ends    []uint32
	classes []Class
	at      int
	err     error  // what came after them
	levels  levels // of the value next to be taken, if peeked
	peeked  bool
}

// levels of a value (Dremel): which list it goes on with, and how much of its
// way is there.
type levels struct{ repeat, define int }

// page is the open data page of a column. It may be given up to save memory
// and is then read again from where it begins.
type page struct {
	at, dictionaryAt int64 // where the head is; 0 for none
	buf, dictBuf     []byte
	dictionary       *dictionary
	left, done       int64 // values not taken, and taken
	repeats, defined *hybrid
	values           source
}

func (c *column) start(ref chunkRef) {
	c.chunk, c.next, c.end = ref, ref.begin(), ref.begin()+ref.size
	c.rows = c.file.left
	c.drop()
	c.page, c.peeked = page{}, false
	c.text, c.ends, c.classes, c.at = c.text[:0], c.ends[:0], c.classes[:0], 0
}

func (c *column) begin() uint32 {
	if c.at == 0 {
		return 0
	}
	return c.ends[c.at-1]
}

// size is how many bytes the cell to be handed out next has.
func (c *column) size() int { return int(c.ends[c.at] - c.begin()) }

// read reads some cells ahead: at least one, more as long as all columns
// together hold little; others is what the others hold.
func (c *column) read(others int) error {
	if c.err == nil {
		c.err = c.reload()
	}
	c.text, c.ends, c.classes, c.at = c.text[:0], c.ends[:0], c.classes[:0], 0
	for c.err == nil && c.rows > 0 && c.wants(others) {
		begin := len(c.text)
		var class Class
		if class, c.err = c.cell(); c.err != nil {
			c.text = c.text[:begin]
			break
		}
		c.ends, c.classes = append(c.ends, uint32(len(c.text))), append(c.classes, class)
		c.rows--
	}
	if c.file.held > pagesMost {
		c.drop()
	}
	if len(c.ends) == 0 {
		return c.err
	}
	return nil
}

// wants says whether another cell is to be read ahead.
func (c *column) wants(others int) bool {
	n := len(c.file.columns)
	return len(c.ends) == 0 || len(c.ends) < min(BatchRows, batchCells/n) &&
		len(c.text) <= aheadMost/n && len(c.text)+others <= 2*aheadMost
}
