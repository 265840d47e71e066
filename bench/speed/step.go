package main

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/trainers"
)

// step is a workload ready to run.
type step struct {
	program *graph.Program
	update  *trainers.Updater
	n       uint32
}

func newStep(l workload, dense bool) (*step, error) {
	params := &graph.Params{Seed: 1}
	s := &step{update: trainers.NewUpdater(params, trainers.UpdateConfig{})}
	var err error
	s.program, err = graph.BuildTraining(params, func(sc *graph.Scope) {
		e := l.model(sc, sc.Input("x", l.rows, l.cols))
		sc.Output("bound", e.Value)
		s.update.Declare(sc, e)
	})
	if err != nil {
		return nil, err
	}
	x := make([]float32, l.rows*l.cols)
	kernel.Uniform(x, kernel.Noise{Key: 1}, 0, 0, 0)
	if !dense {
		x = ones(x)
	}
	return s, graph.Feed(s.program, "x", x)
}

// ones turns uniform numbers into as many ones as MNIST has, and zeros.
func ones(x []float32) []float32 {
	for i, u := range x {
		x[i] = 0
		if u < .13 {
			x[i] = 1
		}
	}
	return x
}

// run takes one training step.
func (s *step) run() error {
	s.n++
	if err := s.program.Run(context.Background(), graph.Key{Seed: 1, Step: s.n}); err != nil {
		return err
	}
	return s.update.Step(s.program)
}

// allocs returns the allocations of a step.
func (s *step) allocs() (n float64, err error) {
	n = testing.AllocsPerRun(20, func() {
		if e := s.run(); e != nil {
			err = e
		}
	})
	return n, err
}

// peaks measures the GFLOP/s of one thread: of a large matrix product, and of sums of
// products in registers alone, which no product exceeds.
func peaks() (product, registers float64) {
	return fastest(peakProduct()), fastest(func() float64 { return kernel.PeakRounds[float32](1 << 14) })
}

// fastest returns the most operations a nanosecond of calls for a while.
func fastest(call func() (flops float64)) (best float64) {
	for start := time.Now(); time.Since(start) < 60*time.Millisecond; {
		t := time.Now()
		flops := call()
		best = max(best, flops/float64(time.Since(t).Nanoseconds()))
	}
	return best
}

var peakProduct = sync.OnceValue(func() func() float64 {
	const n = 512
	g, pool := &kernel.Gemm[float32]{M: n, N: n, K: n, A: written(n * n), B: written(n * n), C: written(n * n)}, kernel.NewPool(1)
	return func() float64 { g.Run(pool); return 2 * n * n * n }
})
