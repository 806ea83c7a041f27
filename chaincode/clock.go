package chaincode

import (
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// maxSkew is how far a transaction's time may be from this machine's. The
// rules take their time from the transaction, whose time is its sender's
// word: without this check, one member could date what it likes.
const maxSkew = 5 * time.Minute

type clock func() time.Time

func systemClock() time.Time { return time.Now() }

// txTime is the transaction's time, which every endorser is told alike. The
// machine's own clock can only refuse it, so it never comes into a result.
func (c *Chaincode) txTime(s stub) (time.Time, error) {
	stamp, err := s.GetTxTimestamp()
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the transaction's time: %w", err)
	}
	if err := stamp.CheckValid(); err != nil {
		return time.Time{}, pledge.Errorf(pledge.Malformed, "the transaction's time is none")
	}
	at := stamp.AsTime()
	return at, c.inStep(at)
}

func (c *Chaincode) inStep(at time.Time) error {
	switch ahead := at.Sub(c.clock()); {
	case ahead > maxSkew:
		return pledge.Errorf(pledge.Stale, "the transaction is dated %s, more than 5 minutes ahead of this member's clock; check the clock of the client, then the one of the member's chaincode", at.Format(time.RFC3339))
	case -ahead > maxSkew:
		return pledge.Errorf(pledge.Stale, "the transaction is dated %s, more than 5 minutes behind this member's clock; check the clock of the client, then the one of the member's chaincode", at.Format(time.RFC3339))
	}
	return nil
}
