package prob_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// bijectors are constructors with a point x to test them at.
var bijectors = map[string]struct {
	x   []float64
	new func() prob.Bijector
	// chart gives the coordinates of y by which volume is measured; nil means
	// the first len(x).
	chart func(y *graph.Node) *graph.Node
}{
	"identity": {[]float64{-1, 2}, func() prob.Bijector { return prob.Identity{} }, nil},
	"affine": {[]float64{-1, 2}, func() prob.Bijector {
		return prob.Affine{Shift: nums(3, -4), LogScale: nums(.5, -2)}
	}, nil},
	"affine of one scale": {[]float64{-1, 2, 0}, func() prob.Bijector {
		return prob.Affine{LogScale: graph.Const(.7)}
	}, nil},
	"affine of nothing":   {[]float64{-1, 2}, func() prob.Bijector { return prob.Affine{} }, nil},
	"reflect":             {[]float64{-1, 2}, func() prob.Bijector { return prob.Reflect{} }, nil},
	"exp":                 {[]float64{-3, .1, 4}, func() prob.Bijector { return prob.Exp{} }, nil},
	"softplus":            {[]float64{-20, .1, 30}, func() prob.Bijector { return prob.Softplus{} }, nil},
	"sigmoid":             {[]float64{-7, .1, 4}, func() prob.Bijector { return prob.Sigmoid{} }, nil},
	"tanh":                {[]float64{-4, .1, 3}, func() prob.Bijector { return prob.Tanh{} }, nil},
	"power":               {[]float64{.2, 1, 3}, func() prob.Bijector { return prob.Power{P: 2.5} }, nil},
	"negative power":      {[]float64{.2, 1, 3}, func() prob.Bijector { return prob.Power{P: -.5} }, nil},
	"softmax":             {[]float64{-1, .5, 2}, func() prob.Bijector { return prob.Softmax{} }, nil},
	"stick-breaking":      {[]float64{-1, .5, 2}, func() prob.Bijector { return prob.StickBreaking{} }, nil},
	"stick of one":        {[]float64{.3}, func() prob.Bijector { return prob.StickBreaking{} }, nil},
	"rising":              {[]float64{-1, .5, -2}, func() prob.Bijector { return prob.Rising{} }, nil},
	"rising of one":       {[]float64{-1}, func() prob.Bijector { return prob.Rising{} }, nil},
	"lower Cholesky":      {[]float64{-1, .5, 2, .3, -.2, -1.1}, func() prob.Bijector { return prob.LowerCholesky{} }, nil},
	"permutation":         {[]float64{1, 2, 3}, func() prob.Bijector { return prob.Permutation{Index: []int{2, 0, 1}} }, nil},
	"inverse of softplus": {[]float64{1, 2}, func() prob.Bijector { return prob.Invert{Of: prob.Softplus{}} }, nil},
	"log softmax": {[]float64{-1, .5, 2}, func() prob.Bijector { return prob.LogSoftmax{} }, func(y *graph.Node) *graph.Node {
		return graph.Slice(y, 0, 0, 3).Sub(graph.Slice(y, 0, 3, 4))
	}},
	"chain": {[]float64{-1, .5}, func() prob.Bijector {
		return prob.Chain(prob.Tanh{}, prob.Permutation{Index: []int{1, 0}}, prob.Affine{Shift: nums(3, 4)}, prob.StickBreaking{})
	}, nil},
	"empty chain":        {[]float64{-1, .5}, func() prob.Bijector { return prob.Chain() }, nil},
	"to an interval":     {[]float64{-1, .5}, constrain(-2, 3), nil},
	"to above":           {[]float64{-1, .5}, constrain(2, math.Inf(1)), nil},
	"to below":           {[]float64{-1, .5}, constrain(math.Inf(-1), 2), nil},
	"to positive":        {[]float64{-1, .5}, constrain(0, math.Inf(1)), nil},
	"to a unit interval": {[]float64{-1, .5}, constrain(0, 1), nil},
	"to all":             {[]float64{-1, .5}, constrain(math.Inf(-1), math.Inf(1)), nil},
}

func constrain(lo, hi float64) func() prob.Bijector {
	return func() prob.Bijector { return prob.Constrain(prob.Support{Kind: prob.Interval, Lo: lo, Hi: hi}) }
}

func TestBijectorRoundTrip(t *testing.T) {
	for name, c := range bijectors {
		t.Run(name, func(t *testing.T) {
			got := values(t, func(s *graph.Scope) *graph.Node {
				b := c.new().(prob.Inverter)
				x := graph.Tensor(append(c.x, c.x...), 2, 1, len(c.x)) // with leading axes
				return graph.Slice(b.Inverse(b.Forward(x)), 0, 1, 2)
			})
			near(t, "inverse of forward", got, c.x, 1e-8)
		})
	}
}

func TestBijectorLogDet(t *testing.T) {
	for name, c := range bijectors {
		t.Run(name, func(t *testing.T) {
			n := len(c.x)
			jacobian := values(t, func(s *graph.Scope) *graph.Node {
				x := nums(c.x...)
				y := c.new().Forward(x)
				if c.chart != nil {
					y = c.chart(y)
				}
				var rows []*graph.Node
				for i := range n {
					rows = append(rows, graph.Grad(graph.Sum(graph.Slice(y, 0, i, i+1)), []*graph.Node{x})[0])
				}
				return graph.Concat(0, rows...)
			})
			want, _ := mat.LogDet(mat.NewDense(n, n, jacobian))
			got := values(t, func(s *graph.Scope) *graph.Node {
				l := c.new().LogDet(graph.Tensor(append(c.x, c.x...), 2, 1, n))
				if sh := l.Shape(); len(sh) != 2 || sh[0] != 2 || sh[1] != 1 {
					t.Errorf("log determinant of shape %v, want [2 1]", sh)
				}
				return l
			})
			near(t, "log determinant", got, []float64{want, want}, 1e-10)
		})
	}
}

// What scores its inverse without going forward again scores it as the bijector
// does: of each one here, turned round and in a chain, by hand and as a density.
func TestInverseLogDet(t *testing.T) {
	for name, c := range bijectors {
		t.Run(name, func(t *testing.T) {
			out := values(t, func(s *graph.Scope) *graph.Node {
				b := c.new().(prob.Inverter)
				x := graph.Tensor(c.x, 1, len(c.x))
				y := b.Forward(x)
				l := b.LogDet(x)
				law := prob.Transformed{Base: prob.StdNormal(len(c.x)), Bijector: b}
				both := []*graph.Node{
					l, prob.Invert{Of: b}.LogDet(y).Neg(), prob.Invert{Of: b}.InverseLogDet(x),
					prob.Chain(b, prob.Identity{}).(prob.BothWays).InverseLogDet(y).Neg(),
					law.Base.LogProb(x).Sub(law.LogProb(y)),
				}
				return graph.Concat(-1, both...)
			})
			for i, v := range out[1:] {
				near(t, []string{"inverse", "inverse of the inverse", "chain", "density"}[i], []float64{v}, out[:1], 1e-8)
			}
		})
	}
}

func TestWithoutInverse(t *testing.T) {
	if b := prob.WithoutInverse(prob.Chain(prob.Exp{}, prob.Chain(oneWay{}, prob.Exp{}))); b != (oneWay{}) {
		t.Errorf("%T, want oneWay", b)
	}
	if b := prob.WithoutInverse(prob.Chain(prob.Exp{}, prob.Invert{Of: prob.Exp{}})); b != nil {
		t.Errorf("%T, want none", b)
	}
}

// The determinant keeps its digits where y has none left.
func TestTanhLogDetFarOut(t *testing.T) {
	got := values(t, func(*graph.Scope) *graph.Node { return prob.Tanh{}.LogDet(graph.Tensor([]float64{40, -40}, 2, 1)) })
	near(t, "log determinant", got, []float64{2*math.Ln2 - 80, 2*math.Ln2 - 80}, 1e-14)
}

func TestConstrainReachesSupport(t *testing.T) {
	for _, s := range []prob.Support{
		{}, {Kind: prob.Interval, Lo: -2, Hi: 5}, {Kind: prob.Simplex}, {Kind: prob.LogSimplex},
		{Kind: prob.Ordered}, {Kind: prob.CholeskyRow},
	} {
		values(t, func(*graph.Scope) *graph.Node {
			x := graph.Tensor([]float64{-1, 2, .5}, 1, 3)
			return prob.Checked("y", inSupport{s}, prob.Constrain(s).Forward(x))
		})
	}
	refuses(t, "no bijector from the reals to {0 … 3}, which is discrete", func(*graph.Scope) *graph.Node {
		return prob.Constrain(prob.Support{Kind: prob.Integers, Hi: 3}).Forward(nums(1))
	})
	refuses(t, "no numbers in (2, 1)", func(*graph.Scope) *graph.Node {
		return prob.Constrain(prob.Support{Kind: prob.Interval, Lo: 2, Hi: 1}).Forward(nums(1))
	})
}

// inSupport is a law of which only the support matters.
type inSupport struct{ s prob.Support }

func (d inSupport) Support() prob.Support           { return d.s }
func (inSupport) LogProb(x *graph.Node) *graph.Node { return graph.Sum(x, -1) }

func TestBijectorErrors(t *testing.T) {
	refuses(t, "exponent 0", func(*graph.Scope) *graph.Node { return prob.Power{}.Forward(nums(1)) })
	refuses(t, "Permutation: [0 2] is none of 2 elements", func(*graph.Scope) *graph.Node {
		return prob.Permutation{Index: []int{0, 2}}.Forward(nums(1, 2))
	})
	refuses(t, "rows of a triangle of shape [4]", func(*graph.Scope) *graph.Node {
		return prob.LowerCholesky{}.Forward(nums(1, 2, 3, 4))
	})
	refuses(t, "Affine: value of shape [2] does not fit a parameter of shape [3]", func(*graph.Scope) *graph.Node {
		return prob.Affine{LogScale: nums(1, 2, 3)}.LogDet(nums(1, 2))
	})
	if _, ok := prob.Chain(prob.Exp{}, oneWay{}).(prob.Inverter); ok {
		t.Error("a chain with a bijector without inverse says that it has one")
	}
}

// oneWay has no inverse.
type oneWay struct{}

func (oneWay) Forward(x *graph.Node) *graph.Node { return graph.Exp(x) }
func (oneWay) LogDet(x *graph.Node) *graph.Node  { return graph.Sum(x, -1) }

func TestCholeskyFactor(t *testing.T) {
	got := values(t, func(*graph.Scope) *graph.Node {
		return prob.CholeskyFactor(graph.Tensor([]float64{0, 5, 0, -3, 4, 0, 0, 1, 2, 3, 4, 5}, 2, 6))
	})
	near(t, "factor", got, []float64{1, 0, 0, 5, 1, 0, -3, 4, 1, 1, 0, 0, 1, math.Exp(2), 0, 3, 4, math.Exp(5)}, 1e-14)
}
