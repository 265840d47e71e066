package serve

import (
	"cmp"
	"runtime"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// Spec says what a model is and what may be asked of it.
type Spec struct {
	// Model declares the networks and returns the joint and the guide, as for
	// training. It is called for every program that is built.
	Model func(s *graph.Scope) vi.Model

	// Arrays are the data: the observed sites and what the model's functions read
	// by Given.
	Arrays []Array

	Enumerate []string        // latents that LogLikelihood sums out, as in vi.Config
	Objective vi.Objective    // of ELBO; nil means vi.ELBO{}
	Calls     map[string]Call // operations of one's own, by name
}

// Array is an array of data that a request may give.
type Array struct {
	Name     string   `json:"name"`
	Shape    []int    `json:"shape"`              // of a row
	Optional bool     `json:"optional,omitempty"` // where it is not given the guide draws it, such as labels
	Min      *float64 `json:"min,omitempty"`      // what its numbers may be, besides what the law of its site can take
	Max      *float64 `json:"max,omitempty"`
	About    string   `json:"about,omitempty"` // units and what is done to raw data, for whoever makes requests
}

// Call declares the outputs of an operation of one's own, as trainers.Predict
// takes them: nodes [B, …] for B rows, or [1, B, …], of which each row depends on
// the same row of the data alone.
type Call func(s *graph.Scope, m vi.Model, d vi.Data) map[string]*graph.Node

// Config says how a model is served. Its zero value answers one request after the
// other on each processor, and takes along what is waiting.
type Config struct {
	// Batch is the most rows of a run; 0 means 64. Rows of several requests share
	// one. The results of rows of different runs differ by rounding: a matrix
	// product may add in another order for another number of rows. Within a
	// number of rows rounded up to a power of 2 they are bit-identical.
	Batch int
	// Delay is how long a request may wait for others to share its run; 0 means
	// that it takes those along that are waiting when a run begins.
	Delay time.Duration
	// Alone keeps requests out of each other's runs: results are then
	// bit-identical whatever else is asked.
	Alone bool

	Runs    int // runs at once; 0 means one for every Workers processors
	Workers int // that share the work of a run; 0 means 1

	Queue    int // rows that may wait; 0 means 4096; more are ErrFull
	Rows     int // most rows of a request; 0 means Queue
	Draws    int // of LogLikelihood and Impute where a request does not say; 0 means 100
	MaxDraws int // most draws of a request; 0 means 10000
	Steps    int // of Impute; 0 means 5
	Memory   int // bytes of the programs that are kept for later requests, parameters aside; 0 means 512 MiB

	// Half stores the weights of matrix products with 16 bits, as graph.Freezing
	// has it: small requests take less time, and results differ by the rounding of
	// the weights.
	Half bool

	Meter   Meter  // what is told what happens; nil means nobody
	Version string // of the model, for replies; "" means a hash of the parameters
}

// Meter is told what happens, in numbers, by many goroutines at once.
type Meter interface {
	// Request tells that a request of an operation was answered, or failed.
	Request(operation string, rows int, took time.Duration, err error)
	// Run tells that a run computed rows of some requests, in a program for size
	// rows.
	Run(operation string, requests, rows, size int, took time.Duration)
	// Waiting tells how many rows wait now.
	Waiting(rows int)
}

type noMeter struct{}

func (noMeter) Request(string, int, time.Duration, error) {}
func (noMeter) Run(string, int, int, int, time.Duration)  {}
func (noMeter) Waiting(int)                               {}

// defaults checks the configuration and fills in what is not said.
func (c Config) defaults() (Config, error) {
	for _, n := range []struct {
		name string
		is   int
	}{{"Batch", c.Batch}, {"Runs", c.Runs}, {"Workers", c.Workers}, {"Queue", c.Queue}, {"Rows", c.Rows},
		{"Draws", c.Draws}, {"MaxDraws", c.MaxDraws}, {"Steps", c.Steps}, {"Memory", c.Memory}} {
		if n.is < 0 {
			return c, errors.Errorf("serve: %s is %d, want 1 or more, or 0 for the usual", n.name, n.is)
		}
	}
	if c.Delay < 0 {
		return c, errors.Errorf("serve: Delay is %v, want 0 or more", c.Delay)
	}
	c.Batch = cmp.Or(c.Batch, 64)
	c.Workers = cmp.Or(c.Workers, 1)
	c.Runs = cmp.Or(c.Runs, max(runtime.GOMAXPROCS(0)/c.Workers, 1))
	c.Queue = cmp.Or(c.Queue, 4096)
	c.Rows = cmp.Or(c.Rows, c.Queue)
	c.Draws = cmp.Or(c.Draws, 100)
	c.MaxDraws = cmp.Or(c.MaxDraws, 10000)
	c.Steps = cmp.Or(c.Steps, 5)
	c.Memory = cmp.Or(c.Memory, 512<<20)
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	switch {
	case c.Batch > maxBatch:
		return c, errors.Errorf("serve: Batch is %d, want at most %d", c.Batch, maxBatch)
	case c.Runs > maxRuns || c.Workers > maxRuns:
		return c, errors.Errorf("serve: %d Runs of %d Workers, want at most %d", c.Runs, c.Workers, maxRuns)
	case c.Rows > c.Queue:
		return c, errors.Errorf("serve: a request of %d Rows would not fit into a Queue of %d", c.Rows, c.Queue)
	case c.Draws > c.MaxDraws:
		return c, errors.Errorf("serve: Draws is %d, more than MaxDraws, %d", c.Draws, c.MaxDraws)
	}
	return c, nil
}

const (
	maxBatch = 1 << 16
	maxRuns  = 1 << 10
)
