package rest

import (
	"context"
	"runtime"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
)

// Metrics counts what the service does. It is the service.Observer that
// service.New wants; the same one goes to New here. Labels take values from
// closed sets only: a stranger must not be able to add one.
type Metrics struct {
	requests, commands, tokens, uploaded *counter
	took, batches                        *histogram
	lag                                  func(context.Context) (uint64, error)
}

// NewMetrics makes an empty set of counters.
func NewMetrics() *Metrics {
	return &Metrics{
		requests: newCounter("datapledge_requests_total", "Requests by method, route and status.", "method", "route", "status"),
		commands: newCounter("datapledge_commands_total", "Commands by act, status and refusal code.", "act", "status", "code"),
		tokens:   newCounter("datapledge_tokens_refused_total", "Refused tokens by code.", "code"),
		uploaded: newCounter("datapledge_uploaded_bytes_total", "Bytes of content received."),
		took:     newHistogram("datapledge_request_seconds", "Time to answer, by route.", "route", 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60),
		batches:  newHistogram("datapledge_submitted_batch_commands", "Commands handed to the ledger at once.", "", 1, 2, 4, 8, 16, 32, 64, 128, 256),
		lag:      func(context.Context) (uint64, error) { return 0, nil },
	}
}

func (m *Metrics) request(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.add(1, knownMethod(method), route, strconv.Itoa(status))
	m.took.observe(took.Seconds(), route)
}

func (m *Metrics) refusedToken(code pledge.Code) { m.tokens.add(1, string(code)) }

// Command counts an outcome.
func (m *Metrics) Command(act pledge.Act, status string, code pledge.Code) {
	m.commands.add(1, string(act), status, string(code))
}

// Batch counts commands that were submitted together.
func (m *Metrics) Batch(commands int) { m.batches.observe(float64(commands), "") }

// Uploaded counts bytes of content.
func (m *Metrics) Uploaded(bytes int64) { m.uploaded.add(float64(bytes)) }

func (m *Metrics) text(ctx context.Context) []byte {
	var e exposition
	for _, c := range []*counter{m.requests, m.commands, m.tokens, m.uploaded} {
		c.write(&e)
	}
	m.took.write(&e)
	m.batches.write(&e)
	lag := -1.0
	if n, err := m.lag(ctx); err == nil {
		lag = float64(n)
	}
	e.gauge("datapledge_index_lag_blocks", "Blocks that the index is behind the ledger; -1 when unknown.", lag)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	e.gauge("go_goroutines", "Goroutines.", float64(runtime.NumGoroutine()))
	e.gauge("go_memstats_heap_alloc_bytes", "Heap in use.", float64(memory.HeapAlloc))
	e.gauge("go_memstats_sys_bytes", "Memory taken from the system.", float64(memory.Sys))
	return e.b.Bytes()
}

func (h *Handler) metrics(c *gin.Context) error {
	c.Data(200, "text/plain; version=0.0.4; charset=utf-8", h.o.Metrics.text(c.Request.Context()))
	return nil
}
