package layers

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// NormConfig says how a normalising layer is made.
type NormConfig struct {
	Epsilon float64 // added to variances; 0 means 1e-5

	// Momentum is the weight of a new batch in the running averages of
	// BatchNorm, above 0 and at most 1; 0 means .1. LayerNorm, which has none,
	// refuses it.
	Momentum float64

	NoAffine bool // no scale and no shift
}

// BatchNorm standardises every element of the last axis over all leading axes,
// then scales and shifts it (Ioffe and Szegedy, arXiv 1502.03167, algorithms 1
// and 2):
//
//	y = (x − μ)/√(σ² + ε)·scale + shift
//
// In a program that trains or initialises, μ and σ² are the mean and the variance
// over the batch, where every sample of a row counts as a row; of n rows the
// variance divides by n. In any other program they are running averages, which
// each training step moves by Momentum of the way to the mean of its batch and to
// the variance that divides by n−1. So it mixes rows in training, and is applied
// once in a run of a model; see the package comment. In a frozen scope it does in
// training what it does in evaluation.
type BatchNorm struct {
	Scale, Shift   *graph.Node // parameters [D]; nil with NoAffine
	Mean, Variance *graph.Node // states [D], the running averages

	s     *graph.Scope
	c     NormConfig
	width int
}

// NewBatchNorm is NormConfig.NewBatchNorm of the defaults.
func NewBatchNorm(s *graph.Scope, width int) BatchNorm { return NormConfig{}.NewBatchNorm(s, width) }

// NewBatchNorm declares batch normalisation of an axis: parameters "scale", at
// first 1, and "shift", 0, and states "mean", 0, and "variance", 1.
func (c NormConfig) NewBatchNorm(s *graph.Scope, width int) BatchNorm {
	if c.Momentum == 0 {
		c.Momentum = .1
	}
	if !(c.Momentum > 0 && c.Momentum <= 1) {
		graph.Fail("layers: %s: Momentum %v, want above 0 and at most 1", named("batch norm", s.Path()), c.Momentum)
	}
	n := BatchNorm{s: s, width: width}
	n.c, n.Scale, n.Shift = c.affine(s, "batch norm", width)
	n.Mean = s.State("mean", graph.Constant(0), width)
	n.Variance = s.State("variance", graph.Constant(1), width)
	return n
}

// affine checks the configuration, fills in Epsilon and declares scale and
// shift.
func (c NormConfig) affine(s *graph.Scope, what string, width int) (_ NormConfig, scale, shift *graph.Node) {
	if c.Epsilon == 0 {
		c.Epsilon = 1e-5
	}
	switch {
	case width < 1:
		graph.Fail("layers: %s: width %d, want 1 or more", named(what, s.Path()), width)
	case !(rounded(s, c.Epsilon) > 0) || math.IsInf(rounded(s, c.Epsilon), 1):
		graph.Fail("layers: %s: Epsilon %v, want a positive number of %v", named(what, s.Path()), c.Epsilon, s.Dtype())
	}
	if !c.NoAffine {
		scale, shift = s.Param("scale", graph.Constant(1), width), s.Param("shift", graph.Constant(0), width)
	}
	return c, scale, shift
}

// Apply implements Layer: [… D] to [… D].
func (n BatchNorm) Apply(x *graph.Node) *graph.Node {
	if n.s == nil {
		graph.Fail("layers: batch norm without its states; layers.NewBatchNorm declares them")
	}
	checkInput(x, n.width, "batch norm", n.s.Path())
	sh := x.Shape()
	rows := float64(graph.Size(sh[:len(sh)-1]))
	if n.s.Training() && rows == 1 {
		graph.Fail("layers: %s: a training batch of one row, which has no variance; choose a batch size that leaves no single row", named("batch norm", n.s.Path()))
	}
	defer graph.Enter("layer " + n.s.Path())()
	if !n.s.Training() && !n.s.Initialising() {
		return n.c.normed(x, n.Mean, n.Variance, n.Scale, n.Shift)
	}
	mean, variance := Moments(x)
	if n.s.Training() {
		n.move(n.Mean, mean)
		n.move(n.Variance, variance.Scale(rows/(rows-1)))
	}
	return n.c.normed(x, mean, variance, n.Scale, n.Shift)
}

// move takes a running average Momentum of the way to a new value.
func (n BatchNorm) move(average, to *graph.Node) {
	n.s.Assign(average, average.Add(to.Sub(average).Scale(n.c.Momentum)))
}

// normed returns (x−mean)/√(variance+ε)·scale + shift.
func (c NormConfig) normed(x, mean, variance, scale, shift *graph.Node) *graph.Node {
	by := graph.Rsqrt(variance.Shift(c.Epsilon))
	if scale == nil {
		return x.Sub(mean).Mul(by)
	}
	if len(by.Shape()) == 1 {
		return x.Sub(mean).Mul(by.Mul(scale)).Add(shift)
	}
	return x.Sub(mean).Mul(by).Mul(scale).Add(shift)
}

// LayerNorm standardises each row over its last axis, then scales and shifts its
// elements (Ba, Kiros and Hinton, arXiv 1607.06450):
//
//	y = (x − μ)/√(σ² + ε)·scale + shift
//
// with the mean μ and the variance σ², divided by D, of the row.
type LayerNorm struct {
	Scale, Shift *graph.Node // parameters [D]; nil with NoAffine

	s     *graph.Scope
	c     NormConfig
	width int
}

// NewLayerNorm is NormConfig.NewLayerNorm of the defaults.
func NewLayerNorm(s *graph.Scope, width int) LayerNorm { return NormConfig{}.NewLayerNorm(s, width) }

// NewLayerNorm declares layer normalisation of an axis: parameters "scale", at
// first 1, and "shift", 0.
func (c NormConfig) NewLayerNorm(s *graph.Scope, width int) LayerNorm {
	if c.Momentum != 0 {
		graph.Fail("layers: %s: it keeps no averages and has no Momentum", named("layer norm", s.Path()))
	}
	n := LayerNorm{s: s, width: width}
	n.c, n.Scale, n.Shift = c.affine(s, "layer norm", width)
	return n
}

// Apply implements Layer: [… D] to [… D].
func (n LayerNorm) Apply(x *graph.Node) *graph.Node {
	if n.s == nil {
		graph.Fail("layers: layer norm without its width; layers.NewLayerNorm says it")
	}
	checkInput(x, n.width, "layer norm", n.s.Path())
	defer graph.Enter("layer " + n.s.Path())()
	mean := graph.ExpandDims(graph.Mean(x, -1), -1)
	variance := graph.ExpandDims(graph.Mean(x.Sub(mean).Square(), -1), -1)
	return n.c.normed(x, mean, variance, n.Scale, n.Shift)
}
