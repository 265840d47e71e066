package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/peer"
	"github.com/latentgo/latent/trainers"
)

// A sweep is a size that is changed while the others stay.
type sweep struct {
	name, about string
	sizes       []int
	model       func(size int) network // nil: of the nodes of a graph
}

var sweeps = []sweep{
	{"batch", "rows of a batch; 784-256-256-20 tanh and back", doubling(1, 4096), func(n int) network { return network{rows: n, width: 256, depth: 2, draws: 1} }},
	{"width", "units of a hidden layer; two of them each way, batch 100", doubling(16, 4096), func(n int) network { return network{rows: 100, width: n, depth: 2, draws: 1} }},
	{"depth", "hidden layers each way, of 256 units, batch 100", doubling(1, 64), func(n int) network { return network{rows: 100, width: 256, depth: n, draws: 1} }},
	{"draws", "K of the importance-weighted bound; 784-256-256-20, batch 4", []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000},
		func(n int) network { return network{rows: 4, width: 256, depth: 2, draws: n} }},
	{"nodes", "of a graph of small arrays, gradient included", []int{100, 1000, 10000, 100000, 1000000}, nil},
}

func doubling(from, to int) (sizes []int) {
	for n := from; n <= to; n *= 2 {
		sizes = append(sizes, n)
	}
	return sizes
}

// A point is what was measured at a size.
type point struct {
	size  int
	ms    [2]float64 // a step with one and two processors; of nodes, to build and compile, first
	flops float64    // of its products
	arena float64    // MB
}

type measured struct {
	sweep
	points []point
}

// run measures at all sizes up to most, in turns, since a machine's speed drifts, and
// takes the median of a size. Compiling is measured once.
func (s sweep) run(o options) (measured, error) {
	turns := map[int][]point{}
	for range o.rounds {
		for _, size := range s.sizes {
			if size > o.most || s.model == nil && turns[size] != nil {
				continue
			}
			p, err := s.measure(size, o.seconds)
			if err != nil {
				return measured{}, errors.WithMessagef(err, "%s %d", s.name, size)
			}
			turns[size] = append(turns[size], p)
		}
	}
	m := measured{sweep: s}
	for _, size := range slices.Sorted(maps.Keys(turns)) {
		p := turns[size][0]
		for i := range p.ms {
			var ms []float64
			for _, q := range turns[size] {
				ms = append(ms, q.ms[i])
			}
			p.ms[i] = *peer.Median(ms)
		}
		m.points = append(m.points, p)
	}
	return m, nil
}

// measure measures at a size, for about so many seconds each time.
func (s sweep) measure(size int, seconds float64) (point, error) {
	if s.model == nil {
		return compile(size)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	p := point{size: size}
	for i := range p.ms {
		runtime.GOMAXPROCS(i + 1)
		step, program, err := s.model(size).step()
		if err != nil {
			return p, err
		}
		took, err := peer.Time(time.Duration(seconds*float64(time.Second)), step)
		if err != nil {
			return p, err
		}
		flops, arena := program.Work()
		p.ms[i], p.flops, p.arena = 1e3*took, flops, float64(arena)/1e6
	}
	return p, nil
}

// step builds a network and returns a training step of it.
func (n network) step() (func() error, *graph.Program, error) {
	params := &graph.Params{Seed: 1}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{})
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		u.Declare(s, n.estimate(s, s.Input("x", n.rows, 784)))
	})
	if err != nil {
		return nil, nil, err
	}
	x := make([]float32, n.rows*784)
	kernel.Uniform(x, kernel.Noise{Key: 1}, 0, 0, 0)
	for i, v := range x { // as many ones as MNIST has
		x[i] = 0
		if v < .13 {
			x[i] = 1
		}
	}
	if err := graph.Feed(p, "x", x); err != nil {
		return nil, nil, err
	}
	at := uint32(0)
	return func() error {
		at++
		if err := p.Run(context.Background(), graph.Key{Seed: 1, Step: at}); err != nil {
			return err
		}
		return u.Step(p)
	}, p, nil
}

// compile times a chain of about so many nodes, of which each link has its own
// parameter.
func compile(nodes int) (point, error) {
	const perLink = 9 // nodes, those of the gradient too
	runtime.GC()
	start := time.Now()
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		var theta []*graph.Node
		h := s.Input("x", 10, 10)
		for i := range max(nodes/perLink, 1) {
			w := s.Param(fmt.Sprint(i), graph.Constant(.1), 10)
			theta = append(theta, w)
			h = graph.Tanh(h.Add(w)).Add(h.Scale(.5))
		}
		for i, g := range graph.Grad(graph.Sum(h), theta) {
			s.Output(fmt.Sprint(i), g)
		}
	})
	took := time.Since(start)
	if err != nil {
		return point{}, err
	}
	r := point{ms: [2]float64{1e3 * took.Seconds(), math.NaN()}}
	if _, err := fmt.Sscanf(p.Explain(), "%d nodes", &r.size); err != nil {
		return r, errors.Wrap(err, "Explain")
	}
	_, arena := p.Work()
	r.arena = float64(arena) / 1e6
	return r, nil
}

// table is a table of Markdown.
func (m measured) table() string {
	var b strings.Builder
	if m.model == nil {
		fmt.Fprintf(&b, "| %s | ms to build and compile | µs a node | arena, MB | kB a node |\n| ---: | ---: | ---: | ---: | ---: |\n", m.name)
		for _, p := range m.points {
			n := float64(p.size)
			fmt.Fprintf(&b, "| %d | %.3g | %.2f | %.3g | %.3f |\n", p.size, p.ms[0], 1e3*p.ms[0]/n, p.arena, 1e3*p.arena/n)
		}
		return b.String()
	}
	fmt.Fprintf(&b, "| %s | one processor, ms | two, ms | gain | GFLOP/s, two | arena, MB |\n| ---: | ---: | ---: | ---: | ---: | ---: |\n", m.name)
	for _, p := range m.points {
		fmt.Fprintf(&b, "| %d | %.3g | %.3g | %.2f | %.0f | %.3g |\n", p.size, p.ms[0], p.ms[1], p.ms[0]/p.ms[1], p.flops/p.ms[1]/1e6, p.arena)
	}
	return b.String()
}
