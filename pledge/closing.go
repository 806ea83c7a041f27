package pledge

import "fmt"

// planned is a line of a closing's plan: who signs which act, and what.
type planned struct {
	Act    Act    `json:"act"`
	By     string `json:"by"`
	Digest string `json:"digest"`
}

// Step is one command of a closing before it is signed. Body is one of the
// Body types, by pointer.
type Step struct {
	Act  Act
	By   string
	Body any
}

// PlanDigest names a closing: the SHA-256 of its steps (act, signer and
// ActDigest of each) in their order, as RFC 8785 canonical JSON. Each of its
// commands states it as closing, and so agrees to all of them and their order.
func PlanDigest(steps []Step) (string, error) {
	plan := make([]planned, len(steps))
	for i, s := range steps {
		d, err := ActDigest(s.Act, s.Body)
		if err != nil {
			return "", err
		}
		plan[i] = planned{s.Act, s.By, d}
	}
	b, err := CanonicalJSON(plan)
	if err != nil {
		return "", err
	}
	return tagged(b), nil
}

// checkClosing reads the commands of a closing: they make one plan, and each
// of them says so.
func (c *Command) checkClosing(b *ClosingBody) error {
	if n := len(b.Commands); n < 2 || n > MaxClosing {
		return Errorf(Malformed, "a closing has 2 to %d commands, not %d", MaxClosing, n)
	}
	if c.Payload.Closing != "" {
		return Errorf(Malformed, "a closing cannot be part of another")
	}
	steps := make([]Step, len(b.Commands))
	c.inner = make([]*Command, len(b.Commands))
	for i, jws := range b.Commands {
		in, err := ParseCommand(jws)
		if err != nil {
			return within(fmt.Sprintf("commands: %d", i), err)
		}
		c.inner[i], steps[i] = in, Step{in.Payload.Act, in.Payload.By, in.body}
	}
	return c.checkPlan(steps)
}

func (c *Command) checkPlan(steps []Step) error {
	plan, err := PlanDigest(steps)
	if err != nil {
		return err
	}
	for i, in := range c.inner {
		switch {
		case in.Payload.Act == ClosingExecute || in.Payload.Act == CommandFence:
			return Errorf(Malformed, "commands: %d: %s cannot be part of a closing", i, in.Payload.Act)
		case in.Payload.Closing != plan:
			return Errorf(Malformed, "commands: %d: it was signed for the closing %q; these commands in this order are %s", i, clip(in.Payload.Closing), plan)
		}
	}
	return nil
}

// Closing returns the commands within a closing.execute, in their order; nil of
// any other command.
func (c *Command) Closing() []*Command { return c.inner }

// closing applies all commands of a plan in their order, or none: the first
// refusal is that of the whole, and takes back what those before it wrote.
func (ch *change) closing() (Outcome, error) {
	for i, in := range ch.c.inner {
		out, err := ch.batch.member(in)
		if err == nil && out.Duplicate {
			err = Errorf(Duplicate, "took effect already, as part of this closing")
		}
		if err != nil {
			return Outcome{}, within(fmt.Sprintf("commands: %d: %s of %s", i, in.Payload.Act, in.Payload.By), err)
		}
	}
	return Outcome{RecordID: ch.c.ID}, nil
}
