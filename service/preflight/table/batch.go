package table

// Class says what a cell is made of: the OR of the classes of its bytes, and
// what its reader knows besides. It is worked out while the cell is read, so
// that most rules can pass a cell over without looking at its text.
type Class uint16

// The classes of bytes; Null and Number are said by the reader of the format.
const (
	Digit      Class = 1 << iota // 0 to 9
	Upper                        // A to Z
	Lower                        // a to z
	Dash                         // -
	Dot                          // .
	Colon                        // :
	At                           // @
	Space                        // space, tab, line ends
	Plus                         // +
	Slash                        // /
	Star                         // * and #, which masking writes; X and x are letters
	Comma                        // ,
	OtherASCII                   // every other byte below 0x80
	High                         // any byte from 0x80: not ASCII
	Null                         // nothing there at all: null, or missing
	Number                       // the format itself says that it is a number
)

// A batch is cut at whichever of these comes first.
const (
	BatchRows  = 4096
	batchText  = 128 << 10 // so that whoever looks at it next finds it in the cache
	batchCells = 1 << 18
)

// Batch is some rows of a table, row by row, cells in the order of the columns.
type Batch struct {
	First         int64    // number of the first row; 1 is the first row of data
	Rows, Columns int      // every row has Columns cells
	Text          []byte   // all cells one after the other, UTF-8
	Ends          []uint32 // where cell i ends in Text, i = row*Columns + column
	Classes       []Class  // one for each cell
	// Odd are the numbers of the rows that had too many cells (dropped), too
	// few (made up as Null), or text after a closing quote (kept).
	Odd []int64
}

// Cell gives the text of cell i, valid as long as the batch is.
func (b *Batch) Cell(i int) []byte {
	return b.Text[b.start(i):b.Ends[i]]
}

// Bytes OR-s the classes of a text.
func Bytes(text []byte) Class {
	c := Class(0)
	for _, b := range text {
		c |= classOf[b]
	}
	return c
}

// reset empties the batch for the rows that begin with number first.
func (b *Batch) reset(first int64, columns int) {
	b.First, b.Rows, b.Columns = first, 0, columns
	b.Text, b.Ends, b.Classes, b.Odd = b.Text[:0], b.Ends[:0], b.Classes[:0], b.Odd[:0]
}

// full says whether the batch has to be handed out before another row.
func (b *Batch) full() bool {
	return b.Rows >= BatchRows || len(b.Text) >= batchText || len(b.Ends)+b.Columns > batchCells
}

// add ends a cell whose text was appended.
func (b *Batch) add(c Class) {
	b.Ends = append(b.Ends, uint32(len(b.Text)))
	b.Classes = append(b.Classes, c)
}

// cut drops all cells from cell n on.
func (b *Batch) cut(n int) {
	b.Ends, b.Classes = b.Ends[:n], b.Classes[:n]
	b.Text = b.Text[:b.start(n)]
}

// start is where cell n begins in the text.
func (b *Batch) start(n int) int {
	if n == 0 {
		return 0
	}
	return int(b.Ends[n-1])
}

// copy puts the cells of another batch into an empty one.
func (b *Batch) copy(from *Batch) {
	b.Text = append(b.Text, from.Text...)
	b.Ends, b.Classes = append(b.Ends, from.Ends...), append(b.Classes, from.Classes...)
}

// next is the number of the row that comes after the batch's last one.
func (b *Batch) next() int64 { return b.First + int64(b.Rows) }

var classOf = classes()

func classes() (t [256]Class) {
	for i := range t {
		switch b := byte(i); {
		case b >= '0' && b <= '9':
			t[i] = Digit
		case b >= 'A' && b <= 'Z':
			t[i] = Upper
		case b >= 'a' && b <= 'z':
			t[i] = Lower
		case b >= 0x80:
			t[i] = High
		default:
			t[i] = classOfMark(b)
		}
	}
	return t
}

func classOfMark(b byte) Class {
	switch b {
	case ' ', '\t', '\n', '\r':
		return Space
	case '*', '#':
		return Star
	}
	marks := map[byte]Class{'-': Dash, '.': Dot, ':': Colon, '@': At, '+': Plus, '/': Slash, ',': Comma}
	if c, ok := marks[b]; ok {
		return c
	}
	return OtherASCII
}
