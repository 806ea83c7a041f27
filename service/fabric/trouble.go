package fabric

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// setClock is what to do when members and this machine differ about the time.
const setClock = "set this machine's clock by a time server (NTP)"

// wholeCall is what a refusal of more than a single command means.
func wholeCall(refused *pledge.Error) error {
	t := &service.Trouble{Cause: "members refuse the transaction: " + refused.Detail,
		Remedy: "use a service and a chaincode of the same release", Err: fmt.Errorf("%w: %w", errRefused, service.ErrUnavailable)}
	switch refused.Code {
	case pledge.TooLarge:
		return fmt.Errorf("%w: %s", errTooBig, refused.Detail)
	case pledge.Stale:
		t.Remedy = setClock
	}
	return t
}

var errRefused = errors.New("refused as a whole")

// clockAgrees fails when most members refuse whatever this machine sends,
// because of its clock. One that cannot be asked says nothing about it.
func (l *Ledger) clockAgrees(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	f := clockOf(ctx, l.wire)
	if f.OK || f.Remedy != setClock {
		return nil
	}
	return &service.Trouble{Cause: f.Cause, Remedy: f.Remedy, Err: service.ErrUnavailable}
}

// explainTime bounds how long a reason is looked for.
const explainTime = 5 * time.Second

// explain finds out why no commands are taken, for whoever reads that the
// service is not ready.
func (l *Ledger) explain(ctx context.Context, err error) error {
	var known *service.Trouble
	if err == nil || l.options.Profile == "" || errors.As(err, &known) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), explainTime)
	defer cancel()
	o := l.options
	findings := Diagnose(ctx, Diagnosis{Profile: o.Profile, User: o.User, Channel: o.Channel, Chaincode: o.Chaincode, ChaincodeVersion: o.ChaincodeVersion})
	if f := worst(findings); f != nil {
		return &service.Trouble{Cause: f.Check + ": " + f.Cause, Remedy: f.Remedy, Err: err}
	}
	return err
}

// worst is the finding that matters most: what is wrong with a whole kind of
// nodes says more than one node, and strangers learn no address from it.
func worst(findings []Finding) *Finding {
	for i := range findings {
		f := &findings[i]
		if !f.OK && !strings.Contains(f.Check+f.Cause+f.Remedy, "://") {
			return f
		}
	}
	return nil
}
