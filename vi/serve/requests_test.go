package serve_test

import (
	"context"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// TestBadRequests wants an error of its own for each, by name, and nothing else
// touched: beside each there is a good request in the same run.
func TestBadRequests(t *testing.T) {
	half := .5
	spec := vaeSpec
	spec.Arrays = []serve.Array{{Name: "x", Shape: []int{pixels}, Max: &half}, {Name: "unused", Shape: []int{2}, Optional: true}}
	if _, err := serve.New(spec, &graph.Params{}, serve.Config{}); err == nil || !strings.Contains(err.Error(), "data unused is used by neither joint nor guide") {
		t.Errorf("an array that the model does not have: %v", err)
	}
	spec.Arrays = spec.Arrays[:1]
	ranged := start(t, spec, &graph.Params{}, serve.Config{})
	m := start(t, vaeSpec, &graph.Params{}, serve.Config{Delay: 20 * time.Millisecond, Runs: 1, Rows: 100, MaxDraws: 50, Draws: 10})
	ctx := context.Background()
	with := func(i int, v float64) map[string][]float64 {
		x := bits(1, 2*pixels)
		x[i] = v
		return xs(x)
	}
	good := serve.Request{Values: xs(bits(1, pixels)), Draws: 4}
	want, err := m.Encode(ctx, good)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		m    *serve.Model
		op   string
		q    serve.Request
		kind error
		text string
	}{
		{m, "encod", good, serve.ErrOperation, `no operation "encod"; there are [encode decode reconstruct sample loglikelihood elbo impute]`},
		{m, "encode", serve.Request{}, serve.ErrRequest, "array x is not given"},
		{m, "encode", serve.Request{Rows: 2}, serve.ErrRequest, "array x is not given"},
		{m, "encode", serve.Request{Rows: -2}, serve.ErrRequest, "-2 rows"},
		{m, "encode", serve.Request{Values: xs(nil)}, serve.ErrRequest, "no rows"},
		{m, "encode", serve.Request{Values: xs(bits(1, pixels+1))}, serve.ErrRequest, "x: 31 values are no rows of 30"},
		{m, "encode", serve.Request{Values: xs(bits(1, pixels)), Rows: 2}, serve.ErrRequest, "x has 1 rows, Rows says 2"},
		{m, "encode", serve.Request{Values: map[string][]float64{"y": {1}}}, serve.ErrRequest, `"y" is no array and no latent`},
		{m, "encode", serve.Request{Values: xs(make([]float64, 101*pixels))}, serve.ErrRequest, "101 rows, at most 100"},
		{m, "encode", serve.Request{Values: xs(bits(1, pixels)), Draws: 51}, serve.ErrRequest, "51 draws, at most 50"},
		{m, "encode", serve.Request{Values: xs(bits(1, pixels)), Draws: -1}, serve.ErrRequest, "-1 draws"},
		{m, "elbo", serve.Request{Values: xs(bits(1, pixels)), Draws: 2}, serve.ErrRequest, "elbo takes no Draws"},
		{m, "loglikelihood", serve.Request{Values: xs(bits(1, pixels)), Draws: 1}, serve.ErrRequest, "want 2 or more"},
		{m, "encode", serve.Request{Values: with(pixels+3, nan)}, serve.ErrRequest, "x, row 1, element 3: the value is NaN"},
		{m, "encode", serve.Request{Values: with(pixels+3, math.Inf(1))}, serve.ErrRequest, "x, row 1, element 3: the value is +Inf"},
		{m, "impute", serve.Request{Values: with(pixels+3, math.Inf(-1))}, serve.ErrRequest, "x, row 1, element 3: the value is -Inf"},
		{m, "encode", serve.Request{Values: with(pixels+3, 2)}, serve.ErrRequest, "x, row 1, element 3: value 2 is outside of the support of its law, {0 … 1}"},
		{m, "impute", serve.Request{Values: with(5, -1)}, serve.ErrRequest, "x, row 0, element 5: value -1 is outside"},
		{m, "decode", serve.Request{Values: map[string][]float64{"z": {1, 1e39, 0}}}, serve.ErrRequest, "z, row 0, element 1: value 1e+39 does not fit into float32"},
		{m, "decode", serve.Request{Values: map[string][]float64{"z": {1, 0, nan}}}, serve.ErrRequest, "z, row 0, element 2: the value is NaN"},
		{m, "decode", serve.Request{Values: xs(bits(1, pixels))}, serve.ErrRequest, "x is given and depends on z"},
		{m, "sample", serve.Request{Values: xs(bits(1, pixels))}, serve.ErrRequest, "x is given and depends on z"},
		{m, "sample", serve.Request{}, serve.ErrRequest, "neither Values nor Rows"},
		{ranged, "encode", serve.Request{Values: xs(bits(1, pixels))}, serve.ErrRequest, "is outside of (-Inf, 0.5)"},
	} {
		var group sync.WaitGroup
		group.Go(func() {
			if got, err := m.Encode(ctx, good); err != nil || !near(got.Get("z/draws"), want.Get("z/draws"), 1e-6) {
				t.Errorf("beside %s: %v", c.text, err)
			}
		})
		err := c.m.Do(ctx, c.op, c.q, &serve.Reply{})
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: error %v, want %s", c.op, err, c.text)
		}
		group.Wait()
	}
}

// TestBadRow runs a row that its law cannot take, which shows in its score alone,
// with others.
func TestBadRow(t *testing.T) {
	counts := func(s *graph.Scope) vi.Model {
		dec := layers.NewDense(s.In("dec"), 1, 3)
		return vi.Model{
			Joint: func(t *vi.Trace) { t.Draw("x", prob.Poisson{LogRate: dec.Apply(t.Draw("z", prob.StdNormal(1)))}) },
			Guide: func(t *vi.Trace) { t.Draw("z", normal(graph.ExpandDims(graph.Mean(t.Given("x"), -1), -1), 1)) },
		}
	}
	m := start(t, serve.Spec{Model: counts, Arrays: []serve.Array{{Name: "x", Shape: []int{3}}}}, &graph.Params{}, serve.Config{Delay: 20 * time.Millisecond, Runs: 1})
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			x := []float64{1, 0, 3, 2, 5, 1}
			if i == 2 {
				x[4] = 1.5
			}
			_, err := m.LogLikelihood(context.Background(), serve.Request{Values: xs(x)})
			if i == 2 && (!errors.Is(err, serve.ErrRequest) || !strings.Contains(err.Error(), "x, row 1, element 1: value 1.5 is outside of the support of its law, {0, 1, …}")) {
				t.Errorf("a count of 1.5: %v", err)
			}
			if i != 2 && err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// slow is a model whose runs last until let go.
func slow(t *testing.T, c serve.Config) (m *serve.Model, began chan struct{}, waits func(rows int), let func()) {
	began, gate := make(chan struct{}, 100), make(chan struct{})
	var waiting atomic.Int64
	c.Meter = meter{&waiting, func() { began <- struct{}{}; <-gate }}
	if !c.Alone {
		c.Delay = time.Nanosecond // no run on the caller's goroutine, which would wait too
	}
	waits = func(rows int) {
		for int(waiting.Load()) != rows {
			time.Sleep(time.Millisecond)
		}
	}
	var once sync.Once
	let = func() { once.Do(func() { close(gate) }) }
	m = start(t, vaeSpec, &graph.Params{}, c)
	t.Cleanup(let)
	return m, began, waits, let
}

// meter stops a worker behind each run.
type meter struct {
	waiting *atomic.Int64
	run     func()
}

func (meter) Request(string, int, time.Duration, error)  {}
func (m meter) Run(string, int, int, int, time.Duration) { m.run() }
func (m meter) Waiting(rows int)                         { m.waiting.Store(int64(rows)) }

// TestFull fills the queue, gives up some who wait, and closes.
func TestFull(t *testing.T) {
	m, began, waits, let := slow(t, serve.Config{Runs: 1, Queue: 10, Alone: true})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ask := func(ctx context.Context, rows int) error {
		_, err := m.Encode(ctx, serve.Request{Values: xs(bits(1, rows*pixels))})
		return err
	}
	answers := make(chan error, 3)
	go func() { answers <- ask(context.Background(), 1) }()
	<-began // the worker has it
	second := make(chan error, 1)
	go func() { second <- ask(ctx, 6) }()
	waits(6)
	go func() { answers <- ask(context.Background(), 4) }()
	waits(10)
	if err := ask(ctx, 1); !errors.Is(err, serve.ErrFull) || !strings.Contains(err.Error(), "10 rows are waiting, no room for 1 more in a queue of 10") {
		t.Errorf("a full queue: %v", err)
	}
	cancel()
	if err := <-second; err != context.Canceled {
		t.Errorf("the one that was cancelled: %v", err)
	}
	waits(4)
	go func() { answers <- ask(context.Background(), 6) }() // there is room again
	waits(10)
	closed := make(chan struct{})
	go func() { m.Close(); close(closed) }()
	for err := error(nil); !errors.Is(err, serve.ErrClosed); time.Sleep(time.Millisecond) {
		if err = ask(context.Background(), 1); !errors.Is(err, serve.ErrFull) && !errors.Is(err, serve.ErrClosed) {
			t.Fatal(err)
		}
	}
	let()
	for range 3 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	<-closed
	m.Close()
	if _, err := m.Sample(ctx, serve.Request{Rows: 1}); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("a closed model: %v", err)
	}
}

// TestCancelled asks with contexts that are done before and during a
// run.
func TestCancelled(t *testing.T) {
	m, began, _, let := slow(t, serve.Config{Runs: 1})
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Encode(done, serve.Request{Values: xs(bits(1, pixels))}); err != context.Canceled {
		t.Errorf("with a context that is done: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := m.Encode(ctx, serve.Request{Values: xs(bits(1, pixels))}); err != context.DeadlineExceeded {
		t.Errorf("during a run: %v", err)
	}
	<-began
	let()
	if _, err := m.Encode(context.Background(), serve.Request{Values: xs(bits(1, pixels))}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestDelay has requests wait for company up to a time or a number of rows.
func TestDelay(t *testing.T) {
	var mu sync.Mutex
	sizes := map[int]int{}
	m := start(t, vaeSpec, &graph.Params{}, serve.Config{Batch: 4, Delay: time.Hour, Meter: counting{func(requests int) { mu.Lock(); sizes[requests]++; mu.Unlock() }}})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := m.ELBO(context.Background(), serve.Request{Values: xs(bits(1, pixels))}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if sizes[4] != 2 || len(sizes) != 1 {
		t.Errorf("requests by run: %v, want two runs of 4", sizes)
	}
}

type counting struct{ run func(requests int) }

func (counting) Request(string, int, time.Duration, error)           {}
func (c counting) Run(_ string, requests, _, _ int, _ time.Duration) { c.run(requests) }
func (counting) Waiting(int)                                         {}

// TestAllocations counts those of requests whose Reply is used again.
func TestAllocations(t *testing.T) {
	m := start(t, vaeSpec, &graph.Params{}, serve.Config{Runs: 1})
	ctx := context.Background()
	for _, c := range []struct {
		op   string
		q    serve.Request
		most float64
	}{
		{serve.Encode, serve.Request{Values: xs(bits(1, 3*pixels)), Draws: 3}, 0},
		{serve.Reconstruct, serve.Request{Values: xs(bits(1, 100*pixels)), Draws: 3}, 0},
		{serve.Decode, serve.Request{Values: map[string][]float64{"z": {0, 1, 2}}}, 0},
		{serve.Sample, serve.Request{Rows: 5}, 0},
		{serve.ELBO, serve.Request{Values: xs(bits(1, 3*pixels))}, 0},
		{serve.Impute, serve.Request{Values: xs(bits(1, 3*pixels)), Draws: 10}, 0},
		{serve.LogLikelihood, serve.Request{Values: xs(bits(1, 3*pixels)), Draws: 100}, 0},
	} {
		var r serve.Reply
		if n := testing.AllocsPerRun(50, func() {
			if err := m.Do(ctx, c.op, c.q, &r); err != nil {
				t.Fatal(err)
			}
		}); n > c.most && (pooled || c.op != serve.LogLikelihood && c.op != serve.Impute) {
			t.Errorf("%s: %v allocations, want at most %v", c.op, n, c.most)
		}
	}
}
