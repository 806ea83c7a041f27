package sensitive

// strength is how a number of hits compares with what chance gives.
type strength uint8

const (
	explained strength = iota // chance gives about as many
	possible                  // chance may give as many
	beyond                    // chance gives as many in fewer than 5 of 100 tables
)

// against compares hits with chance as the package comment says. expected is
// a fraction of whole, so that all is integer arithmetic: counts stay below
// 2^40 and PoolIn*NearIn below 2^23.
func (c Chance) against(t *tally) strength {
	if c.NearIn == 0 {
		return beyond
	}
	whole := c.NearIn * c.PoolIn
	expected := max(t.near*c.PoolIn, min(t.pool*c.NearIn, 3*c.PoolIn))
	switch {
	case expected*few(t.count) <= t.count*whole:
		return beyond
	case expected >= whole && t.count*whole <= 2*expected+3*whole:
		return explained
	}
	return possible
}

// few is by how many times hits must outnumber the expected ones: chance
// gives 1 where 1/20 is expected in 4.9 of 100 tables, 2 where 1/4 is in 2.6,
// 3 where 1/2 is in 1.4, and four times the expected number or more in at
// most 1.9 (Poisson).
func few(hits int64) int64 {
	switch hits {
	case 1:
		return 20
	case 2:
		return 8
	case 3:
		return 6
	}
	return 4
}
