package preflight

import (
	"context"
	"errors"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Examiner runs the preflight for a custodian, on what was sealed.
type Examiner struct {
	SketchKey *[32]byte // of the channel; nil: no sketches
}

// Begin starts a pass, which ends early when ctx does.
func (e *Examiner) Begin(ctx context.Context, given service.Given) (service.Examination, error) {
	o, err := ParseGiven(given)
	if err != nil {
		return nil, err
	}
	o.SketchKey = e.SketchKey
	return &examination{NewReader(ctx, o)}, nil
}

type examination struct{ *Reader }

// Report is refused as malformed when what was given does not fit the dataset.
func (x *examination) Report(fingerprint string) (service.Examined, error) {
	p, err := x.Reader.Report(fingerprint)
	if err != nil {
		return service.Examined{}, unfit(err)
	}
	return examined(&p)
}

func unfit(err error) error {
	if bad := (*ExpectationError)(nil); errors.As(err, &bad) {
		return pledge.Errorf(pledge.Malformed, "%s", bad)
	}
	if bad := (*ConsentError)(nil); errors.As(err, &bad) {
		return pledge.Errorf(pledge.Malformed, "%s", bad)
	}
	return err
}
