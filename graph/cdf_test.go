package graph_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

// Every distribution function: its derivatives, and the derivatives of each of
// these, except those by a shape and a shape.
func TestCDFGradients(t *testing.T) {
	loc, log, row := gradcheck.Between(-2, 3, 4, 3), gradcheck.Between(-1, 2, 4, 3), gradcheck.Between(-1, 1, 1, 3)
	x, unit := gradcheck.Between(0.3, 5, 4, 3), gradcheck.Between(0.05, 0.95, 4, 3)
	count := gradcheck.At([]int{4, 1}, 0.5, 1.5, 3.4, 6.5)
	for law, c := range map[op.CDFLaw]struct {
		in     []gradcheck.Input
		shapes []int // operands
	}{
		op.NormalCDF:              {in: []gradcheck.Input{loc, row, loc}},
		op.LogNormalCDF:           {in: []gradcheck.Input{loc, row, x}},
		op.LogisticCDF:            {in: []gradcheck.Input{row, log, loc}},
		op.CauchyLawCDF:           {in: []gradcheck.Input{row, log, loc}},
		op.LaplaceCDF:             {in: []gradcheck.Input{gradcheck.At([]int{1}, 0.1), log, loc}},
		op.GumbelCDF:              {in: []gradcheck.Input{row, row, x}},
		op.HalfNormalCDF:          {in: []gradcheck.Input{row, x}},
		op.HalfCauchyCDF:          {in: []gradcheck.Input{row, x}},
		op.ExponentialCDF:         {in: []gradcheck.Input{row, x}},
		op.RelaxedBernoulliCDF:    {in: []gradcheck.Input{row, x, loc}},
		op.GridLogisticCDF:        {in: []gradcheck.Input{unit, row, gradcheck.At([]int{1}, 4), gradcheck.At([]int{4, 1}, 0, 1, 2, 3)}, shapes: []int{2, 3}},
		op.UniformCDF:             {in: []gradcheck.Input{gradcheck.At([]int{1}, -1.5), gradcheck.At([]int{1}, 6), x}},
		op.ContinuousBernoulliCDF: {in: []gradcheck.Input{loc, unit}, shapes: []int{0}},
		op.StudentTCDF:            {in: []gradcheck.Input{log, row, row, loc}, shapes: []int{0}},
		op.GammaCDF:               {in: []gradcheck.Input{log, row, x}, shapes: []int{0}},
		op.InverseGammaCDF:        {in: []gradcheck.Input{log, row, x}, shapes: []int{0}},
		op.BetaCDF:                {in: []gradcheck.Input{log, row, unit}, shapes: []int{0, 1}},
		op.PoissonCDF:             {in: []gradcheck.Input{row, count}, shapes: []int{1}},
		op.BinomialCDF:            {in: []gradcheck.Input{gradcheck.At([]int{1}, 7.3), row, count}, shapes: []int{0, 2}},
		op.NegativeBinomialCDF:    {in: []gradcheck.Input{row, row, count}, shapes: []int{0, 2}},
		op.GeometricCDF:           {in: []gradcheck.Input{row, count}, shapes: []int{1}},
	} {
		t.Run(fmt.Sprint(op.CDF{Law: law}), func(t *testing.T) {
			f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(op.CDF{Law: law}, in...) }
			step := func(s *graph.Scope, in []*graph.Node) *graph.Node { // a bin or trials without a derivative
				if law == op.GridLogisticCDF {
					in[2], in[3] = s.Const(4), s.Tensor([]float64{0, 1, 2, 3}, 4, 1)
				}
				return f(s, in)
			}
			gradcheck.Check(t, step, c.in...)
		next:
			for j := range c.in {
				for _, k := range c.shapes {
					if j == k {
						continue next
					}
				}
				gradcheck.Check(t, func(s *graph.Scope, in []*graph.Node) *graph.Node {
					at := in[j]
					return graph.Grad(graph.Sum(step(s, in)), []*graph.Node{at})[0]
				}, c.in...)
			}
		})
	}
}

// Values that are no numbers, and the ends.
func TestCDFEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		law  op.CDFLaw
		x    []float64
		want float64
	}{
		{op.NormalCDF, []float64{0, 0, inf}, 1}, {op.NormalCDF, []float64{0, 0, -inf}, 0}, {op.NormalCDF, []float64{nan, 0, 1}, nan},
		{op.CauchyLawCDF, []float64{0, 0, -inf}, 0}, {op.CauchyLawCDF, []float64{0, 0, inf}, 1}, {op.CauchyLawCDF, []float64{0, nan, 1}, nan},
		{op.GumbelCDF, []float64{0, 0, -1e300}, 0}, {op.GumbelCDF, []float64{0, 0, 1e300}, 1},
		{op.NormalCDF, []float64{1, -900, 1}, .5}, {op.NormalCDF, []float64{1, -900, 1 + 1e-15}, 1},
		{op.StudentTCDF, []float64{1, 0, 0, inf}, 1}, {op.StudentTCDF, []float64{1, 0, 0, -inf}, 0}, {op.StudentTCDF, []float64{900, 0, 0, 0}, .5},
		{op.StudentTCDF, []float64{nan, 0, 0, 1}, nan}, {op.StudentTCDF, []float64{1, 0, 0, 0}, .5},
		{op.GammaCDF, []float64{0, 0, -1}, 0}, {op.GammaCDF, []float64{0, 0, inf}, 1}, {op.GammaCDF, []float64{nan, 0, -1}, nan},
		{op.InverseGammaCDF, []float64{0, 0, 0}, 0}, {op.InverseGammaCDF, []float64{0, 0, inf}, 1},
		{op.BetaCDF, []float64{0, 0, -1}, 0}, {op.BetaCDF, []float64{0, 0, 2}, 1}, {op.BetaCDF, []float64{0, nan, 2}, nan},
		{op.PoissonCDF, []float64{0, -.5}, 0}, {op.PoissonCDF, []float64{0, inf}, 1}, {op.PoissonCDF, []float64{nan, 1}, nan},
		{op.BinomialCDF, []float64{5, 0, 5}, 1}, {op.BinomialCDF, []float64{5, 0, -1}, 0}, {op.BinomialCDF, []float64{5, inf, 3}, 0}, {op.BinomialCDF, []float64{5, -inf, 3}, 1},
		{op.NegativeBinomialCDF, []float64{1, 0, inf}, 1}, {op.NegativeBinomialCDF, []float64{1, -inf, 0}, 1},
		{op.GeometricCDF, []float64{0, -1}, 0}, {op.GeometricCDF, []float64{0, inf}, 1}, {op.GeometricCDF, []float64{-1, nan}, nan},
		{op.ContinuousBernoulliCDF, []float64{3, 2}, 1}, {op.ContinuousBernoulliCDF, []float64{3, -2}, 0}, {op.ContinuousBernoulliCDF, []float64{nan, .5}, nan},
		{op.UniformCDF, []float64{0, 1, 2}, 1}, {op.UniformCDF, []float64{-1e308, 1e308, 0}, .5},
	} {
		y := compute1(t, op.CDF{Law: c.law}, c.x)
		if y != c.want && !(math.IsNaN(y) && math.IsNaN(c.want)) {
			t.Errorf("%v%v = %v, want %v", op.CDF{Law: c.law}, c.x, y, c.want)
		}
	}
}

func compute1(t *testing.T, r op.CDF, x []float64) float64 {
	t.Helper()
	var in []gradcheck.Input
	for _, v := range x {
		in = append(in, gradcheck.At(nil, v))
	}
	_, v := compute(t, graph.Float64, func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(r, in...) }, in...)
	return v[0]
}
