package rest

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/datapledge/datapledge/service"
)

// ledgerNumbers asks the ledger for its numbers whenever somebody looks. It
// describes none beforehand: which there are is the ledger's affair.
type ledgerNumbers func() []service.Metric

// Describe implements prometheus.Collector.
func (ledgerNumbers) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (read ledgerNumbers) Collect(out chan<- prometheus.Metric) {
	for _, m := range read() {
		kind := prometheus.GaugeValue
		if m.Counter {
			kind = prometheus.CounterValue
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc("datapledge_ledger_"+m.Name, m.Help, nil, nil), kind, m.Value)
	}
}
