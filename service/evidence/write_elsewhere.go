//go:build !js

package evidence

import (
	"context"
	"maps"
	"time"
)

// patience is how long a package waits for all answers of others together.
var patience = 30 * time.Second

// elsewhere asks another for what stands beside a block, until the patience of
// the package is spent: then there is none.
func (c *collector) elsewhere(b Beside, number uint64) (map[string][]byte, error) {
	if c.until.IsZero() {
		c.until = time.Now().Add(patience)
	}
	ctx, cancel := context.WithDeadline(c.ctx, c.until)
	defer cancel()
	if ctx.Err() != nil {
		return nil, c.ctx.Err()
	}
	parts, err := b.Parts(ctx, number)
	if err != nil && ctx.Err() != nil {
		return nil, c.ctx.Err()
	}
	return parts, err
}

// askAll asks those that are here, and those elsewhere.
func (c *collector) askAll(number uint64) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, b := range c.Beside {
		parts, err := b.Parts(c.ctx, number)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, parts)
	}
	for _, b := range c.Elsewhere {
		parts, err := c.elsewhere(b, number)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, parts)
	}
	return all, nil
}
