package node

import (
	"context"
	"fmt"

	"github.com/datapledge/datapledge/service"
)

// searches is what a service that keeps the searches it answered can do.
type searches interface {
	StoredSearch(ctx context.Context, number string) (service.Search, error)
}

// searchReport finds the signed report of a numbered search, for its evidence
// package. The service itself is made after the writer of packages.
func (n *Node) searchReport(ctx context.Context, number string) (string, error) {
	kept, ok := any(n.service).(searches)
	if !ok {
		return "", fmt.Errorf("search %s: %w: this service keeps no searches", number, service.ErrNotFound)
	}
	s, err := kept.StoredSearch(ctx, number)
	return s.Report, err
}
