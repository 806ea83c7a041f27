package sensitive

// firstRows is how many rows of a hit are told.
const firstRows = 5

// tally counts what one rule found in one column.
type tally struct {
	count, masked, near, pool int64
	rows                      [firstRows]int64
}

// naming of a column by one rule.
type speaker struct {
	rule int
	by   naming
	det  detector
}

// column is the state of one column. Most columns of most tables hold nothing
// that a rule counts; what is not needed is not made.
type column struct {
	nonEmpty int64
	long     int64 // cells of free text
	unknown  int64 // cells of a named column without any known form
	speakers []speaker
	tallies  []*tally // by rule
	text     *variety
	names    *variety
}

func (c *column) tally(rule, rules int) *tally {
	if c.tallies == nil {
		c.tallies = make([]*tally, rules)
	}
	if c.tallies[rule] == nil {
		c.tallies[rule] = new(tally)
	}
	return c.tallies[rule]
}

// variety estimates how many different values there are, in 32 bytes: the
// bits that hashes of the values set.
type variety [4]uint64

func (v *variety) add(b []byte) {
	h := uint32(2166136261)
	step := 1 + len(b)/24
	for i := 0; i < len(b); i += step {
		h = (h ^ uint32(b[i])) * 16777619
	}
	h ^= h >> 15
	v[h>>3&3] |= 1 << (h >> 5 & 63)
}

// varied says whether n values are mostly different ones, as names and
// remarks are and categories are not: of 100 different values or more some 80
// bits of 256 are set.
func (v *variety) varied(n int64) bool {
	if v == nil || n < 5 {
		return false
	}
	set := int64(0)
	for _, w := range v {
		for ; w != 0; w &= w - 1 {
			set++
		}
	}
	return set*10 >= min(n, 100)*6
}
