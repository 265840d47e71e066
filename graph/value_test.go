package graph_test

import (
	"context"
	"math"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

type (
	node  = graph.Node
	scope = graph.Scope
)

// compute builds f of inputs, runs it once and returns the result.
func compute(t testing.TB, dt graph.Dtype, f gradcheck.Func, inputs ...gradcheck.Input) (graph.Shape, []float64) {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s *scope) {
		var in []*node
		for i, x := range inputs {
			in = append(in, s.Input(strconv.Itoa(i), x.Shape...))
		}
		s.Output("y", f(s, in))
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range inputs {
		if err := graph.Feed(p, strconv.Itoa(i), x.Values); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	y, err := p.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	return p.Shape("y"), y
}

// at reads element pos of input i.
type at func(i int, pos ...int) float64

func flat(shape, pos []int) int {
	i := 0
	for k, d := range shape {
		i = i*d + pos[k]
	}
	return i
}

func coordinates(shape graph.Shape, i int) []int {
	pos := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		pos[k] = i % shape[k]
		i /= shape[k]
	}
	return pos
}

// Names and arguments of the element-wise functions; their values are tested
// in package op.
func TestElementwiseNames(t *testing.T) {
	unary := map[string]struct {
		f func(*node) *node
		v float64 // at 0.4
	}{
		"Neg": {(*graph.Node).Neg, -.4}, "Abs": {graph.Abs, .4}, "Sign": {graph.Sign, 1}, "Exp": {graph.Exp, math.Exp(.4)},
		"Expm1": {graph.Expm1, math.Expm1(.4)}, "Log": {graph.Log, math.Log(.4)}, "Log1p": {graph.Log1p, math.Log1p(.4)},
		"Sqrt": {graph.Sqrt, math.Sqrt(.4)}, "Rsqrt": {graph.Rsqrt, 1 / math.Sqrt(.4)}, "Square": {(*graph.Node).Square, .16},
		"Recip": {graph.Recip, 2.5}, "Tanh": {graph.Tanh, math.Tanh(.4)}, "Sigmoid": {graph.Sigmoid, 1 / (1 + math.Exp(-.4))},
		"LogSigmoid": {graph.LogSigmoid, -math.Log(1 + math.Exp(-.4))}, "Softplus": {graph.Softplus, math.Log(1 + math.Exp(.4))},
		"Relu": {graph.Relu, .4}, "Elu": {graph.Elu, .4}, "Gelu": {graph.Gelu, .2 * (1 + math.Erf(.4/math.Sqrt2))},
		"Silu": {graph.Silu, .4 / (1 + math.Exp(-.4))}, "Sin": {graph.Sin, math.Sin(.4)}, "Cos": {graph.Cos, math.Cos(.4)},
		"Erf": {graph.Erf, math.Erf(.4)}, "Erfinv": {graph.Erfinv, math.Erfinv(.4)}, "Floor": {graph.Floor, 0},
		"StopGrad": {graph.StopGrad, .4}, "IsFinite": {graph.IsFinite, 1},
		// Abramowitz and Stegun, 6.1.1, by mpmath
		"Lgamma": {graph.Lgamma, 0.7966778177017837}, "Digamma": {graph.Digamma, -2.5613845445851161}, "Trigamma": {graph.Trigamma, 7.2753565905295967},
		"LeakyRelu": {func(x *node) *node { return graph.LeakyRelu(x.Neg(), .5) }, -.2},
		"Clamp":     {func(x *node) *node { return graph.Clamp(x, .5, .7) }, .5},
		"Shift":     {func(x *node) *node { return x.Shift(2) }, 2.4},
		"Scale":     {func(x *node) *node { return x.Scale(2) }, .8},
		"Log1mExp":  {func(x *node) *node { return graph.Log1mExp(x.Neg()) }, math.Log(1 - math.Exp(-.4))},
	}
	for name, c := range unary {
		if _, v := compute(t, graph.Float64, func(_ *scope, in []*node) *node { return c.f(in[0]) }, gradcheck.At(nil, .4)); !(math.Abs(v[0]-c.v) <= 1e-14*(1+math.Abs(c.v))) {
			t.Errorf("%s(0.4) = %v, want %v", name, v[0], c.v)
		}
	}
	binary := map[string]struct {
		f    func(a, b *node) *node
		want float64 // at 3, 2
	}{
		"Add": {(*graph.Node).Add, 5}, "Sub": {(*graph.Node).Sub, 1}, "Mul": {(*graph.Node).Mul, 6}, "Div": {(*graph.Node).Div, 1.5}, "Pow": {(*graph.Node).Pow, 9},
		"Max": {graph.Max, 3}, "Min": {graph.Min, 2}, "LogAddExp": {graph.LogAddExp, math.Log(math.Exp(3) + math.Exp(2))},
		"Lt": {(*graph.Node).Lt, 0}, "Le": {(*graph.Node).Le, 0}, "Gt": {(*graph.Node).Gt, 1}, "Ge": {(*graph.Node).Ge, 1}, "Eq": {(*graph.Node).Eq, 0}, "Ne": {(*graph.Node).Ne, 1},
	}
	for name, c := range binary {
		_, v := compute(t, graph.Float64, func(_ *scope, in []*node) *node { return c.f(in[0], in[1]) }, gradcheck.At([]int{2}, 3, 3), gradcheck.At(nil, 2))
		if !(math.Abs(v[0]-c.want) <= 1e-15*math.Abs(c.want)) || v[0] != v[1] {
			t.Errorf("%s(3, 2) = %v, want %v", name, v, c.want)
		}
	}
}

// Log1mExp keeps its relative accuracy at both ends. Values by mpmath.
func TestLog1mExp(t *testing.T) {
	x := []float64{-1e-300, -1e-10, -0.1, -0.6931, -0.6932, -2, -40, -700}
	want := []float64{-690.77552789821370521, -23.02585092999045684, -2.3521684610440907978, -0.69319436334600083574,
		-0.69309436390963647599, -0.14541345786885905697, -4.2483542552915890044e-18, -9.8596765437597708568e-305}
	_, got := compute(t, graph.Float64, func(_ *scope, in []*node) *node { return graph.Log1mExp(in[0]) }, gradcheck.At([]int{len(x)}, x...))
	for i := range x {
		if !(math.Abs(got[i]/want[i]-1) <= 1e-13) {
			t.Errorf("Log1mExp(%v) = %v, want %v", x[i], got[i], want[i])
		}
	}
}
