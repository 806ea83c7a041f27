package rest

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/datapledge/datapledge/service"
)

// numbers asks a part for its numbers whenever somebody looks. It describes
// none beforehand: which there are is the part's affair.
type numbers struct {
	prefix string
	read   func() []service.Metric
}

// Describe implements prometheus.Collector.
func (numbers) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (n numbers) Collect(out chan<- prometheus.Metric) {
	for _, m := range n.read() {
		kind := prometheus.GaugeValue
		if m.Counter {
			kind = prometheus.CounterValue
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(n.prefix+m.Name, m.Help, nil, nil), kind, m.Value)
	}
}
