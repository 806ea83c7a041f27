package service

// Metric is a number that a part of the service tells about itself. Name is
// Prometheus's, without prefix and without labels. A Counter only grows until
// a restart; any other goes up and down.
type Metric struct {
	Name, Help string
	Value      float64
	Counter    bool
}

// Metered is a ledger, or another part, that has numbers to tell. It MUST answer at once, with
// the same names each time, without asking anybody.
type Metered interface {
	Metrics() []Metric
}

// TimeStampMetrics are the numbers of who has the blocks stamped; none when
// nobody does.
func (s *Service) TimeStampMetrics() []Metric {
	if m, ok := s.o.TimeStamps.(Metered); ok {
		return m.Metrics()
	}
	return nil
}

// ContentMetrics are the numbers of the index of like content; none without.
func (s *Service) ContentMetrics() []Metric {
	if m, ok := s.o.Content.(Metered); ok {
		return m.Metrics()
	}
	return nil
}

// LedgerMetrics are the ledger's own numbers; none when it keeps none.
func (s *Service) LedgerMetrics() []Metric {
	if m, ok := s.o.Ledger.(Metered); ok {
		return m.Metrics()
	}
	return nil
}
