package node

import "context"

// searchReport finds the signed report of a numbered search, for its evidence
// package. The service itself is made after the writer of packages.
func (n *Node) searchReport(ctx context.Context, number string) (string, error) {
	s, err := n.service.StoredSearch(ctx, number)
	return s.Report, err
}
