package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/datapledge/datapledge/service"
)

func (h *Handler) imprint(c *gin.Context) error {
	list, err := h.svc.Imprint(c.Request.Context(), caller(c))
	if err != nil {
		return err
	}
	if list == nil {
		list = []service.ImprintStatus{}
	}
	c.JSON(http.StatusOK, gin.H{"sinks": list})
	return nil
}

// imprintNumbers asks for the state of the imprint whenever somebody looks.
// The label is a name of the configuration.
type imprintNumbers func(ctx context.Context) []service.ImprintStatus

// Describe implements prometheus.Collector.
func (imprintNumbers) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (read imprintNumbers) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, s := range read(ctx) {
		stopped := 0.0
		if s.State == service.ImprintStopped {
			stopped = 1
		}
		for _, m := range []service.Metric{
			{Name: "lag_blocks", Help: "Committed blocks without the institution's receipt; -1 when unknown.", Value: float64(s.LagBlocks)},
			{Name: "lag_seconds", Help: "Age of the oldest block without a receipt.", Value: float64(s.LagSeconds)},
			{Name: "stopped", Help: "1 when ledger and institution disagree, and a person must decide.", Value: stopped},
			{Name: "receipts_total", Help: "Receipts that are kept.", Value: float64(s.Receipts), Counter: true},
			{Name: "failures_total", Help: "Attempts since the start that failed.", Value: float64(s.Failures), Counter: true},
		} {
			kind := prometheus.GaugeValue
			if m.Counter {
				kind = prometheus.CounterValue
			}
			out <- prometheus.MustNewConstMetric(prometheus.NewDesc("datapledge_imprint_"+m.Name, m.Help, []string{"sink"}, nil), kind, m.Value, s.Sink)
		}
	}
}
