package bayes

import (
	"context"
	"fmt"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// Threshold is the log α above which Molchanov, Ashukha and Vetrov prune a weight:
// its variance is then more than twenty times, e³, the square of its mean.
const Threshold = 3

// Pruned returns the network of the mean weights, with 0 in place of those whose
// log α is above the threshold, usually Threshold. Layers without rates keep all.
// It refuses a network that has none with.
func (n Stack) Pruned(threshold float64) layers.Layer {
	l, any := n.pruned(threshold)
	if !any {
		graph.Fail("bayes: a network without rates α has no weights to prune; use SparseDropout or VariationalDropout")
	}
	return l
}

func (n Stack) pruned(threshold float64) (all layers.Stack, any bool) {
	for i, l := range n {
		n.at(i)
		switch l := l.(type) {
		case Stack:
			below, some := l.pruned(threshold)
			all, any = append(all, below), any || some
			continue
		case Dense:
			if l.LogAlpha() != nil {
				w := graph.Where(l.kept(threshold), l.theta, graph.Const(0))
				all, any = append(all, layers.Dense{W: w, B: l.b}), true
				continue
			}
		}
		all = append(all, l.Mean())
	}
	return all, any
}

// kept returns a mask [in, out] of the weights that are not pruned.
func (d Dense) kept(threshold float64) *graph.Node {
	return graph.BroadcastTo(d.logAlpha.Le(graph.Const(threshold)), d.in, d.out)
}

// LayerSparsity counts the weights of a layer, without its biases.
type LayerSparsity struct {
	Name    string // the path of its scope
	Weights int
	Kept    int // those with log α at or below the threshold
}

// Compression returns the number of weights for one that is kept, +Inf if none is.
func (l LayerSparsity) Compression() float64 { return float64(l.Weights) / float64(l.Kept) }

// String shows the counts, as in net/0: 1234 of 235200 weights (0.5 %, 190.6×).
func (l LayerSparsity) String() string {
	return fmt.Sprintf("%s: %d of %d weights (%.1f %%, %.1f×)", l.Name, l.Kept, l.Weights, 100*float64(l.Kept)/float64(l.Weights), l.Compression())
}

// Sparsity counts the weights which Pruned keeps, layer by layer and, in the last
// element, whose name is "all", of all dense layers. The function declares the
// network, in params that are trained, as the model does. Layers without rates keep
// all.
func Sparsity(ctx context.Context, params *graph.Params, threshold float64, network func(s *graph.Scope) Stack) ([]LayerSparsity, error) {
	if network == nil || params == nil {
		return nil, errors.New("bayes: Sparsity without params or without a network")
	}
	var dense []Dense
	p, err := graph.Build(params, func(s *graph.Scope) {
		dense = network(s).dense(nil)
		if len(dense) == 0 {
			graph.Fail("bayes: Sparsity of a network without dense layers")
		}
		for i, d := range dense {
			if d.LogAlpha() != nil {
				s.Output(fmt.Sprint("kept", i), graph.Sum(d.kept(threshold), -1))
			}
		}
		s.Output("none", s.Const(0))
	})
	if err != nil {
		return nil, err
	}
	if err := p.Run(ctx, graph.Key{Stream: graph.EvaluationStream}); err != nil {
		return nil, err
	}
	all := LayerSparsity{Name: "all"}
	var report []LayerSparsity
	for i, d := range dense {
		l := LayerSparsity{Name: d.s.Path(), Weights: d.in * d.out, Kept: d.in * d.out}
		if d.logAlpha != nil {
			rows, err := p.Value(fmt.Sprint("kept", i))
			if err != nil {
				return nil, err
			}
			l.Kept = 0
			for _, n := range rows {
				l.Kept += int(n)
			}
		}
		all.Weights, all.Kept = all.Weights+l.Weights, all.Kept+l.Kept
		report = append(report, l)
	}
	return append(report, all), nil
}

// dense returns the dense layers, those of stacks in it too.
func (n Stack) dense(before []Dense) []Dense {
	for i, l := range n {
		n.at(i)
		switch l := l.(type) {
		case Stack:
			before = l.dense(before)
		case Dense:
			l.declared()
			before = append(before, l)
		}
	}
	return before
}
