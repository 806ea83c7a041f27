package network

import (
	"errors"
	"fmt"
	"net"
)

// ErrPortTaken says that something else listens where a node should.
var ErrPortTaken = errors.New("the port is taken")

// portsFree tells every port that a node could not have.
func (l layout) portsFree(withS3 bool) error {
	var taken []error
	for _, p := range l.ports() {
		if p.node == s3Name && !withS3 {
			continue
		}
		c, err := net.Listen("tcp", local(p.number))
		if err != nil {
			taken = append(taken, fmt.Errorf("%w: %s needs %d for %s: %w", ErrPortTaken, p.node, p.number, p.use, err))
			continue
		}
		_ = c.Close()
	}
	return errors.Join(taken...)
}
