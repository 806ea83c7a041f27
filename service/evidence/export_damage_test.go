package evidence

import "bytes"

// Container is what Check says before it looks into the files: it makes the
// check of the container, and no other. A package that fails it stands in no case.
func Container(data []byte, trust Trust) (Finding, error) {
	r := newReport(trust.Ledger)
	_, _, err := readPackage(bytes.NewReader(data), int64(len(data)), r)
	return r.Find(CheckContainer), err
}

// Quorum is how many of n consenters must have signed a block.
func Quorum(n int) int { return quorum(n) }
