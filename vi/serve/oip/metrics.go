package oip

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/latentgo/latent/vi/serve"
)

// Metrics counts what a model tells it, as its serve.Config.Meter, and shows that
// as an http.Handler in Prometheus's text format. The zero value is ready.
//
//	latent_requests_total{operation}           requests, with those that failed
//	latent_request_failures_total{operation}   those that failed
//	latent_rows_total{operation}               rows of requests
//	latent_request_seconds{operation}          a histogram of how long they took
//	latent_runs_total{operation}               runs of programs
//	latent_run_rows_total{operation}           rows that these computed
//	latent_run_places_total{operation}         rows that their programs have room for
//	latent_run_requests_total{operation}       requests that shared them
//	latent_run_seconds_total{operation}        time that they took
//	latent_queue_rows                          rows that wait
//
// Requests of no known operation have operation="".
type Metrics struct {
	mu      sync.Mutex
	of      map[string]*counts
	waiting int
}

type counts struct {
	requests, failures, rows              int
	seconds                               float64
	within                                [len(limits)]int
	runs, runRows, runPlaces, runRequests int
	runSeconds                            float64
}

// limits are the upper ends of the histogram's buckets, in seconds.
var limits = [...]float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}

var _ serve.Meter = (*Metrics)(nil)

// at returns the counts of an operation; mu is held.
func (m *Metrics) at(operation string) *counts {
	c := m.of[operation]
	if c == nil {
		if m.of == nil {
			m.of = map[string]*counts{}
		}
		c = &counts{}
		m.of[operation] = c
	}
	return c
}

// Request implements serve.Meter.
func (m *Metrics) Request(operation string, rows int, took time.Duration, err error) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.at(operation)
	c.requests++
	c.rows += rows
	if err != nil {
		c.failures++
	}
	c.seconds += took.Seconds()
	for i, l := range limits {
		if took.Seconds() <= l {
			c.within[i]++
		}
	}
}

// Run implements serve.Meter.
func (m *Metrics) Run(operation string, requests, rows, size int, took time.Duration) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.at(operation)
	c.runs++
	c.runRequests += requests
	c.runRows += rows
	c.runPlaces += size
	c.runSeconds += took.Seconds()
}

// Waiting implements serve.Meter.
func (m *Metrics) Waiting(rows int) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = rows
}

// ServeHTTP implements http.Handler.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, m.text())
}

func (m *Metrics) text() string {
	if m == nil {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	names := slices.Sorted(maps.Keys(m.of))
	family := func(name, kind, help string, value func(c *counts) any) {
		fmt.Fprintf(&b, "# HELP latent_%s %s\n# TYPE latent_%s %s\n", name, help, name, kind)
		for _, op := range names {
			fmt.Fprintf(&b, "latent_%s{operation=%q} %v\n", name, op, value(m.of[op]))
		}
	}
	family("requests_total", "counter", "Requests.", func(c *counts) any { return c.requests })
	family("request_failures_total", "counter", "Requests that failed.", func(c *counts) any { return c.failures })
	family("rows_total", "counter", "Rows of requests.", func(c *counts) any { return c.rows })
	fmt.Fprint(&b, "# HELP latent_request_seconds How long requests took.\n# TYPE latent_request_seconds histogram\n")
	for _, op := range names {
		c := m.of[op]
		for i, l := range limits {
			fmt.Fprintf(&b, "latent_request_seconds_bucket{operation=%q,le=\"%v\"} %d\n", op, l, c.within[i])
		}
		fmt.Fprintf(&b, "latent_request_seconds_bucket{operation=%q,le=\"+Inf\"} %d\n", op, c.requests)
		fmt.Fprintf(&b, "latent_request_seconds_sum{operation=%q} %v\nlatent_request_seconds_count{operation=%q} %d\n", op, c.seconds, op, c.requests)
	}
	family("runs_total", "counter", "Runs of programs.", func(c *counts) any { return c.runs })
	family("run_rows_total", "counter", "Rows that runs computed.", func(c *counts) any { return c.runRows })
	family("run_places_total", "counter", "Rows that the programs of runs have room for.", func(c *counts) any { return c.runPlaces })
	family("run_requests_total", "counter", "Requests that shared runs.", func(c *counts) any { return c.runRequests })
	family("run_seconds_total", "counter", "Time that runs took.", func(c *counts) any { return c.runSeconds })
	fmt.Fprintf(&b, "# HELP latent_queue_rows Rows that wait.\n# TYPE latent_queue_rows gauge\nlatent_queue_rows %d\n", m.waiting)
	return b.String()
}
