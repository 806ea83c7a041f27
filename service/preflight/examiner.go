package preflight

import (
	"context"
	"errors"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// Examiner runs the preflight for a custodian, on what was sealed.
type Examiner struct {
	SketchKey *[32]byte // of the channel; nil: no sketches
	// Now is the custodian's clock; nil: it has none. Reports have none either:
	// the owner says as of which day, and could say one on which a consent that
	// is over today was in force.
	Now func() time.Time
}

// Begin starts a pass, which ends early when ctx does.
func (e *Examiner) Begin(ctx context.Context, given service.Given) (service.Examination, error) {
	o, err := ParseGiven(given)
	if err != nil {
		return nil, err
	}
	if err := e.over(o.Consent); err != nil {
		return nil, err
	}
	o.SketchKey = e.SketchKey
	return &examination{NewReader(ctx, o)}, nil
}

// over refuses documents that were in force as of the owner's day and are not
// today. Anywhere on earth it is this day or a later one in UTC-12.
func (e *Examiner) over(c *Consent) error {
	if c == nil || e.Now == nil {
		return nil
	}
	today := e.Now().UTC().Add(-12 * time.Hour).Format(time.DateOnly)
	for i, d := range c.Documents {
		if d.Expires != "" && d.Expires < today && d.Expires >= c.AsOf {
			return pledge.Errorf(pledge.Malformed, "consent: document %d expired on %s, after as_of %s and before today: state as_of of today", i+1, d.Expires, c.AsOf)
		}
	}
	return nil
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
