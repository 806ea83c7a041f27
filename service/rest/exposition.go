package rest

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// exposition is the Prometheus text format, version 0.0.4.
type exposition struct{ b bytes.Buffer }

func (e *exposition) head(name, help, kind string) {
	fmt.Fprintf(&e.b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (e *exposition) sample(name, labels string, v float64) {
	if labels != "" {
		labels = "{" + labels + "}"
	}
	fmt.Fprintf(&e.b, "%s%s %s\n", name, labels, strconv.FormatFloat(v, 'g', -1, 64))
}

func (e *exposition) gauge(name, help string, v float64) {
	e.head(name, help, "gauge")
	e.sample(name, "", v)
}

// pairs writes labels as the format wants them.
func pairs(names, values []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = n + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(values[i]) + `"`
	}
	return strings.Join(list, ",")
}

type counter struct {
	name, help string
	labels     []string
	mu         sync.Mutex
	values     map[string]float64 // by pairs
}

func newCounter(name, help string, labels ...string) *counter {
	return &counter{name: name, help: help, labels: labels, values: map[string]float64{}}
}

// add counts; it wants one value for each label.
func (c *counter) add(n float64, values ...string) {
	key := pairs(c.labels, values)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] += n
}

func (c *counter) write(e *exposition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.head(c.name, c.help, "counter")
	for _, key := range sortedKeys(c.values) {
		e.sample(c.name, key, c.values[key])
	}
}

// histogram counts observations below each bound, by one label or none.
type histogram struct {
	name, help, label string
	bounds            []float64
	mu                sync.Mutex
	series            map[string]*series
}

type series struct {
	below []uint64 // one for each bound, and for all
	sum   float64
}

func newHistogram(name, help, label string, bounds ...float64) *histogram {
	return &histogram{name: name, help: help, label: label, bounds: bounds, series: map[string]*series{}}
}

func (h *histogram) observe(v float64, value string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.series[value]
	if s == nil {
		s = &series{below: make([]uint64, len(h.bounds)+1)}
		h.series[value] = s
	}
	i, _ := slices.BinarySearch(h.bounds, v)
	for ; i <= len(h.bounds); i++ {
		s.below[i]++
	}
	s.sum += v
}

func (h *histogram) write(e *exposition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.head(h.name, h.help, "histogram")
	for _, value := range sortedKeys(h.series) {
		s := h.series[value]
		label := ""
		if h.label != "" {
			label = pairs([]string{h.label}, []string{value})
		}
		for i, n := range s.below {
			bound := "+Inf"
			if i < len(h.bounds) {
				bound = strconv.FormatFloat(h.bounds[i], 'g', -1, 64)
			}
			e.sample(h.name+"_bucket", strings.TrimPrefix(label+`,le="`+bound+`"`, ","), float64(n))
		}
		e.sample(h.name+"_sum", label, s.sum)
		e.sample(h.name+"_count", label, float64(s.below[len(h.bounds)]))
	}
}
