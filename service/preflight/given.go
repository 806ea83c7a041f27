package preflight

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/quality"
)

// ParseGiven reads what an owner says about a dataset who is elsewhere: a
// consent file whose documents are digested already, and expectations. What
// cannot be read is a *pledge.Error, malformed.
func ParseGiven(g service.Given) (o Options, err error) {
	if len(g.Consent) > 0 {
		if len(g.Consent) > maxConsent {
			return Options{}, pledge.Errorf(pledge.Malformed, "consent: it is longer than %d bytes", maxConsent)
		}
		if o.Consent, err = parseConsent(g.Consent); err != nil {
			return Options{}, malformed("consent", err)
		}
	}
	if len(g.Expectations) > 0 {
		if o.Expectations, err = quality.ParseExpectations(bytes.NewReader(g.Expectations)); err != nil {
			return Options{}, malformed("expectations", err)
		}
	}
	return o, nil
}

// malformed keeps what a refusal inside said, without its code.
func malformed(what string, err error) error {
	detail := err.Error()
	if refused := (*pledge.Error)(nil); errors.As(err, &refused) {
		detail = refused.Detail
	}
	return pledge.Errorf(pledge.Malformed, "%s: %s", what, detail)
}

// GivenOf is what ParseGiven reads: the consent with the digests of its
// documents, and the text of an expectations file. Nil: nothing is said.
func GivenOf(c *Consent, expectations []byte) (service.Given, error) {
	g := service.Given{Expectations: json.RawMessage(expectations)}
	if c == nil {
		return g, nil
	}
	var err error
	g.Consent, err = Canonical(c)
	return g, err
}
