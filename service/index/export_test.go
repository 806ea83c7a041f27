package index

// Damaged tells whether a query has marked the file to be rebuilt.
func (ix *Index) Damaged() bool { return len(ix.state.damaged) == 1 }
