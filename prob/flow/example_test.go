package flow_test

import (
	"context"
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// bend is z ~ N(0, I) in two dimensions and x ~ N(z_1² + z_2, .1²): the posterior
// of z is a bow. Its guide is whatever law of the encoder's output.
func bend(law func(s *graph.Scope) func(mean, logStd, context *graph.Node) prob.Dist) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		enc := layers.NewMLP(s.In("enc"), 1, 20, 2+2+10)
		guide := law(s.In("guide"))
		return vi.ELBO{Config: vi.Config{K: 4}}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.StdNormal(2))
				t.Draw("x", prob.Normal{Mean: graph.Cols(z, 0, 1).Square().Add(graph.Cols(z, 1, 2)), LogStd: graph.Const(math.Log(.1))})
			},
			Guide: func(t *vi.Trace) {
				h := enc.Apply(t.Given("x"))
				t.Draw("z", guide(graph.Cols(h, 0, 2), graph.Cols(h, 2, 4), graph.Cols(h, 4, 14)))
			},
		}, d)
	}
}

// A guide gets a flow by a change of one expression, and the model and the
// objective know nothing of it.
func Example() {
	var x []float64
	for i := range 400 { // the quantiles of each coordinate of z
		u, v := math.Mod(float64(i)*math.Phi+.5, 1), (float64(i)+.5)/400
		z1, z2 := math.Sqrt2*math.Erfinv(2*u-1), math.Sqrt2*math.Erfinv(2*v-1)
		x = append(x, z1*z1+z2)
	}
	set, err := data.New(data.FromFlat("x", x, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	type node = *graph.Node
	c := flow.Config{Context: 10, Hidden: []int{20}}
	spline := flow.Config{Context: 10, Hidden: []int{20}, Element: flow.Spline{}}
	var diagonal float64
	for _, g := range []struct {
		name string
		law  func(s *graph.Scope) func(mean, logStd, context node) prob.Dist
	}{
		{"normal", func(*graph.Scope) func(mean, logStd, context node) prob.Dist {
			return func(mean, logStd, _ node) prob.Dist { return prob.Normal{Mean: mean, LogStd: logStd} }
		}},
		{"IAF", func(s *graph.Scope) func(mean, logStd, context node) prob.Dist {
			f, g := flow.NewIAF(s.In("0"), 2, c), flow.NewIAF(s.In("1"), 2, c)
			return func(mean, logStd, h node) prob.Dist {
				return prob.Transformed{Base: prob.Normal{Mean: mean, LogStd: logStd}, Bijector: prob.Chain(f.Given(h), flow.Reverse(2), g.Given(h))}
			}
		}},
		{"spline", func(s *graph.Scope) func(mean, logStd, context node) prob.Dist {
			f, g := flow.NewCoupling(s.In("0"), 2, spline), flow.NewCoupling(s.In("1"), 2, spline)
			return func(mean, logStd, h node) prob.Dist {
				return prob.Transformed{Base: prob.Normal{Mean: mean, LogStd: logStd}, Bijector: prob.Chain(f.Given(h), flow.Reverse(2), g.Given(h))}
			}
		}},
	} {
		bound := fit(bend(g.law), set)
		if g.name == "normal" {
			diagonal = bound
		}
		fmt.Printf("%s: a nat better than the normal: %t\n", g.name, bound > diagonal+1)
	}
	// Output:
	// normal: a nat better than the normal: false
	// IAF: a nat better than the normal: true
	// spline: a nat better than the normal: true
}

// fit trains a model and returns its bound in the last epochs.
func fit(m trainers.Bound, set *data.Set) (bound float64) {
	r, err := trainers.Fit(context.Background(), m, set.Batches(data.BatchConfig{Size: 100, Seed: 1}), trainers.Config{Epochs: 120, Seed: 1, Optimizer: trainers.Adam{Rate: 1e-2}})
	if err != nil {
		fmt.Println(err)
		return math.NaN()
	}
	const last = 30
	for _, e := range r.Epochs[len(r.Epochs)-last:] {
		bound += e.Train["bound"] / last
	}
	return bound
}

// So does a prior: points around four corners, each seen with noise, under a
// normal prior, under a flow, and under the mixture of what the guide makes of ten
// pseudo-inputs.
func Example_priors() {
	var x []float64
	for i := range 400 {
		_, u := math.Modf(float64(i+1) * math.Phi)
		x = append(x, float64(i%2*4-2)+.2*(u-.5), float64(i/2%2*4-2)+.2*(math.Mod(7*u, 1)-.5))
	}
	set, err := data.New(data.FromFlat("x", x, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	type guide = func(x *graph.Node) prob.Dist
	model := func(prior func(s *graph.Scope, q guide) prob.Dist) trainers.Bound {
		return func(s *graph.Scope, d vi.Data) *vi.Estimate {
			enc := layers.NewDense(s.In("enc"), 2, 4)
			q := func(x *graph.Node) prob.Dist {
				h := enc.Apply(x)
				return prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)}
			}
			p := prior(s.In("prior"), q)
			return vi.ELBO{Config: vi.Config{K: 4}}.Estimate(s, vi.Model{
				Joint: func(t *vi.Trace) {
					t.Draw("x", prob.Normal{Mean: t.Draw("z", p), LogStd: graph.Const(-1)})
				},
				Guide: func(t *vi.Trace) { t.Draw("z", q(t.Given("x"))) },
			}, d)
		}
	}
	normal := fit(model(func(s *graph.Scope, _ guide) prob.Dist {
		return prob.Normal{Mean: s.Param("mean", graph.Constant(0), 2), LogStd: s.Param("log_std", graph.Constant(0), 2)}
	}), set)
	c := flow.Config{Hidden: []int{20}, Element: flow.Spline{}}
	flows := fit(model(func(s *graph.Scope, _ guide) prob.Dist {
		return prob.Transformed{Base: prob.StdNormal(2), Bijector: prob.Chain(
			flow.NewCoupling(s.In("0"), 2, c), flow.Reverse(2), flow.NewCoupling(s.In("1"), 2, c))}
	}), set)
	vamp := fit(model(func(s *graph.Scope, q guide) prob.Dist {
		return prob.NewVampPrior(s, 10, 2, graph.Gaussian{Std: 2}, q)
	}), set)
	fmt.Printf("flow: a nat better than the normal: %t\n", flows > normal+1)
	fmt.Printf("VampPrior: a nat better than the normal: %t\n", vamp > normal+1)
	// Output:
	// flow: a nat better than the normal: true
	// VampPrior: a nat better than the normal: true
}

// slopes is an Element of one's own: y = eᵃ·x below 0 and eᵇ·x above.
type slopes struct{}

func (slopes) Numbers() int { return 2 }

func (e slopes) Forward(x, theta *graph.Node) *graph.Node {
	return x.Mul(graph.Exp(e.LogSlope(x, theta)))
}

func (e slopes) Inverse(y, theta *graph.Node) *graph.Node {
	return y.Mul(graph.Exp(e.LogSlope(y, theta).Neg()))
}

// LogSlope is that at x, and at y too, which has the sign of x.
func (slopes) LogSlope(x, theta *graph.Node) *graph.Node {
	sh := x.Shape()
	d := sh[len(sh)-1]
	bounded := graph.Tanh(theta).Scale(5)
	return graph.Where(x.Lt(graph.Const(0)), graph.Cols(bounded, 0, d), graph.Cols(bounded, d, 2*d))
}

// A map of one number becomes a flow in any of the structures, whose inverse and
// determinant follow.
func ExampleElement() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		f := flow.NewMAF(s, 3, flow.Config{Element: slopes{}})
		law := prob.Transformed{Base: prob.StdNormal(3), Bijector: f}
		s.Output("score", law.LogProb(s.Tensor([]float64{1, -1, 2}, 1, 3)))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		fmt.Println(err)
		return
	}
	score, _ := p.Value("score")
	fmt.Printf("%.3f at the start, where it is the identity\n", score[0])
	// Output: -5.757 at the start, where it is the identity
}
