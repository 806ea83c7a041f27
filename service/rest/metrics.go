package rest

import (
	"context"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Metrics counts what the service does, in a registry of its own. It is the
// service.Observer that service.New wants; the same one goes to New here.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	commands *prometheus.CounterVec
	tokens   *prometheus.CounterVec
	batches  prometheus.Histogram
	uploaded prometheus.Counter
}

// NewMetrics makes an empty set of counters. Labels take values from closed
// sets only: a stranger must not be able to add one.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "datapledge_requests_total",
			Help: "Requests by method, route and status."}, []string{"method", "route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "datapledge_request_seconds",
			Help: "Time to answer, by route.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 9)}, []string{"route"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "datapledge_commands_total",
			Help: "Commands by act, status and refusal code."}, []string{"act", "status", "code"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "datapledge_tokens_refused_total",
			Help: "Refused tokens by code."}, []string{"code"}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "datapledge_submitted_batch_commands",
			Help: "Commands handed to the ledger at once.", Buckets: prometheus.ExponentialBuckets(1, 2, 11)}),
		uploaded: prometheus.NewCounter(prometheus.CounterOpts{Name: "datapledge_uploaded_bytes_total",
			Help: "Bytes of content received."}),
	}
	m.registry.MustRegister(m.requests, m.took, m.commands, m.tokens, m.batches, m.uploaded,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watch adds the index's lag and the ledger's numbers, asked for when
// somebody looks. Once.
func (m *Metrics) watch(svc *service.Service) {
	gauge := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "datapledge_index_lag_blocks",
		Help: "Blocks that the index is behind the ledger; -1 when unknown."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		n, err := svc.Lag(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	if m.registry.Register(gauge) == nil { // else it is taken: one set serves two handlers
		m.registry.MustRegister(numbers{"datapledge_ledger_", svc.LedgerMetrics}, numbers{"datapledge_", svc.TimeStampMetrics},
			numbers{"datapledge_", svc.ContentMetrics}, imprintNumbers(svc.ImprintStatus))
	}
}

func (m *Metrics) request(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(knownMethod(method), route, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

func (m *Metrics) refusedToken(code pledge.Code) { m.tokens.WithLabelValues(string(code)).Inc() }

// Command counts an outcome.
func (m *Metrics) Command(act pledge.Act, status string, code pledge.Code) {
	m.commands.WithLabelValues(string(act), status, string(code)).Inc()
}

// Batch counts commands that were submitted together.
func (m *Metrics) Batch(commands int) { m.batches.Observe(float64(commands)) }

// Uploaded counts bytes of content.
func (m *Metrics) Uploaded(bytes int64) { m.uploaded.Add(float64(bytes)) }

func (h *Handler) metrics(c *gin.Context) error {
	promhttp.HandlerFor(h.o.Metrics.registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(c.Writer, c.Request)
	return nil
}
