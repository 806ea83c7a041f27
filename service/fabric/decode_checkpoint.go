package fabric

import (
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// imprinted reads a call on the channel of checkpoints, where nothing else
// can have been written.
func (out *transaction) imprinted(c *invocation, writes []pledge.Write, _ pledge.Position) error {
	if s := c.action.GetResponse().GetStatus(); s != 200 {
		return fmt.Errorf("it answered %d and is valid", s)
	}
	if fn := c.function(); fn != "checkpoint" {
		if len(writes) > 0 {
			return fmt.Errorf("function %.80q wrote %d keys", fn, len(writes))
		}
		return nil
	}
	if len(writes) == 0 {
		return nil // it was held already
	}
	if len(c.args) != 2 {
		return errors.New("a checkpoint of several arguments")
	}
	point, err := pledge.ParseCheckpoint(c.args[1])
	if err != nil {
		return err
	}
	out.held = writes
	return keepsBoth(point, string(c.args[1]), writes)
}

// keepsBoth: a checkpoint is written under its own key, and as the newest.
func keepsBoth(point pledge.Checkpoint, text string, writes []pledge.Write) error {
	keys := []string{pledge.KeyCheckpoint(point.Channel, point.Last), pledge.KeyNewestCheckpoint(point.Channel)}
	if len(writes) != len(keys) {
		return fmt.Errorf("a checkpoint wrote %d keys", len(writes))
	}
	for i, w := range writes {
		if w.Key != keys[i] || string(w.Value) != text {
			return fmt.Errorf("a checkpoint wrote something else under %.80q", w.Key)
		}
	}
	return nil
}
