package network

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// ErrPortTaken says that something else listens where a node should.
var ErrPortTaken = errors.New("the port is taken")

// OnFreePorts is the consortium moved to ports that nobody listens on now,
// below those that the kernel hands out itself (32768 and up). Somebody may
// yet be faster: Up then fails with ErrPortTaken.
func (c Consortium) OnFreePorts() (Consortium, error) {
	for range 100 {
		shifted := c.Shifted(100 * (1 + rand.IntN(150)))
		if err := (layout{Consortium: shifted}).portsFree(true); !errors.Is(err, ErrPortTaken) {
			return shifted, err
		}
	}
	return c, fmt.Errorf("found no free ports for a network: %w", ErrPortTaken)
}

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
