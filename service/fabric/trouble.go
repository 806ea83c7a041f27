package fabric

import (
	"context"
	"strings"
	"time"

	"github.com/datapledge/datapledge/service"
)

// explainTime bounds how long a reason is looked for.
const explainTime = 5 * time.Second

// explain finds out why no commands are taken, for whoever reads that the
// service is not ready.
func (l *Ledger) explain(ctx context.Context, err error) error {
	if err == nil || l.options.Profile == "" {
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
