package vi_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestEstimatorRefusals holds the message of every refusal of an estimator.
func TestEstimatorRefusals(t *testing.T) {
	type build = func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data)
	x := func(s *graph.Scope) vi.Data { return vi.Data{"x": s.Input("x", 4, 1)} }
	zero := func(d int) *graph.Node { return graph.BroadcastTo(graph.Const(0), d) }
	gauss := func(d int) prob.Dist { return prob.Normal{Mean: zero(d), LogStd: zero(d)} }
	bern := func(d int) prob.Dist { return prob.Bernoulli{Logits: zero(d)} }
	// model has one latent of a law q, under a prior p.
	model := func(q, p func() prob.Dist) vi.Model {
		return vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", q()) },
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", p())
				t.Draw("x", normal1(graph.Cols(z, 0, 1), graph.Const(0)))
			},
		}
	}
	normals := model(func() prob.Dist { return gauss(2) }, func() prob.Dist { return prob.StdNormal(2) })
	bits := model(func() prob.Dist { return bern(2) }, func() prob.Dist { return bern(2) })
	z := func(o func(c choice) vi.Objective, m vi.Model, e vi.Estimator) build {
		return func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) { return o(choice{"z": e}), m, x(s) }
	}
	elbo := func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{Sites: c}} }
	iwae := func(c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Sites: c}} }
	free := func(c choice) vi.Objective { return vi.FreeBits{Config: vi.Config{Sites: c}} }
	plain := func(o vi.Objective, m vi.Model) build {
		return func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) { return o, m, x(s) }
	}
	// layer has a global weight, used by one product, two, or as it is.
	layer := func(uses int) vi.Model {
		return vi.Model{
			Guide: func(t *vi.Trace) {
				t.Global("w", prob.Normal{Mean: graph.BroadcastTo(graph.Const(0), 1, 1), LogStd: graph.BroadcastTo(graph.Const(0), 1, 1)}, 1)
			},
			Joint: func(t *vi.Trace) {
				h := graph.BroadcastTo(graph.Const(.5), 1, 4, 1)
				for range uses {
					h = t.Product("w", prob.StdNormal(1), h, vi.MatMul{})
				}
				if uses == 0 {
					h = h.Mul(t.Global("w", prob.StdNormal(1), 1))
				}
				t.Draw("x", normal1(h, graph.Const(0)))
			},
		}
	}
	for _, c := range []struct {
		name string
		b    build
		want string
	}{
		{"discrete without one", plain(vi.ELBO{}, bits),
			"vi: site z is drawn from prob.Bernoulli, whose draws have no pathwise derivative: ELBO takes Score, Score{MovingAverage}, Score{LeaveOneOut}, Score{NVIL}, VIMCO, Enumerate, UnorderedSet, Marginalised, GumbelSoftmax, StraightThrough, GappedST, DecoupledST, ARM, DisARM, ARMS, DoubleCV, RODEO, REBAR, RELAX there; or draw it from a reparameterised distribution (prob.Pathwise), or give it as data"},
		{"not at this kind", z(elbo, bits, vi.STL{}),
			"vi: site z: ELBO does not take STL at a discrete site; it takes Score, Score{MovingAverage}, Score{LeaveOneOut}, Score{NVIL}, VIMCO, Enumerate, UnorderedSet, Marginalised, GumbelSoftmax, StraightThrough, GappedST, DecoupledST, ARM, DisARM, ARMS, DoubleCV, RODEO, REBAR, RELAX"},
		{"not under this objective", z(iwae, bits, vi.DisARM{}),
			"vi: site z: IWAE does not take DisARM at a discrete site; it takes Score, Score{MovingAverage}, Score{NVIL}, VIMCO, Enumerate, GumbelSoftmax, StraightThrough, GappedST, DecoupledST"},
		{"leave-one-out under IWAE", z(iwae, bits, vi.Score{Baseline: vi.LeaveOneOut{}}),
			"vi: site z: IWAE does not take Score{LeaveOneOut} at a discrete site; it takes Score, Score{MovingAverage}, Score{NVIL}, VIMCO, Enumerate, GumbelSoftmax, StraightThrough, GappedST, DecoupledST"},
		{"score under free bits", z(free, normals, vi.Score{}),
			"vi: site z: FreeBits does not take Score at a reparameterised site; it takes Pathwise"},
		{"one draw for VIMCO", z(elbo, bits, vi.VIMCO{}),
			"vi: site z: VIMCO compares draws with each other and needs K of 2 or more, not 1"},
		{"one draw for leave-one-out", z(elbo, bits, vi.Score{Baseline: vi.LeaveOneOut{}}),
			"vi: site z: Score{LeaveOneOut} compares draws with each other and needs K of 2 or more, not 1"},
		{"decay", z(elbo, bits, vi.Score{Baseline: vi.MovingAverage{Decay: 1}}),
			"vi: site z: MovingAverage with a decay of 1, want a number in [0,1)"},
		{"NVIL input", z(elbo, bits, vi.Score{Baseline: vi.NVIL{Input: "v"}}),
			"vi: site z: NVIL reads v, which is not among the data [x]"},
		{"no such site", plain(vi.ELBO{Config: vi.Config{Sites: choice{"v": vi.STL{}}}}, normals),
			"vi: Sites has an estimator for v, which is no latent site; the latents are [z]"},
		{"of data", plain(vi.ELBO{Config: vi.Config{Sites: choice{"x": vi.STL{}}}}, normals),
			"vi: Sites has an estimator for x, which is no latent site; the latents are [z]"},
		{"relaxing another law", z(elbo, model(func() prob.Dist { return prob.Poisson{LogRate: zero(2)} }, func() prob.Dist { return prob.Poisson{LogRate: zero(2)} }), vi.GumbelSoftmax{}),
			"in guide: site z: vi: site z: GumbelSoftmax is for prob.Bernoulli and prob.OneHot, not prob.Poisson; use vi.Score, or vi.Enumerate where the values are few"},
		{"DisARM of another law", z(elbo, model(func() prob.Dist { return prob.Poisson{LogRate: zero(2)} }, func() prob.Dist { return prob.Poisson{LogRate: zero(2)} }), vi.DisARM{}),
			"in guide: site z: vi: site z: DisARM is for prob.Bernoulli and prob.OneHot, not prob.Poisson; use vi.Score, or vi.Enumerate where the values are few"},
		{"DisARM of one class", z(elbo, model(func() prob.Dist { return prob.OneHot{Logits: zero(1)} }, func() prob.Dist { return prob.OneHot{Logits: zero(1)} }), vi.DisARM{}),
			"in guide: site z: vi: site z is prob.OneHot of 1 class: there is nothing to decide"},
		{"REBAR of a law with a path", z(elbo, normals, vi.REBAR{}),
			"in guide: site z: vi: site z: REBAR is for prob.Bernoulli and prob.OneHot, not prob.Normal; use vi.Pathwise"},
		{"temperature", z(func(c choice) vi.Objective {
			return lazy{func() vi.Objective {
				return vi.ELBO{Config: vi.Config{Sites: choice{"z": vi.StraightThrough{Temperature: zero(2)}}}}
			}}
		}, bits, nil), "in guide: site z: vi: site z: StraightThrough with a temperature of shape [2], want a scalar"},
		{"groups that do not divide", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			return vi.ELBO{Config: vi.Config{K: 4, Sites: choice{"z": vi.ARMS{Group: 3}}}}, bits, x(s)
		}, "in guide: site z: vi: site z: ARMS with groups of 3 of 4 draws, want 2 or more that divide them, or 0 for all"},
		{"one draw for ARMS", z(elbo, bits, vi.ARMS{}),
			"vi: site z: ARMS compares draws with each other and needs K of 2 or more, not 1"},
		{"ARMS of a later layer", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			return vi.ELBO{Config: vi.Config{K: 2, Estimator: vi.ARMS{}}}, vi.Model{
				Guide: func(t *vi.Trace) { t.Draw("y", prob.Bernoulli{Logits: t.Draw("z", bern(1))}) },
				Joint: func(t *vi.Trace) {
					t.Draw("z", bern(1))
					t.Draw("x", normal1(t.Draw("y", bern(1)), graph.Const(0)))
				},
			}, x(s)
		}, "in guide: site y: vi: site y: ARMS couples draws of one law, and that of y differs between the draws, as it depends on an earlier one; use vi.DisARM"},
		{"scale of DoubleCV", z(func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{K: 2, Sites: c}} }, bits, vi.DoubleCV{Scale: math.Inf(1)}),
			"vi: site z: DoubleCV with a scale of +Inf, want a finite number"},
		{"hidden units of RODEO", z(func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{K: 2, Sites: c}} }, bits, vi.RODEO{Hidden: -1}),
			"vi: site z: RODEO with -1 hidden units, want 1 or more, or 0 for 100"},
		{"RODEO of another law", z(func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{K: 2, Sites: c}} }, normals, vi.RODEO{}),
			"in guide: site z: vi: site z: RODEO is for prob.Bernoulli and prob.OneHot, not prob.Normal; use vi.Pathwise"},
		{"a set of all values", z(elbo, model(func() prob.Dist { return bern(1) }, func() prob.Dist { return bern(1) }), vi.UnorderedSet{}),
			"in guide: site z: vi: site z: UnorderedSet of 2 of the 2 values, want 2 to 8 and at most 1; use vi.Enumerate for all"},
		{"all values but one", z(elbo, bits, vi.Marginalised{Size: 3}),
			"in guide: site z: vi: site z: Marginalised of 3 of the 4 values, want 1 to 64 and at most 2; use vi.Enumerate for all"},
		{"a set of a joint alone", z(elbo, vi.Model{Joint: bits.Joint}, vi.UnorderedSet{}),
			"vi: site z: UnorderedSet draws values of a guide, and the guide does not have the site; use vi.Enumerate"},
		{"gap", z(elbo, bits, vi.GappedST{Gap: -1}),
			"vi: site z: GappedST with a Gap of -1, want a finite number not below 0"},
		{"too many measured", z(elbo, model(func() prob.Dist { return gauss(65) }, func() prob.Dist { return prob.StdNormal(65) }), vi.MeasureValued{}),
			"vi: site z: MeasureValued runs the model three times for each element, and there are 65, more than 64; use vi.Pathwise"},
		{"measured of another law", z(elbo, model(func() prob.Dist { return prob.StdNormal(2) }, func() prob.Dist { return prob.StdNormal(2) }), vi.MeasureValued{}),
			"vi: site z: MeasureValued is for prob.Normal, not prob.StdNormal; use vi.Pathwise or vi.Score"},
		{"STL without a guide", z(elbo, vi.Model{Joint: normals.Joint}, vi.STL{}),
			"vi: site z: STL drops the score of a guide, and the guide does not have the site; use vi.Pathwise"},
		{"STL of a set value", z(elbo, vi.Model{Joint: normals.Joint, Guide: func(t *vi.Trace) {
			v := graph.BroadcastTo(graph.Const(0), 1, 4, 2)
			t.Set("z", v, graph.BroadcastTo(graph.Const(0), 1, 4))
		}}, vi.STL{}), "vi: site z: STL needs log q as a function of the value, and the guide Set a value whose density is known there only; use vi.Pathwise"},
		{"mixed DReG", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			return vi.IWAE{Config: vi.Config{K: 2, Sites: choice{"z": vi.DReG{}, "y": vi.Pathwise{}}}}, vi.Model{
				Guide: func(t *vi.Trace) { t.Draw("z", gauss(1)); t.Draw("y", gauss(1)) },
				Joint: func(t *vi.Trace) {
					t.Draw("z", prob.StdNormal(1))
					t.Draw("x", normal1(t.Draw("y", prob.StdNormal(1)), graph.Const(0)))
				},
			}, x(s)
		},
			"vi: site z: under IWAE, DReG needs every latent of a datum to be DReG, or summed out by the joint; y is not; use vi.Pathwise"},
		{"DReG of another prior", z(iwae, model(func() prob.Dist { return gauss(2) }, func() prob.Dist { return prob.Laplace{Loc: zero(2), LogScale: zero(2)} }), vi.DReG{Prior: true}),
			"vi: site z: DReG{Prior} is for prob.Normal in the joint, not prob.Laplace; use vi.DReG"},
		{"enumeration of a normal", plain(vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}}}, normals),
			"in guide: site z: vi: z is to be enumerated, but prob.Normal is not prob.Finite: its values cannot be listed"},
		{"enumeration of nothing", plain(vi.ELBO{Config: vi.Config{Enumerate: []string{"v"}}}, normals),
			"vi: site v is to be enumerated, but it is no site; the latents are [z]"},
		{"enumeration of data", plain(vi.ELBO{Config: vi.Config{Enumerate: []string{"x"}}}, normals),
			"vi: site x is to be enumerated, but it has a value, given as data; the latents are [z]"},
		{"enumeration and an estimator", plain(vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}, Sites: choice{"z": vi.Score{}}}}, bits),
			"vi: site z is enumerated and has the estimator Score: choose one"},
		{"too many values", plain(vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}}}, model(func() prob.Dist { return bern(13) }, func() prob.Dist { return bern(13) })),
			"in guide: site z: vi: enumerating [z] multiplies to [8192] = 8192 combinations, more than 4096; draw one of the sites instead, with an Estimator"},
		{"one draw of an upper bound", z(func(c choice) vi.Objective { return vi.Chi{Config: vi.Config{Sites: c}} }, bits, vi.Score{}),
			"vi: Chi of 1 draw is the ELBO, which lies below log p(x); want K of 2 or more"},
		{"one draw of a Rényi bound", z(func(c choice) vi.Objective { return vi.Renyi{Config: vi.Config{Sites: c}, Alpha: .5} }, bits, vi.Score{}),
			"vi: Renyi of 1 draw is the ELBO whatever its order, which is vi.ELBO; want K of 2 or more"},
		{"one draw of reweighted wake-sleep", plain(vi.ReweightedWakeSleep{}, bits),
			"vi: ReweightedWakeSleep of 1 draw has the weight 1 and trains the guide by noise of mean 0; want K of 2 or more"},
		{"total below 0", plain(vi.ELBO{Config: vi.Config{Total: -2}}, normals), "vi: Total is -2, want 1 or more, or 0 for no globals"},
		{"no total", plain(vi.ELBO{}, layer(0)),
			"vi: ELBO has the global site w: set Total, the size of the data set, by which its divergence is divided"},
		{"two products", plain(vi.ELBO{Config: vi.Config{Total: 9}}, layer(2)),
			"in joint: product w: vi: the weight w is used by two products; its local noise would be drawn twice: use t.Global in the joint"},
		{"local noise under IWAE", plain(vi.IWAE{Config: vi.Config{K: 2, Total: 9}}, layer(1)),
			"vi: site w: IWAE does not take Local at a product site; it takes Flipout, Single, Separate"},
		{"global under Chi", plain(vi.Chi{Config: vi.Config{K: 2}}, layer(0)),
			"vi: site w: Chi does not take Pathwise at a global site; it takes none"},
		{"a closed form that local noise has not", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(1)
			m.Joint = func(t *vi.Trace) {
				h := graph.BroadcastTo(graph.Const(.5), 1, 4, 1)
				t.Draw("x", normal1(t.Product("w", scoreOnly{prob.StdNormal(1)}, h, vi.MatMul{}), graph.Const(0)))
			}
			return vi.ELBO{Config: vi.Config{Total: 9}, KL: vi.ClosedForm}, m, x(s)
		},
			"vi: closed-form KL at w: it has none for these distributions; use vi.Auto or vi.MonteCarlo"},
		{"flipout of a map that turns no signs", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(1)
			m.Joint = func(t *vi.Trace) {
				h := graph.BroadcastTo(graph.Const(.5), 1, 4, 1)
				t.Draw("x", normal1(t.Product("w", prob.StdNormal(1), h, scaledMap{1}), graph.Const(0)))
			}
			return vi.ELBO{Config: vi.Config{Total: 9, Estimator: vi.Flipout{}}}, m, x(s)
		},
			"in joint: product w: vi: w: vi.Flipout noise needs a map with a Flip method, vi.Flipping, and vi_test.scaledMap has none; use vi.Local"},
		{"weak derivatives of a normal law in other terms", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(0)
			m.Guide = func(t *vi.Trace) { t.Draw("z", ownNormal{prob.Normal{Mean: t.Given("x"), LogStd: graph.Const(0)}}) }
			m.Joint = func(t *vi.Trace) { t.Draw("x", normal1(t.Draw("z", prob.StdNormal(1)), graph.Const(0))) }
			return vi.ELBO{Config: vi.Config{Estimator: vi.MeasureValued{}}}, m, x(s)
		},
			"vi: site z: MeasureValued is for prob.Normal, not vi_test.ownNormal; use vi.Pathwise or vi.Score"},
		{"draws that a map forgets", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(1)
			m.Joint = func(t *vi.Trace) {
				h := graph.BroadcastTo(graph.Const(.5), 1, 4, 1)
				t.Draw("x", normal1(t.Product("w", prob.StdNormal(1), h, flatFlip{}), graph.Const(0)))
			}
			return vi.ELBO{Config: vi.Config{K: 2, Total: 9, Estimator: vi.PerDraw{}}}, m, x(s)
		},
			"in joint: product w: vi: w: vi_test.flatFlip of shapes [1 4 1] and [2 1 1] gives [1 4 1], want [2 4 …]"},
		{"a flip of another shape", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(1)
			m.Joint = func(t *vi.Trace) {
				h := graph.BroadcastTo(graph.Const(.5), 1, 4, 1)
				t.Draw("x", normal1(t.Product("w", prob.StdNormal(1), h, flatFlip{}), graph.Const(0)))
			}
			return vi.ELBO{Config: vi.Config{Total: 9, Estimator: vi.Flipout{}}}, m, x(s)
		},
			"in joint: product w: vi: w: vi_test.flatFlip has a Flip of shape [1 4], want that of its Mul, [1 4 1]"},
		{"product without a global", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(1)
			m.Guide = nil
			return vi.ELBO{Config: vi.Config{Total: 9}}, m, x(s)
		},
			"in joint: product w: vi: w: a Product belongs in the joint and its weight must be a Global of the guide"},
		{"global in the guide alone", func(s *graph.Scope) (vi.Objective, vi.Model, vi.Data) {
			m := layer(0)
			m.Joint = func(t *vi.Trace) { t.Draw("x", normal1(t.Draw("w", prob.StdNormal(1)), graph.Const(0))) }
			return vi.ELBO{Config: vi.Config{Total: 9}}, m, x(s)
		},
			"in joint: site w: vi: w is Global in the guide and not in the joint"},
		{"Renyi of order 1", plain(vi.Renyi{Alpha: 1}, normals),
			"vi: Renyi of order 1, want a finite number that is not 1; order 1 is vi.ELBO"},
		{"Chi of order 1", plain(vi.Chi{Order: 1}, normals),
			"vi: Chi of order 1, want a finite number above 1"},
		{"level", plain(vi.FreeBits{Lambda: -1}, normals),
			"vi: FreeBits with a Lambda of -1, want a finite number not below 0"},
		{"groups", plain(vi.FreeBits{Group: 3}, normals),
			"vi: FreeBits with groups of 3, which do not divide the 2 elements of site z"},
		{"wake-sleep without a guide", plain(vi.WakeSleep{}, vi.Model{Joint: normals.Joint}),
			"vi: WakeSleep of a model without a guide"},
		{"one draw of evidence", plain(vi.Evidence{K: 1}, normals),
			"vi: Evidence of 1 draws, want 2 or more for a standard error"},
		{"evidence with a global", plain(vi.Evidence{}, layer(0)),
			"vi: Evidence of a model with the global site w: p(x) is not a product over the rows: use trainers.Evidence"},
		{"set in the joint", plain(vi.ELBO{}, vi.Model{Joint: func(t *vi.Trace) { t.Set("z", nil, nil) }}),
			"in joint: site z: vi: z is Set in the joint; only the guide sets values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				o, m, d := c.b(s)
				s.Output("bound", o.Estimate(s, m, d).Value)
			})
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v\nwant   %s", err, c.want)
			}
		})
	}
}
