package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

// domain is where a function is smooth.
type domain struct{ lo, hi float64 }

func TestUnaryGradients(t *testing.T) {
	both := []domain{{-2, -.2}, {.2, 2}}
	positive := []domain{{.2, 2}}
	for name, c := range map[string]struct {
		f  func(*node) *node
		in []domain
	}{
		"Neg": {(*graph.Node).Neg, both}, "Abs": {graph.Abs, both}, "Sign": {graph.Sign, both}, "Exp": {graph.Exp, both},
		"Expm1": {graph.Expm1, both}, "Log": {graph.Log, positive}, "Log1p": {graph.Log1p, []domain{{-.6, 2}}},
		"Sqrt": {graph.Sqrt, positive}, "Rsqrt": {graph.Rsqrt, positive}, "Square": {(*graph.Node).Square, both}, "Recip": {graph.Recip, both},
		"Tanh": {graph.Tanh, both}, "Sigmoid": {graph.Sigmoid, both}, "LogSigmoid": {graph.LogSigmoid, both},
		"Softplus": {graph.Softplus, both}, "Relu": {graph.Relu, both}, "Elu": {graph.Elu, both}, "Gelu": {graph.Gelu, both},
		"Silu": {graph.Silu, both}, "Sin": {graph.Sin, both}, "Cos": {graph.Cos, both}, "Erf": {graph.Erf, both},
		"Erfinv": {graph.Erfinv, []domain{{-.8, .8}}},
		"Lgamma": {graph.Lgamma, []domain{{.3, 3}, {-.8, -.2}}}, "Digamma": {graph.Digamma, []domain{{.3, 3}, {-.8, -.2}}},
		"Trigamma":  {graph.Trigamma, []domain{{.4, 3}, {-1.7, -1.3}}},
		"Polygamma": {func(x *node) *node { return op.Apply(op.Unary{Fn: op.Polygamma, A: 3}, x) }, []domain{{.6, 3}}},
		"Floor":     {graph.Floor, []domain{{.1, .9}}}, "IsFinite": {graph.IsFinite, both},
		"LeakyRelu": {func(x *node) *node { return graph.LeakyRelu(x, .1) }, both},
		"Clamp":     {func(x *node) *node { return graph.Clamp(x, -1, 1) }, []domain{{-3, -1.1}, {-.9, .9}, {1.1, 3}}},
		"Shift":     {func(x *node) *node { return x.Shift(3) }, both}, "Scale": {func(x *node) *node { return x.Scale(3) }, both},
		"Log1mExp": {graph.Log1mExp, []domain{{-.68, -.2}, {-3, -.7}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := func(_ *scope, in []*node) *node { return c.f(in[0]) }
			for _, d := range c.in {
				for _, shape := range [][]int{{3}, {2, 1, 2}, {0, 3}} {
					gradcheck.Check(t, f, gradcheck.Between(d.lo, d.hi, shape...))
					gradcheck.CheckSecond(t, f, gradcheck.Between(d.lo, d.hi, shape...))
				}
			}
		})
	}
}

func TestBinaryGradients(t *testing.T) {
	shapes := [][2][]int{
		{{}, {}}, {{3}, {3}}, {{2, 3}, {3}}, {{3}, {2, 3}}, {{2, 1}, {1, 3}}, {{2, 3}, {}}, {{}, {1}},
		{{3, 1, 2}, {1, 2, 1}}, {{2, 1, 2, 1}, {2, 2, 1, 2}}, {{0, 3}, {3}}, {{1, 3}, {0, 3}}, {{2, 2}, {1}},
	}
	for name, f := range map[string]func(a, b *node) *node{
		"Add": (*graph.Node).Add, "Sub": (*graph.Node).Sub, "Mul": (*graph.Node).Mul, "Div": (*graph.Node).Div, "Pow": (*graph.Node).Pow, "Max": graph.Max, "Min": graph.Min,
		"LogAddExp": graph.LogAddExp, "Lt": (*graph.Node).Lt, "Le": (*graph.Node).Le, "Gt": (*graph.Node).Gt, "Ge": (*graph.Node).Ge, "Eq": (*graph.Node).Eq, "Ne": (*graph.Node).Ne,
		"Where, taken":     func(a, b *node) *node { return graph.Where(a.Gt(b), a, b) },
		"Where, not taken": func(a, b *node) *node { return graph.Where(a.Lt(b), a.Square(), b) },
		"both operands":    func(a, b *node) *node { return a.Add(b).Mul(a.Div(b)) },
	} {
		t.Run(name, func(t *testing.T) {
			g := func(_ *scope, in []*node) *node { return f(in[0], in[1]) }
			for _, s := range shapes {
				in := []gradcheck.Input{gradcheck.Between(.3, 1.9, s[0]...), gradcheck.Between(1.8, .35, s[1]...)}
				gradcheck.Check(t, g, in...)
				gradcheck.CheckSecond(t, g, in...)
			}
		})
	}
}

// Functions of the structural table, whose last operands may be indices.
func TestStructuralGradients(t *testing.T) {
	for _, c := range structural {
		switch c.name {
		case "Mean of nothing", "ArgMax", "OneHot", "Labels":
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			var index []gradcheck.Input
			switch c.name {
			case "Gather", "Gather one number", "ScatterAdd", "Where":
				in, index = in[:len(in)-1], in[len(in)-1:]
			}
			f := func(s *scope, x []*node) *node {
				for _, i := range index {
					x = append(slices.Clone(x), s.Tensor(i.Values, i.Shape...))
				}
				return c.f(x)
			}
			gradcheck.Check(t, f, in...)
			square := func(s *scope, x []*node) *node { return f(s, x).Square() }
			gradcheck.CheckSecond(t, square, in...)
		})
	}
}

func TestReductionGradients(t *testing.T) {
	for name, f := range map[string]func(x *node, axes ...int) *node{
		"Sum": graph.Sum, "Mean": graph.Mean, "MaxOver": graph.MaxOver, "MinOver": graph.MinOver, "LogSumExp": graph.LogSumExp,
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct{ shape, axes []int }{
				{[]int{4}, nil}, {[]int{2, 3}, []int{0}}, {[]int{2, 3}, []int{-1}}, {[]int{2, 1, 3}, []int{1, 2}},
				{[]int{2, 3, 2, 2}, []int{0, 3}}, {[]int{2, 2, 3, 1}, []int{2}}, {[]int{0, 3}, []int{1}}, {[]int{}, nil},
			} {
				g := func(_ *scope, in []*node) *node { return f(in[0], c.axes...) }
				in := gradcheck.Between(-1, 2, c.shape...)
				gradcheck.Check(t, g, in)
				gradcheck.CheckSecond(t, g, in)
			}
		})
	}
}

func TestMatMulGradients(t *testing.T) {
	for ta := range 2 {
		for tb := range 2 {
			r := op.MatMul{TransA: ta == 1, TransB: tb == 1}
			a, b := []int{2, 2, 3}, []int{2, 3, 4}
			if r.TransA {
				a = []int{2, 3, 2}
			}
			if r.TransB {
				b = []int{2, 4, 3}
			}
			f := func(_ *scope, in []*node) *node { return op.Apply(r, in...) }
			gradcheck.Check(t, f, arrays(a, b)...)
			gradcheck.CheckSecond(t, f, arrays(a, b)...)
		}
	}
}

// gradientAt returns ∂Σf/∂in[i].
func gradientAt(t *testing.T, i int, f gradcheck.Func, in ...gradcheck.Input) []float64 {
	t.Helper()
	_, g := compute(t, graph.Float64, func(s *scope, x []*node) *node {
		return graph.Grad(graph.Sum(f(s, x)), x)[i]
	}, in...)
	return g
}

// Derivatives at the places where finite differences say nothing.
func TestGradientsAtEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	one := func(f func(*node) *node) gradcheck.Func {
		return func(_ *scope, in []*node) *node { return f(in[0]) }
	}
	two := func(f func(a, b *node) *node) gradcheck.Func {
		return func(_ *scope, in []*node) *node { return f(in[0], in[1]) }
	}
	fold := func(f func(*node, ...int) *node) gradcheck.Func {
		return func(_ *scope, in []*node) *node { return f(in[0]) }
	}
	at := func(v ...float64) gradcheck.Input { return gradcheck.At([]int{len(v)}, v...) }
	for _, c := range []struct {
		name string
		f    gradcheck.Func
		in   []gradcheck.Input
		i    int
		want []float64
	}{
		{"Abs at 0", one(graph.Abs), []gradcheck.Input{at(0)}, 0, []float64{0}},
		{"Relu at 0", one(graph.Relu), []gradcheck.Input{at(0, -inf, inf)}, 0, []float64{0, 0, 1}},
		{"Clamp at its bounds", one(func(x *node) *node { return graph.Clamp(x, 0, 1) }), []gradcheck.Input{at(0, 1, -.1, 1.1)}, 0, []float64{1, 1, 0, 0}},
		{"Clamp without bounds", one(func(x *node) *node { return graph.Clamp(x, -inf, inf) }), []gradcheck.Input{at(-inf, 0, inf)}, 0, []float64{1, 1, 1}},
		{"Elu", one(graph.Elu), []gradcheck.Input{at(-inf, 0, inf)}, 0, []float64{0, 1, 1}},
		{"Softplus far out", one(graph.Softplus), []gradcheck.Input{at(-1e3, 1e3, -inf, inf)}, 0, []float64{0, 1, 0, 1}},
		{"LogSigmoid far out", one(graph.LogSigmoid), []gradcheck.Input{at(-1e3, 1e3)}, 0, []float64{1, 0}},
		{"Log1mExp far out", one(graph.Log1mExp), []gradcheck.Input{at(-1e-300, -1e3, -inf)}, 0, []float64{-1e300, 0, 0}},
		{"Gelu far out", one(graph.Gelu), []gradcheck.Input{at(-1e200, 1e200)}, 0, []float64{0, 1}},
		{"Silu far out", one(graph.Silu), []gradcheck.Input{at(-1e200, 1e200)}, 0, []float64{0, 1}},
		{"Max by first", two(graph.Max), []gradcheck.Input{at(1, 2, 3, inf), at(1, 3, 2, inf)}, 0, []float64{.5, 0, 1, .5}},
		{"Max by second", two(graph.Max), []gradcheck.Input{at(1, 2, 3), at(1, 3, 2)}, 1, []float64{.5, 1, 0}},
		{"Min by first", two(graph.Min), []gradcheck.Input{at(1, 2, 3), at(1, 3, 2)}, 0, []float64{.5, 1, 0}},
		{"Min by second", two(graph.Min), []gradcheck.Input{at(1, 2, 3), at(1, 3, 2)}, 1, []float64{.5, 0, 1}},
		{"MaxOver with ties", fold(graph.MaxOver), []gradcheck.Input{at(2, 1, 2, 2, 0)}, 0, []float64{1. / 3, 0, 1. / 3, 1. / 3, 0}},
		{"MinOver with ties", fold(graph.MinOver), []gradcheck.Input{at(2, 1, 1, 2)}, 0, []float64{0, .5, .5, 0}},
		{"LogSumExp of -Inf", fold(graph.LogSumExp), []gradcheck.Input{at(-inf, -inf)}, 0, []float64{0, 0}},
		{"LogSumExp of some -Inf", fold(graph.LogSumExp), []gradcheck.Input{at(-inf, 1, 1)}, 0, []float64{0, .5, .5}},
		{"LogAddExp of -Inf", two(graph.LogAddExp), []gradcheck.Input{at(-inf, -inf, 1), at(-inf, 1, -inf)}, 0, []float64{0, 0, 1}},
		{"LogAddExp of -Inf by second", two(graph.LogAddExp), []gradcheck.Input{at(-inf, -inf, 1), at(-inf, 1, -inf)}, 1, []float64{0, 1, 0}},
		{"Pow by base at 0", two((*graph.Node).Pow), []gradcheck.Input{at(0, 0, 0, -2, 3), at(0, 1, 2, 3, 0)}, 0, []float64{0, 1, 0, 12, 0}},
		{"Pow by exponent at 0", two((*graph.Node).Pow), []gradcheck.Input{at(0, 0, -2), at(0, 2, 3)}, 1, []float64{0, 0, 0}},
		{"Where with NaN not taken", func(s *scope, in []*node) *node { return graph.Where(s.Const(1), in[0], in[1]) },
			[]gradcheck.Input{at(2), at(nan)}, 0, []float64{1}},
		{"Where by the NaN not taken", func(s *scope, in []*node) *node { return graph.Where(s.Const(1), in[0], in[1]) },
			[]gradcheck.Input{at(2), at(nan)}, 1, []float64{0}},
		{"Where around a harmless argument", func(s *scope, in []*node) *node {
			pos := in[0].Gt(s.Const(0))
			return graph.Where(pos, graph.Log(graph.Where(pos, in[0], s.Const(1))), s.Const(0))
		}, []gradcheck.Input{at(0, 2)}, 0, []float64{0, .5}},
		{"ArgMax", fold(func(x *node, _ ...int) *node { return graph.ArgMax(x, 0) }), []gradcheck.Input{at(1, 2)}, 0, []float64{0, 0}},
		{"OneHot", one(func(x *node) *node { return graph.OneHot(x, 3) }), []gradcheck.Input{at(1, 2)}, 0, []float64{0, 0}},
		{"Gather by index", two(graph.Gather), []gradcheck.Input{at(5, 6, 7), at(1, 2)}, 1, []float64{0, 0}},
		{"Where by mask", func(s *scope, in []*node) *node { return graph.Where(in[0], s.Const(2), s.Const(3)) }, []gradcheck.Input{at(0, 1)}, 0, []float64{0, 0}},
		{"Sqrt at 0", one(graph.Sqrt), []gradcheck.Input{at(0)}, 0, []float64{inf}},
		{"Log at 0", one(graph.Log), []gradcheck.Input{at(0)}, 0, []float64{inf}},
		{"Mean of nothing", fold(graph.Mean), []gradcheck.Input{at()}, 0, []float64{}},
		{"MaxOver of nothing", fold(graph.MaxOver), []gradcheck.Input{at()}, 0, []float64{}},
	} {
		got := gradientAt(t, c.i, c.f, c.in...)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-15*math.Abs(b) }) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	_, v := compute(t, graph.Float64, func(s *scope, in []*node) *node { return graph.Where(s.Const(1), in[0], in[1]) }, at(2), at(nan))
	if v[0] != 2 {
		t.Errorf("Where with NaN not taken: %v", v)
	}
}

// Second derivatives where a branch or a limit is not taken.
func TestSecondDerivativesAtEdges(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x *node) *node
		x    float64
		want float64
	}{
		{"x² by Pow at 0", func(x *node) *node { return x.Pow(op.Current().Const(2)) }, 0, 2},
		{"x¹ by Pow at 0", func(x *node) *node { return x.Pow(op.Current().Const(1)) }, 0, 0},
		{"2ˣ by Pow", func(x *node) *node { return op.Current().Const(2).Pow(x) }, 0, math.Ln2 * math.Ln2},
		{"Log1mExp near 0", graph.Log1mExp, -1e-100, -1e200},
		{"LogAddExp of equals", func(x *node) *node { return graph.LogAddExp(x, op.Current().Const(0)) }, 0, .25},
		{"Elu above 0", graph.Elu, 800, 0},
		{"Softplus far out", graph.Softplus, 800, 0},
	} {
		_, v := compute(t, graph.Float64, func(_ *scope, in []*node) *node {
			return graph.Grad(graph.Grad(c.f(in[0]), in)[0], in)[0]
		}, gradcheck.At(nil, c.x))
		if !(math.Abs(v[0]-c.want) <= 1e-14*(math.Abs(c.want))) {
			t.Errorf("%s: %v, want %v", c.name, v[0], c.want)
		}
	}
}
