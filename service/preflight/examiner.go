package preflight

import (
	"context"
	"errors"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
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
	e, err := examined(&p)
	if err != nil {
		return e, err
	}
	return e, x.sketch(&e)
}

// sketch is one for the dataset; none without a key, or where there is nothing
// to compare.
func (x *examination) sketch(e *service.Examined) error {
	s, ok := sketch.Merge(x.Sketches())
	if !ok {
		return nil
	}
	text, err := s.Document()
	if err != nil {
		return err
	}
	e.Sketch = digestOf(text)
	e.Documents[e.Sketch] = text
	return nil
}

func unfit(err error) error {
	if bad := (*ExpectationError)(nil); errors.As(err, &bad) {
		return pledge.Errorf(pledge.Malformed, "%s", bad)
	}
	if bad := (*ExcessError)(nil); errors.As(err, &bad) {
		return pledge.Errorf(pledge.Malformed, "%s", bad)
	}
	if bad := (*ConsentError)(nil); errors.As(err, &bad) {
		return pledge.Errorf(pledge.Malformed, "%s", bad)
	}
	return err
}
