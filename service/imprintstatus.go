package service

import "context"

// Imprint tells any enrolled party how the imprint goes, institution by
// institution.
func (s *Service) Imprint(ctx context.Context, c Caller) ([]ImprintStatus, error) {
	if err := c.may(UsePartyRead, "the state of the imprint"); err != nil {
		return nil, err
	}
	return s.ImprintStatus(ctx), nil
}

// ImprintStatus is the same for metrics; none when nobody gets the records.
func (s *Service) ImprintStatus(ctx context.Context) []ImprintStatus {
	if w, ok := s.o.Imprints.(ImprintWatch); ok {
		return w.Status(ctx)
	}
	return nil
}
