package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/peer"
	"github.com/latentgo/latent/prob"
)

// law is a distribution of a batch of given values, to be timed: its log
// density, the gradient by its parameters, and a draw, whose sum has a gradient
// too if it is pathwise. torch.py has the same under the same names.
type law struct {
	name, about string
	cols        int      // of 100 rows
	params      []string // fed with uniform numbers
	of          func(p ...*graph.Node) prob.Sampler
}

var laws = []law{
	{"dist/bernoulli", "100×784, log p(x), its gradient, a draw", 784, []string{"logits"},
		func(p ...*graph.Node) prob.Sampler { return prob.Bernoulli{Logits: p[0]} }},
	{"dist/normal", "100×20, log p(x) and a draw, their gradient", 20, []string{"mean", "log_std"},
		func(p ...*graph.Node) prob.Sampler { return prob.Normal{Mean: p[0], LogStd: p[1]} }},
	{"dist/gamma", "100×10, log p(x) and a draw, their gradient", 10, []string{"log_concentration", "log_rate"},
		func(p ...*graph.Node) prob.Sampler { return prob.Gamma{LogConcentration: p[0], LogRate: p[1]} }},
}

// build compiles a law and feeds it.
func (l law) build() (*graph.Program, error) {
	const rows = 100
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		var theta []*graph.Node
		for _, name := range l.params {
			theta = append(theta, s.Input(name, rows, l.cols))
		}
		d := l.of(theta...)
		density, z := d.LogProb(s.Input("x", rows, l.cols)), d.Sample(s, rows)
		cost := graph.Sum(density)
		if _, ok := d.(prob.Pathwise); ok {
			cost = cost.Add(graph.Sum(z))
		}
		s.Output("density", density)
		s.Output("draw", z)
		for i, g := range graph.Grad(cost, theta) {
			s.Output("grad/"+l.params[i], g)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, name := range p.Inputs() {
		x := make([]float32, rows*l.cols)
		kernel.Uniform(x, kernel.Noise{Key: uint64(i)}, 0, 0, 0)
		if name == "x" && l.cols == 784 {
			x = ones(x)
		}
		if err := graph.Feed(p, name, x); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// runLaws times every law beside PyTorch, both on one thread.
func runLaws(o options, py *python, w io.Writer) error {
	runtime.GOMAXPROCS(1)
	var rows []timing
	for _, l := range laws {
		if !o.wants(l.name) {
			continue
		}
		p, err := l.build()
		if err != nil {
			return errors.WithMessage(err, l.name)
		}
		if o.explain {
			fmt.Fprintf(w, "%s\n%s\n", l.name, p.Explain())
			continue
		}
		t, err := l.measure(o, p, py)
		if err != nil {
			return errors.WithMessage(err, l.name)
		}
		if o.json {
			if err := json.NewEncoder(w).Encode(t); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		rows = append(rows, t)
	}
	if o.json || o.explain {
		return nil
	}
	return lawTable(w, rows, py)
}

// measure lets this library and PyTorch take turns.
func (l law) measure(o options, p *graph.Program, py *python) (timing, error) {
	var n uint32
	run := func() error {
		n++
		return p.Run(context.Background(), graph.Key{Seed: 1, Step: n})
	}
	_, arena := p.Work()
	r := timing{Name: l.name, about: l.about, Arena: arena}
	var ms, torchMs, ratio []float64
	for range o.rounds {
		own, err := median(time.Duration(o.seconds*float64(time.Second)), run)
		if err != nil {
			return r, err
		}
		ms = append(ms, own)
		if py == nil {
			continue
		}
		t, err := py.measure(l.name, o.seconds, 1)
		if err != nil {
			return r, err
		}
		torchMs, ratio = append(torchMs, t), append(ratio, t/own)
	}
	r.Ms, r.TorchMs, r.Ratio = *peer.Median(ms), peer.Median(torchMs), peer.Median(ratio)
	var err error
	r.Allocs = testing.AllocsPerRun(20, func() {
		if e := run(); e != nil {
			err = e
		}
	})
	return r, err
}

func lawTable(w io.Writer, rows []timing, py *python) error {
	if py != nil {
		fmt.Fprintf(w, "%s; one thread each\n", py.Version)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "law\tms/step\tallocs\tarena\ttorch ms\tratio\tbatch")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%.2f MB\t%s\t%s\t%s\n", r.Name, number(&r.Ms, ""), r.Allocs, float64(r.Arena)/1e6,
			number(r.TorchMs, ""), number(r.Ratio, "×"), r.about)
	}
	return errors.Wrap(t.Flush(), "output")
}
