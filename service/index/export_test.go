package index

// Damaged tells whether a query has marked the file to be rebuilt.
func (ix *Index) Damaged() bool {
	select {
	case <-ix.state.mark():
		return true
	default:
		return false
	}
}
