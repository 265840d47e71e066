package graph_test

import (
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// onnxInput is an input with its values, which are rounded to the dtype.
type onnxInput struct {
	shape  []int
	values []float64
}

// onnxCase is a program that is exported: a name, its inputs x0, x1 … and the
// outputs that it declares.
type onnxCase struct {
	name   string
	inputs []onnxInput
	model  func(s *scope, x []*graph.Node)
	stops  []float64 // what the model makes of values at which a run stops; nil: none
}

// row is an input of one axis.
func row(v ...float64) onnxInput { return onnxInput{[]int{len(v)}, v} }

// wave is an input of a shape with values between −1 and 1.
func wave(shape ...int) onnxInput {
	v := make([]float64, graph.Size(shape))
	for i := range v {
		v[i] = math.Round(1000*math.Sin(float64(1+3*i))) / 1000
	}
	return onnxInput{shape, v}
}

// formula makes a case of one output y.
func formula(name string, f func(x []*graph.Node) *graph.Node, in ...onnxInput) onnxCase {
	return onnxCase{name: name, inputs: in, model: func(s *scope, x []*graph.Node) { s.Output("y", f(x)) }}
}

// rule makes a case of an operation of package op.
func rule(r op.Rule, in ...onnxInput) onnxCase {
	return formula(op.Name(r), func(x []*graph.Node) *graph.Node { return op.Apply(r, x...) }, in...)
}

var inf, nan = math.Inf(1), math.NaN()

// onnxCases has every operation that can be exported.
func onnxCases() (all []onnxCase) {
	add := func(c ...onnxCase) { all = append(all, c...) }
	for f := op.Neg; f <= op.Outside; f++ {
		r := op.Unary{Fn: f}
		x := []float64{0, 1, -1, .5, -.3, 1e-4, -1e-4, 2, -2, 7.25, -7.25, 30, -30, inf, -inf}
		switch f {
		case op.LeakyRelu, op.Shift, op.Scale:
			r.A = .3
		case op.Polygamma:
			r.A = 2
		case op.Clamp, op.Bound, op.Outside:
			r.A, r.B = -.5, .7
		}
		switch f {
		case op.Log, op.Sqrt, op.Rsqrt:
			x = []float64{0, 1e-30, 1e-4, .5, 1, 1.001, 2, 100, 1e30, inf}
		case op.Recip:
			x = []float64{1e-20, .5, -.3, 1, 100, inf}
		case op.Log1p:
			x = []float64{-1, -.999, -.5, -1e-7, 0, 1e-12, 1e-4, .5, 3, 1e10, inf}
		case op.Erfinv:
			x = []float64{-1, -.9999, -.86, -.5, -1e-8, 0, .3, .84, .9, .999999, 1}
		case op.Lgamma:
			x = []float64{1e-30, 1e-3, .3, .5, 1, 1.0625, 2, 2.5, 9.75, 10, 50, 1e10, inf, -.5, -2.25, -10.125, 0}
		case op.Digamma, op.Trigamma, op.Polygamma:
			x = []float64{1e-3, .3, .5, 1, 1.4616321, 2.5, 9.75, 10, 50, 1e6, -.5, -2.25, -10.125}
		case op.Sin, op.Cos:
			x = []float64{0, .5, -.5, 3, -3, 20, 100}
		}
		add(rule(r, row(x...)))
	}
	polygamma := op.Unary{Fn: op.Polygamma, A: 3}
	add(rule(polygamma, row(.3, 1, 9, 30, -1.25)))
	for f := op.Add; f <= op.Ne; f++ {
		a := onnxInput{[]int{4, 3}, []float64{0, 1, .5, -2, 3, 0, 1e-4, 40, -40, 2, 2, 2}}
		b := onnxInput{[]int{4, 3}, []float64{0, 1, -.5, 2, .3, inf, -3, 41, 39, 2, 30, -30}}
		switch f {
		case op.Pow:
			a = onnxInput{[]int{4, 3}, []float64{0, 1, .5, 2, 3, .25, 1e-4, 4, 10, 2, -2, -3}}
			b = onnxInput{[]int{4, 3}, []float64{0, 1, -.5, 2, .3, 4, -3, .5, 3, 2, 2, 3}}
		case op.LogBernoulli:
			a = onnxInput{[]int{4, 3}, []float64{0, 1, .5, 0, 1, 1, 0, 1, 0, 1, 0, .3}}
			b = onnxInput{[]int{4, 3}, []float64{0, 1, -.5, 2, .3, inf, inf, -inf, -inf, 90, -90, 5}}
		case op.LogisticBin:
			b = onnxInput{[]int{4, 3}, []float64{.1, 1, .5, 2, .3, 1e-3, 3, 41, 39, 2, 30, 5}}
		case op.Div:
			b.values[0], b.values[5] = 4, 5
		case op.Mul, op.MulSquare, op.MulExp:
			a.values[5] = 1
			if f != op.Mul {
				a.values[5], b.values[7] = 0, 20
			}
		}
		r := op.Binary{Fn: f}
		add(rule(r, a, b))
		last := formula(r.String()+" broadcast", func(x []*graph.Node) *graph.Node { return op.Apply(r, x...) },
			onnxInput{[]int{2, 1, 3}, []float64{.25, .5, 1, 2, 3, 4}}, onnxInput{[]int{1, 2, 3}, []float64{.5, 1, 2, 3, 1, .25}})
		add(last)
	}
	add(rule(op.Where{}, onnxInput{[]int{2, 3}, []float64{0, 1, -2, 0, .5, nan}}, onnxInput{[]int{2, 1}, []float64{inf, 2}}, row(3, nan, 5)),
		rule(op.Between{}, row(-3, -1, 0, .25, 1, 9, 7, nan), row(-1, -1, 0, 0, 0, -inf, nan, 0), row(1, 1, 1, 1, 1, 8, inf, 1)),
		rule(op.Require{What: "x", Want: "a number above 0"}, row(1, 2, 3), row(0, 0, 0)),
		formula("custom", func(x []*graph.Node) *graph.Node {
			return graph.CustomGrad(graph.Exp(x[0]), x, func(g *graph.Node) []*graph.Node { return []*graph.Node{g} })
		}, row(1, 2)),
		rule(op.Implicit{Law: op.LogGamma}, row(1, 2), row(.5, .5), row(0, 1)),
	)
	stops := func(y []float64, r op.Rule, in ...onnxInput) {
		c := rule(r, in...)
		c.name += fmt.Sprint(" ", in[0].shape, " out of range")
		c.stops = y
		add(c)
	}
	index := row(0, -1, .5, 3, nan, 2)
	stops([]float64{1, nan, nan, nan, nan, 3}, op.Gather{}, row(1, 2, 3), index)
	stops([]float64{1, 2, nan, nan, nan, nan, nan, nan, nan, nan, 5, 6}, op.Gather{}, onnxInput{[]int{3, 2}, []float64{1, 2, 3, 4, 5, 6}}, index)
	stops([]float64{1, 0, 0, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 0, 0, 1}, op.OneHot{C: 3}, index)
	stops([]float64{nan, 0, 6}, op.ScatterAdd{V: 3}, row(1, 2, 3, 4, 5, 6), index)
	stops([]float64{1, nan, 3}, op.Require{What: "x", Want: "a number above 0"}, row(1, -2, 3), row(0, 1, 0))
	add(moves()...)
	add(functions()...)
	add(lawCases()...)
	add(vaeCases()...)
	return all
}

// moves are the operations that move and fold elements.
func moves() (all []onnxCase) {
	add := func(c ...onnxCase) { all = append(all, c...) }
	x := wave(2, 3, 4)
	for _, r := range []op.Rule{
		op.Reshape{To: []int{4, 6}}, op.Reshape{To: []int{}}, op.Transpose{Perm: []int{2, 0, 1}},
		op.BroadcastTo{To: []int{5, 2, 3, 4}}, op.SumTo{To: []int{3, 1}}, op.SumTo{To: []int{4}}, op.SumTo{To: []int{}}, op.SumTo{To: []int{2, 3, 4}},
		op.Slice{Axis: 2, From: 1, To: 3}, op.Slice{Axis: 0, From: 1, To: 1}, op.Pad{Axis: 1, Before: 2, After: 1},
		op.Concat{Axis: 1}, op.Take{Axis: 2, Index: []int{3, 3, 0}}, op.Put{Axis: 2, Index: []int{3, 3, 0, 5}, N: 6}, op.Put{Axis: 0, Index: []int{1, 0}, N: 2},
		op.CumSum{Axis: 1}, op.CumSum{Axis: 2, Reverse: true}, op.Tril{K: -1}, op.Tril{K: 1}, op.Diag{},
	} {
		in := []onnxInput{x}
		switch r := r.(type) {
		case op.Reshape:
			if len(r.To) == 0 {
				in = []onnxInput{wave(1, 1)}
			}
		case op.Concat:
			in = append(in, wave(2, 1, 4), x)
		}
		add(rule(r, in...))
	}
	add(rule(op.DiagPart{}, wave(2, 3, 3)))
	for f := op.Sum; f <= op.ArgMax; f++ {
		add(rule(op.Reduce{Fold: f, Axes: []int{1}}, x), rule(op.Reduce{Fold: f, Axes: []int{0, 2}}, x), rule(op.Reduce{Fold: f, Axes: []int{0, 1, 2}}, x))
		infinite := onnxInput{[]int{4, 3}, []float64{-inf, -inf, -inf, inf, 0, 1, -inf, 3, -inf, 100, 99, -100}}
		infinite.values[4] = 2
		add(formula(fmt.Sprintf("%v infinite", op.Reduce{Fold: f}), func(x []*graph.Node) *graph.Node {
			return op.Apply(op.Reduce{Fold: f, Axes: []int{1}}, x...)
		}, infinite))
		if f != op.ArgMax {
			add(formula(fmt.Sprintf("%v of nothing", op.Reduce{Fold: f}), func(x []*graph.Node) *graph.Node {
				return op.Apply(op.Reduce{Fold: f, Axes: []int{1}}, graph.Slice(x[0], 1, 1, 1)).Add(x[1])
			}, wave(2, 3), row(1, 2)))
		}
	}
	add(rule(op.Attention{Heads: 2}, wave(2, 3, 4), wave(2, 5, 4), wave(2, 5, 4)))
	for _, mask := range []onnxInput{some(2, 3, 5), some(1, 1, 5)} {
		add(rule(op.Attention{Heads: 2}, wave(2, 3, 4), wave(2, 5, 4), wave(2, 5, 4), mask))
	}
	for _, r := range []op.MatMul{{}, {TransA: true}, {TransB: true}, {TransA: true, TransB: true}} {
		for _, lead := range [][]int{nil, {2}} {
			a, b := []int{3, 4}, []int{4, 5}
			if r.TransA {
				a = []int{4, 3}
			}
			if r.TransB {
				b = []int{5, 4}
			}
			add(rule(r, wave(append(lead, a...)...), wave(append(lead, b...)...)))
		}
	}
	index := onnxInput{[]int{2, 2}, []float64{3, 0, 1, 3}}
	add(rule(op.Gather{}, wave(4, 3), index), rule(op.Gather{}, wave(4), index), rule(op.ScatterAdd{V: 5}, wave(2, 2, 3), index),
		rule(op.ScatterAdd{V: 4}, wave(2, 2), index), rule(op.OneHot{C: 4}, index),
		formula("a constant", func(x []*graph.Node) *graph.Node {
			return x[0].Mul(graph.Tensor([]float64{1, 2, 3, 4, 5, 6}, 2, 3)).Add(graph.Const(.1))
		}, wave(2, 3)))
	none := func(x *graph.Node, axis int) *graph.Node { return graph.Slice(x, axis, 1, 1) }
	add(formula("products of nothing", func(x []*graph.Node) *graph.Node {
		return graph.MatMul(none(x[0], 1), none(x[1], 0))
	}, wave(2, 3), wave(3, 4)),
		formula("nothing between zeros", func(x []*graph.Node) *graph.Node { return graph.Pad(none(x[0], 1), 1, 1, 2) }, wave(2, 3)),
		formula("nothing beside something", func(x []*graph.Node) *graph.Node {
			return graph.Concat(1, none(x[0], 1), x[0], none(x[0], 1))
		}, wave(2, 3)),
		formula("rows of nothing", func(x []*graph.Node) *graph.Node {
			return graph.ScatterAdd(none(x[0], 0), none(x[1], 0), 3)
		}, wave(2, 3), row(0, 1)),
		formula("nothing put", func(x []*graph.Node) *graph.Node {
			return op.Apply(op.Put{Axis: 1, Index: []int{}, N: 2}, none(x[0], 1))
		}, wave(2, 3)))
	for i := range all { // shapes tell cases of one operation apart
		for _, in := range all[i].inputs {
			all[i].name += fmt.Sprint(" ", in.shape)
		}
	}
	return all
}

// functions are those that are computed in float64.
func functions() []onnxCase {
	special := func(f op.SpecialFn, in ...onnxInput) onnxCase { return rule(op.Special{Fn: f}, in...) }
	term := func(f op.TermFn, in ...onnxInput) onnxCase { return rule(op.Term{Fn: f}, in...) }
	density := func(f op.DensityLaw, in ...onnxInput) onnxCase { return rule(op.Density{Law: f}, in...) }
	tails := row(0, 1e-5, .3, -.3, 1, -1, 3, -3, 8, -8, -11.9, -12.1, -30, 30)
	signed := row(0, 1e-6, .1, -.1, .24, .26, -1, 3, -20, 300)
	logits, others := row(0, 1, -1, 3, -3, .5, 20, -20, 2, -inf), row(.1, 1, -1.001, -3, 5, -.5, 19, 20, 2.5, 1)
	shapes, rates := row(-3, -1, 0, 1, 3, 8, 0, 0, -1), row(0, 1, -1, .5, 2, 8, 0, 1, 0)
	return []onnxCase{
		special(op.Ndtr, tails), special(op.LogNdtr, tails), special(op.Mills, tails),
		special(op.LogSinhc, signed), special(op.Langevin, row(1e-6, .1, -.1, .24, .26, -1, 3, -20, 300)), special(op.LangevinSlope, row(1e-6, .1, .24, .26, -1, 3, -20)),
		special(op.Lbeta, row(.1, 1, 2.5, 10, 100, 1e6, 1e-3, .5), row(.2, 1, .5, 10.5, 1, 1e6, 50, 1e8)),
		special(op.GammaScore, row(.1, 1, 10), row(.2, 3, 9)),
		special(op.ContinuousBernoulli, row(0, 1e-6, .5, -.5, 3, -3, 40, -40, 800), row(.3, .5, .9, .1, .5, .99, .01, .5, .5)),
		term(op.BernoulliEntropy, logits), term(op.BernoulliDivergence, logits, others), term(op.SigmoidRise, logits, others),
		term(op.PoissonDivergence, row(0, 1, -2, 3, -inf, 2), row(0, .5, 1, -3, 1, 2.001)), term(op.ExpRise, row(0, 1, -2, 3, 2), row(0, .5, 1, -3, 2.001)),
		term(op.LaplaceDivergence, row(0, 1, -1, 2), row(0, .5, 1, -1), row(0, 1, -2, 5)), term(op.MeanDistance, row(0, 1, -2, 5), row(0, -1, 1, -2)),
		term(op.GammaRest, row(-3, 0, 1, 3, 8), row(-2, 0, 2, 3.01, 7)), term(op.DigammaExp, row(-3, 0, 1, 8)),
		density(op.GammaLaw, shapes, rates, row(.01, .5, 1, 3, 20, 3000, 0, 0, 0)), density(op.ShareLaw, shapes, rates, row(.01, .5, 1, 3, 20, 3000, .1, 1, 2)),
		density(op.InverseGammaLaw, shapes, rates, row(.01, .5, 1, 3, .5, .9, .1, 1, 2)),
		density(op.BetaLaw, shapes, rates, row(.01, .5, .9, .3, .7, .5, 0, 1, .2)),
		density(op.StudentLaw, row(-1, 0, 1, 3, 8, 20, 0), row(0, 1, -3, 10, .1, 2, 100)),
		density(op.ContinuousLaw, row(0, .5, -.5, 3, -3, 40, -40, 800), row(.3, .5, .9, .1, .5, .99, .01, 1)),
		density(op.NegativeBinomialLaw, shapes, row(0, 1, -1, .5, 2, -3, 0, 1, 0), row(0, 1, 2, 5, 30, 100, 3, 0, 7)),
	}
}

// smallVAE has 12 pixels, 5 hidden units and 3 latents.
type smallVAE struct{ enc, dec layers.Stack }

func newSmallVAE(s *scope) smallVAE {
	return smallVAE{layers.NewMLP(s.In("enc"), 12, 5, 6), layers.NewMLP(s.In("dec"), 3, 5, 12)}
}

func (m smallVAE) posterior(x *graph.Node) prob.Normal {
	h := m.enc.Apply(x)
	return prob.Normal{Mean: graph.Cols(h, 0, 3), LogStd: graph.Cols(h, 3, 6)}
}

func (m smallVAE) model() vi.Model {
	return vi.Model{
		Joint: func(t *vi.Trace) { t.Draw("x", prob.Bernoulli{Logits: m.dec.Apply(t.Draw("z", prob.StdNormal(3)))}) },
		Guide: func(t *vi.Trace) { t.Draw("z", m.posterior(t.Given("x"))) },
	}
}

// vaeCases is a VAE as a service would export it: its encoder, its decoder, and its
// log-likelihood by importance sampling with the noise as an input.
func vaeCases() []onnxCase {
	pixels := wave(4, 12)
	for i, v := range pixels.values {
		pixels.values[i] = 0
		if v > 0 {
			pixels.values[i] = 1
		}
	}
	return []onnxCase{
		{name: "VAE encoder", inputs: []onnxInput{pixels}, model: func(s *scope, x []*graph.Node) {
			q := newSmallVAE(s).posterior(x[0])
			s.Output("mean", q.Mean)
			s.Output("std", graph.Exp(q.LogStd))
		}},
		{name: "VAE decoder", inputs: []onnxInput{wave(4, 3)}, model: func(s *scope, x []*graph.Node) {
			s.Output("pixels", graph.Sigmoid(newSmallVAE(s).dec.Apply(x[0])))
		}},
		{name: "VAE log-likelihood", inputs: []onnxInput{pixels}, model: func(s *scope, x []*graph.Node) {
			rows, _ := vi.Evidence{K: 8}.PerRow(s, newSmallVAE(s).model(), vi.Data{"x": x[0]})
			s.Output("logp", rows.LogP)
		}},
		{name: "VAE bound and its gradient", inputs: []onnxInput{pixels}, model: func(s *scope, x []*graph.Node) {
			e := vi.ELBO{}.Estimate(s, newSmallVAE(s).model(), vi.Data{"x": x[0]})
			s.Output("elbo", e.Value)
			for i, g := range e.Grad(s.Trainable()...) {
				s.Output(fmt.Sprint("gradient", i), g)
			}
		}},
	}
}
