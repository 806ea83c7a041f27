package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Certificate 证书 is what anybody may know under a number (N-, P-, R- and 26
// characters, or S-, a date and 16), in any spelling of it; a record's id does
// too. It is read from the verified read model, at the ledger's head. A pledge
// has one once it was registered, a release once it happened: before that the
// refusal (wrong_state) says what the state is.
func (s *Service) Certificate(ctx context.Context, number string) (Certificate, error) {
	if err := (Caller{}).may(UseCertificate, "a certificate"); err != nil {
		return Certificate{}, err
	}
	n, err := parseNumber(number)
	if err != nil {
		return Certificate{}, err
	}
	from, err := s.public(ctx)
	if err != nil {
		return Certificate{}, err
	}
	d := &draft{now: s.now(), names: map[string]string{}, solo: s.info.Kind == "solo", findings: s.o.FindingName}
	d.Number, d.Kind, d.RecordID, d.Ledger, d.Channel = n.number, n.kind, n.record, s.info.Kind, s.Channel()
	d.At = d.now.Format(time.RFC3339)
	if err := s.write(ctx, d, from); err != nil {
		return Certificate{}, err
	}
	d.Report, err = s.report(d.Certificate)
	return d.Certificate, err
}

// PrintCertificate is a certificate as PDF, in "zh" or "en". ErrUnavailable,
// with what to do, when this service does not print.
func (s *Service) PrintCertificate(ctx context.Context, number, lang string) ([]byte, error) {
	if lang != "zh" && lang != "en" {
		return nil, pledge.Errorf(pledge.Malformed, "lang must be zh or en")
	}
	c, err := s.Certificate(ctx, number)
	if err != nil {
		return nil, err
	}
	if s.o.Certificates == nil {
		return nil, &Trouble{Cause: "this service prints no certificates", Remedy: "read it as JSON or on the public page", Err: ErrUnavailable}
	}
	var b bytes.Buffer
	if err := s.o.Certificates.Print(ctx, &b, c, lang); err != nil {
		return nil, fmt.Errorf("printing certificate %s: %w", c.Number, unprinted(err))
	}
	return b.Bytes(), nil
}

// unprinted: what the printer can explain is shown to who asked for it.
func unprinted(err error) error {
	var t *Trouble
	if errors.As(err, &t) && !errors.Is(err, ErrUnavailable) {
		return errors.Join(ErrUnavailable, err)
	}
	return err
}

// draft is a certificate while it is written.
type draft struct {
	Certificate
	now   time.Time
	solo  bool
	names map[string]string // of parties, by USCC
	acts  []pledge.Stamp    // what it rests on, in order
	// findings says what a finding of a preflight is called; nil: by its code.
	findings func(finding string) Text
}

func (s *Service) write(ctx context.Context, d *draft, from source) error {
	var err error
	if d.Kind == CertificateSearch {
		err = s.writeSearch(ctx, d)
	} else {
		err = s.writeRecord(ctx, d, from)
	}
	if err != nil {
		return err
	}
	if s.o.PublicURL != "" {
		d.URL = s.o.PublicURL + "/verify?number=" + url.QueryEscape(d.Number)
	}
	d.limits()
	d.checks()
	if d.Anchors, err = s.anchors(ctx, d); err != nil {
		return err
	}
	d.Members = s.members(d)
	return nil
}

// writeRecord reads the record and all who take part in it from one head.
func (s *Service) writeRecord(ctx context.Context, d *draft, from source) error {
	var a *pledge.Asset
	var p *pledge.Pledge
	head, err := snapshot(ctx, from, func(v *view) (err error) {
		if d.Kind != CertificateNotarization {
			if p, err = v.pledge(d.RecordID); err != nil {
				return err
			}
		}
		if a, err = v.about(d.RecordID); err != nil || a == nil {
			return err
		}
		return v.named(d.names, s.concerned(a, p)...)
	})
	if err != nil {
		return err
	}
	if a == nil {
		return pledge.Errorf(pledge.NotFound, "no certificate %s", d.Number)
	}
	if d.AsOf, err = s.asOf(ctx, head); err != nil {
		return err
	}
	switch d.Kind {
	case CertificateNotarization:
		d.notarization(a)
		return nil
	case CertificatePledge:
		return d.pledge(a, p)
	}
	return d.release(a, p)
}

// asOf is a head with its block's own time: as long as nothing happens on the
// ledger a certificate says the same.
func (s *Service) asOf(ctx context.Context, head Head) (SearchedAt, error) {
	at, err := s.o.Index.BlockTime(ctx, head.Height)
	if err != nil {
		return SearchedAt{}, fmt.Errorf("looking for the time of block %d: %w", head.Height, unfound(err))
	}
	return SearchedAt{head, at.UTC().Format(time.RFC3339)}, nil
}

// concerned lists the parties that a certificate names.
func (s *Service) concerned(a *pledge.Asset, p *pledge.Pledge) []string {
	list := append([]string{a.Owner, a.Notarized.By, a.Custodian, s.o.Custodian.Party()}, lifeParties(a, p)...)
	if p == nil {
		return list
	}
	list = append(list, p.Pledgor, p.Pledgee)
	for _, st := range pledgeStamps(p) {
		list = append(list, st.By)
	}
	return list
}

// named looks names of parties up; all are legal entities.
func (v *view) named(names map[string]string, parties ...string) error {
	for _, id := range parties {
		p, err := v.party(id)
		if err != nil {
			return err
		}
		if p != nil {
			names[id] = p.Name
		}
	}
	return nil
}

// party is an institution as it is printed: its name and its code.
func (d *draft) party(uscc string) string {
	if d.names[uscc] == "" {
		return uscc
	}
	return d.names[uscc] + " " + uscc
}
