package sensitive

// strength is how a number of hits compares with what chance gives.
type strength uint8

const (
	explained strength = iota // chance gives about as many
	possible                  // chance may give as many
	beyond                    // chance gives as many in at most 2.5 of 100 tables
)

// against compares hits with chance as the package comment says. expected is
// a fraction of whole, so that all is integer arithmetic: counts stay below
// 2^38 and PoolIn*NearIn below 2^23.
func (c Chance) against(t *tally) strength {
	if c.NearIn == 0 {
		return beyond
	}
	whole := c.NearIn * c.PoolIn
	expected := max(t.near*c.PoolIn, min(t.pool*c.NearIn, 3*c.PoolIn))
	switch {
	case t.count < 4 && t.pool > 100*t.count:
		if expected < whole {
			return possible
		}
	case expected*few(t.count) <= t.count*whole:
		return beyond
	}
	switch {
	case expected >= whole && t.count*whole <= 2*expected+3*whole:
		return explained
	}
	return possible
}

// few is by how many times hits must outnumber the expected ones. Chance
// gives 1 where 1/40 is expected in 2.5 of 100 tables, 2 where 1/5 is in 1.8,
// 3 where 3/7 is in 1.0, 4 where 1 is in 1.9, and ever fewer (Poisson).
func few(hits int64) int64 {
	switch hits {
	case 1:
		return 40
	case 2:
		return 10
	case 3:
		return 7
	}
	return 4
}
