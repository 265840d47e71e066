package graph_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

func special(f op.SpecialFn) func(x ...*graph.Node) *graph.Node {
	return func(x ...*graph.Node) *graph.Node { return op.Apply(op.Special{Fn: f}, x...) }
}

// Every function is checked at moderate points, where differences are good;
// its values elsewhere are those of internal/op/testdata/special.csv.
func TestSpecialGradients(t *testing.T) {
	unit, small := gradcheck.Between(0.05, 0.95, 4, 3), gradcheck.Between(-2, 3, 4, 3)
	shape, row, value := gradcheck.Between(0.3, 6, 4, 3), gradcheck.Between(0.3, 6, 1, 3), gradcheck.Between(0.3, 9, 4, 3)
	for name, c := range map[string]struct {
		f      func(x ...*graph.Node) *graph.Node
		in     []gradcheck.Input
		second bool
	}{
		"Dawson":                   {special(op.Dawson), []gradcheck.Input{small}, true},
		"DawsonIntegral":           {special(op.DawsonIntegral), []gradcheck.Input{small}, true},
		"Ndtr":                     {special(op.Ndtr), []gradcheck.Input{small}, true},
		"LogNdtr":                  {special(op.LogNdtr), []gradcheck.Input{small}, true},
		"Mills":                    {special(op.Mills), []gradcheck.Input{small}, true},
		"Lbeta":                    {special(op.Lbeta), []gradcheck.Input{value, row}, true},
		"GammaP":                   {special(op.GammaP), []gradcheck.Input{shape, value}, false},
		"GammaQ":                   {special(op.GammaQ), []gradcheck.Input{row, value}, false},
		"GammaPx":                  {special(op.GammaPx), []gradcheck.Input{shape, value}, true},
		"GammaScore":               {special(op.GammaScore), []gradcheck.Input{shape, value}, true},
		"BetaI":                    {special(op.BetaI), []gradcheck.Input{shape, row, unit}, false},
		"BetaIc":                   {special(op.BetaIc), []gradcheck.Input{shape, row, unit}, false},
		"BetaIx":                   {special(op.BetaIx), []gradcheck.Input{shape, row, unit}, true},
		"BetaScore":                {special(op.BetaScore), []gradcheck.Input{shape, row, small}, true},
		"LogSinhc":                 {special(op.LogSinhc), []gradcheck.Input{small}, true},
		"GammaEntropy":             {special(op.GammaEntropy), []gradcheck.Input{small}, true},
		"InverseGammaEntropy":      {special(op.InverseGammaEntropy), []gradcheck.Input{small}, true},
		"BetaEntropy":              {special(op.BetaEntropy), []gradcheck.Input{small, gradcheck.Between(-1, 2, 1, 3)}, true},
		"StudentEntropy":           {special(op.StudentEntropy), []gradcheck.Input{small}, true},
		"ContinuousBernoulli by l": {func(x ...*graph.Node) *graph.Node { return special(op.ContinuousBernoulli)(x[0], graph.Const(0.3)) }, []gradcheck.Input{small}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return c.f(in...) }
			gradcheck.Check(t, f, c.in...)
			if c.second {
				gradcheck.CheckSecond(t, f, c.in...)
			}
		})
	}
	// Of the derivatives by a shape, those by the other operand.
	gradcheck.Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return special(op.GammaPa)(graph.Const(2.3), in[0])
	}, value)
	for _, f := range []op.SpecialFn{op.BetaIa, op.BetaIb} {
		gradcheck.Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
			return special(f)(graph.Const(2.3), graph.Const(0.7), in[0])
		}, unit)
	}
	gradcheck.Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return special(op.GammaSlope)(graph.Const(2.3), in[0])
	}, small)
}

func TestDensityGradients(t *testing.T) {
	log, row := gradcheck.Between(-1, 2, 4, 3), gradcheck.Between(-1, 2, 1, 3)
	for law, in := range map[op.DensityLaw][]gradcheck.Input{
		op.GammaLaw:            {log, row, gradcheck.Between(0.3, 5, 4, 3)},
		op.InverseGammaLaw:     {log, row, gradcheck.Between(0.3, 5, 4, 3)},
		op.BetaLaw:             {log, row, gradcheck.Between(0.1, 0.9, 4, 3)},
		op.StudentLaw:          {row, gradcheck.Between(-4, 4, 4, 3)},
		op.ContinuousLaw:       {gradcheck.Between(-3, 3, 4, 3), gradcheck.Between(0.1, 0.9, 1, 3)},
		op.NegativeBinomialLaw: {log, row, gradcheck.Between(0.3, 5, 4, 3)},
	} {
		f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(op.Density{Law: law}, in...) }
		gradcheck.Check(t, f, in...)
		gradcheck.CheckSecond(t, f, in...)
	}
}

func TestSpecialMessages(t *testing.T) {
	for want, f := range map[string]func(a, x *graph.Node) *graph.Node{
		"graph: gammapa: its derivative by operand 0 is not available": func(a, x *graph.Node) *graph.Node {
			g := graph.Grad(graph.Sum(graph.GammaP(a, x)), []*graph.Node{a})[0]
			return graph.Grad(graph.Sum(g), []*graph.Node{a})[0]
		},
		"graph: gamma log density by 1 by 1: third derivatives are not available": func(a, x *graph.Node) *graph.Node {
			y := op.Apply(op.Density{Law: op.GammaLaw}, a, a, x)
			for range 3 {
				y = graph.Grad(graph.Sum(y), []*graph.Node{a})[0]
			}
			return y
		},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { s.Output("y", f(s.Input("a", 2), s.Input("x", 2))) })
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Edges and values that are no numbers.
func TestSpecialEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		f    op.SpecialFn
		x    []float64
		want float64
	}{
		{op.GammaP, []float64{2, 0}, 0}, {op.GammaP, []float64{2, inf}, 1}, {op.GammaP, []float64{inf, 2}, 0}, {op.GammaP, []float64{0, 2}, 1},
		{op.GammaP, []float64{2, -1}, nan}, {op.GammaP, []float64{nan, 1}, nan}, {op.GammaQ, []float64{2, 0}, 1}, {op.GammaQ, []float64{2, nan}, nan},
		{op.GammaPa, []float64{2, 0}, 0}, {op.GammaPa, []float64{2, inf}, 0}, {op.GammaPa, []float64{nan, 1}, nan},
		{op.BetaI, []float64{2, 3, 0}, 0}, {op.BetaI, []float64{2, 3, 1}, 1}, {op.BetaI, []float64{2, 3, 1.1}, nan}, {op.BetaI, []float64{nan, 3, .5}, nan},
		{op.BetaIc, []float64{2, 3, 0}, 1}, {op.BetaIc, []float64{2, 3, 1}, 0}, {op.BetaIa, []float64{2, 3, 0}, 0}, {op.BetaIb, []float64{2, 3, 1}, 0}, {op.BetaIa, []float64{2, nan, .3}, nan},
		{op.Lbeta, []float64{0, 1}, inf}, {op.Lbeta, []float64{1, inf}, -inf}, {op.Lbeta, []float64{-1, 1}, nan}, {op.Lbeta, []float64{nan, 1}, nan},
		{op.Dawson, []float64{inf}, 0}, {op.Dawson, []float64{nan}, nan}, {op.Dawson, []float64{0}, 0},
		{op.DawsonIntegral, []float64{0}, 0}, {op.DawsonIntegral, []float64{-inf}, inf}, {op.DawsonIntegral, []float64{nan}, nan},
		{op.LogNdtr, []float64{-inf}, -inf}, {op.LogNdtr, []float64{inf}, 0}, {op.LogNdtr, []float64{nan}, nan}, {op.Ndtr, []float64{nan}, nan},
		{op.Mills, []float64{inf}, 0}, {op.Mills, []float64{-inf}, inf}, {op.Mills, []float64{nan}, nan},
		{op.GammaSlope, []float64{nan, 1}, nan}, {op.GammaSlope, []float64{1, nan}, nan}, {op.BetaSlope, []float64{1, nan, 1}, nan},
		{op.StudentSlope, []float64{inf, 1}, 0}, {op.StudentSlope, []float64{3, nan}, nan},
		{op.LogSinhc, []float64{inf}, inf}, {op.LogSinhc, []float64{nan}, nan}, {op.Langevin, []float64{-inf}, -1}, {op.Langevin, []float64{0}, 0},
		{op.ContinuousBernoulli, []float64{0, .3}, .3}, {op.ContinuousBernoulli, []float64{1e6, .5}, 1}, {op.ContinuousBernoulli, []float64{-1e6, .5}, 0},
	} {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
			var in []*graph.Node
			for i := range c.x {
				in = append(in, s.Input(string(rune('a'+i))))
			}
			s.Output("y", op.Apply(op.Special{Fn: c.f}, in...))
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range c.x {
			if err := graph.Feed(p, string(rune('a'+i)), []float64{v}); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		y, _ := p.Value("y")
		if got := y[0]; got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) && !(math.Abs(got-c.want) < 1e-5 && c.want == math.Trunc(c.want)) {
			t.Errorf("%v%v = %v, want %v", op.Special{Fn: c.f}, c.x, got, c.want)
		}
	}
}

func TestLogDetCholesky(t *testing.T) {
	f := func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return graph.LogDetCholesky(graph.Cholesky(posdef(in[0])))
	}
	gradcheck.Check(t, f, gradcheck.Between(-1, 1, 2, 3, 3))
	_, v := compute(t, graph.Float64, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return graph.LogDetCholesky(in[0])
	}, gradcheck.At([]int{2, 2}, 2, 0, 5, 3))
	if want := math.Log(36); !(math.Abs(v[0]-want) < 1e-14) {
		t.Errorf("log determinant %v, want %v", v[0], want)
	}
}
