package prob

import "github.com/latentgo/latent/graph"

// Dist is a probability distribution.
type Dist interface {
	// LogProb returns the log density or log probability of x […, D], without
	// the event axis: […]. Outside of the support it is −Inf and has derivatives
	// of 0, which takes two choices, of what goes in and of what comes out:
	//
	//	in := graph.Where(out, graph.Const(1), x) // any value that is inside
	//	graph.Where(out, graph.Const(math.Inf(-1)), density(in))
	LogProb(x *graph.Node) *graph.Node
}

// Sampler is a distribution that can be drawn from.
type Sampler interface {
	Dist
	// Sample returns a draw [lead…, D], with noise declared in s.
	Sample(s *graph.Scope, lead ...int) *graph.Node
}

// Pathwise marks samplers whose draws are differentiable functions of the
// parameters: reparameterised ones (Kingma and Welling, arXiv 1312.6114, 2.4).
type Pathwise interface {
	Sampler
	Pathwise()
}

// Factored is a distribution whose event elements are independent.
type Factored interface {
	Dist
	// LogProbs returns the log density of each element: […, D].
	LogProbs(x *graph.Node) *graph.Node
}

// Moments is a distribution whose first two moments have a closed form.
type Moments interface {
	Dist
	// Moments returns the mean and the variance of each event element, of the
	// parameters' shape.
	Moments() (mean, variance *graph.Node)
}

// Entropic is a distribution whose entropy has a closed form.
type Entropic interface {
	Dist
	// Entropy returns the differential or discrete entropy, without the event
	// axis.
	Entropy() *graph.Node
}

// Moder is a distribution whose mode has a closed form.
type Moder interface {
	Dist
	// Mode returns a most probable value of each event element, of the
	// parameters' shape.
	Mode() *graph.Node
}

// Cumulative is a distribution of independent elements whose distribution
// function has a closed form.
type Cumulative interface {
	Dist
	// CDF returns P(X ≤ x) for each event element: […, D].
	CDF(x *graph.Node) *graph.Node
}

// Supported is a distribution that says which values it can take.
type Supported interface {
	Dist
	Support() Support
}

// Finite is a discrete distribution with few enough values to list.
type Finite interface {
	Dist
	// Values returns every value of one event, one a row: [values][D].
	Values() [][]float64
}

// SampleScorer draws and scores in one, where that is cheaper than one after
// the other or the only way, as for flows without an inverse.
type SampleScorer interface {
	Sampler
	// SampleScore returns a draw [lead…, D] and its log density [lead…].
	SampleScore(s *graph.Scope, lead ...int) (x, logProb *graph.Node)
}

// total adds over the event axis.
func total(x *graph.Node) *graph.Node { return graph.Sum(x, -1) }

// event returns the event size that parameters agree on.
func event(what string, params ...*graph.Node) int {
	d := 1
	for _, p := range params {
		sh := p.Shape()
		if len(sh) == 0 {
			continue
		}
		switch n := sh[len(sh)-1]; {
		case d == 1:
			d = n
		case n != d && n != 1:
			graph.Fail("prob: %s: parameters with event sizes %d and %d", what, d, n)
		}
	}
	return d
}

// draw declares noise of shape [lead…, d].
func draw(s *graph.Scope, law graph.Noise, lead []int, d int) *graph.Node {
	return s.Noise("noise", law, append(append([]int(nil), lead...), d)...)
}
