//go:build !js

package evidence

import (
	"context"
	"errors"
	"fmt"
)

// CheckCheckpoint says whether files, by the names that they have in a package
// (FORMAT.md, "Checkpoints on another channel"), show that the channel which
// the trust names as imprint holds a block of the ledger under a checkpoint.
// Hash is that of the block, lowercase hex, as the caller knows it. The error
// says what is wrong with them.
func CheckCheckpoint(ctx context.Context, trust Trust, block uint64, hash string, files map[string][]byte) (Imprinted, error) {
	if trust.Imprint == nil {
		return Imprinted{}, errors.New("the trust file says nothing of a channel of checkpoints (imprint)")
	}
	c := &checker{Report: newReport(trust.Ledger), trust: trust}
	c.genesis.head.number, c.genesis.head.hash = block, hash // the one block that is known
	for _, name := range sortedNames(files) {
		if role := roleOf(name); role != "imprint-checkpoint" && role != "imprint-block" {
			return Imprinted{}, fmt.Errorf("%.80q is no part of a checkpoint", name)
		}
		c.files = append(c.files, file{name: name, data: files[name]})
	}
	if err := c.imprintChannel(ctx); err != nil {
		return Imprinted{}, err
	}
	for _, check := range c.Checks {
		for _, f := range check.Failures {
			return Imprinted{}, fmt.Errorf("%s: %s %s: %s", check.Name, f.File, f.Field, f.Detail)
		}
	}
	if len(c.Imprinted) != 1 {
		return Imprinted{}, fmt.Errorf("there are checkpoints of %d blocks", len(c.Imprinted))
	}
	return c.Imprinted[0], nil
}
