package service

import "context"

// ImprintStatus is how the imprint goes, institution by institution; none when
// nobody gets the records.
func (s *Service) ImprintStatus(ctx context.Context) []ImprintStatus {
	if w, ok := s.o.Imprints.(ImprintWatch); ok {
		return w.Status(ctx)
	}
	return nil
}
