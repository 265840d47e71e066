package vi_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestWithRedrawsOnTheSameNoise puts another value for the first latent: the
// second is drawn again from its noise, and scores follow.
func TestWithRedrawsOnTheSameNoise(t *testing.T) {
	m := func(s *graph.Scope) vi.Model {
		return vi.Model{
			Guide: func(t *vi.Trace) {
				t.Draw("z2", normal1(t.Draw("z1", normal1(t.Given("x"), s.Const(0))), s.Const(0)))
			},
			Joint: func(t *vi.Trace) {
				t.Draw("x", normal1(t.Draw("z1", normal1(t.Draw("z2", prob.StdNormal(1)), s.Const(0))), s.Const(0)))
			},
		}
	}
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		r := vi.Run(s, m(s), vi.Data{"x": s.Input("x", 2, 1)}, vi.Config{K: 3})
		same := r.With(vi.Data{"z1": r.Site("z1").Value})
		moved := r.With(vi.Data{"z1": r.Site("z1").Value.Shift(1)})
		if same.Site("z2").Value != r.Site("z2").Value || same.LogWeights() != r.LogWeights() {
			t.Error("the same value makes another run")
		}
		s.Output("z2", moved.Site("z2").Value.Sub(r.Site("z2").Value))
		s.Output("logq", moved.Site("z2").LogQ.Sub(r.Site("z2").LogQ))
		s.Output("logp", moved.Site("z1").LogP.Sub(r.Site("z1").LogP))
		again := moved.With(vi.Data{"z2": r.Site("z2").Value})
		s.Output("twice", again.Site("z1").Value.Sub(r.Site("z1").Value))
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", []float64{.3, -2})
	if err := p.Run(context.Background(), graph.Key{Seed: 2}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"z2": 1, "logq": 0, "logp": 0, "twice": 1} {
		v, _ := p.Value(name)
		for _, got := range v {
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("%s differs by %v, want %v", name, got, want)
			}
		}
	}
	for site, want := range map[string]string{
		"v": "vi: no site v; the model has [z1 z2 x]",
		"x": "vi: With a value of x of shape [2 1], want the axes of [1 2 1]",
	} {
		_, err = graph.Build(&graph.Params{}, func(s *graph.Scope) {
			x := s.Input("x", 2, 1)
			r := vi.Run(s, m(s), vi.Data{"x": x}, vi.Config{K: 3})
			s.Output("w", r.With(vi.Data{site: x}).LogWeights())
		})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestSetIsAFullRankGuide: z = μ + Lε with log q = Σ(−½ε² − ½log 2π − log L_ii)
// (thesis, chapter 2). On a
// correlated Gaussian pair it reaches log p(x) where the diagonal guide keeps a
// gap of −½ log(1−ρ²).
func TestSetIsAFullRankGuide(t *testing.T) {
	const rho = .9
	root := math.Sqrt(1 - rho*rho)
	pair := func(s *graph.Scope, z *graph.Node) *graph.Node { // log N(z; 0, [[1 ρ][ρ 1]])
		e := graph.Cols(z, 1, 2).Sub(graph.Cols(z, 0, 1).Scale(rho)).Scale(1 / root)
		return prob.StdNormal(1).LogProb(graph.Cols(z, 0, 1)).Add(prob.StdNormal(1).LogProb(e).Shift(-math.Log(root)))
	}
	for _, full := range []bool{true, false} {
		model := func(s *graph.Scope) vi.Model {
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", scored{func(z *graph.Node) *graph.Node { return pair(s, z) }})
					t.Draw("x", scored{func(x *graph.Node) *graph.Node { return graph.Sum(x.Add(z), -1).Scale(0) }})
				},
				Guide: func(t *vi.Trace) {
					eps := s.In("z").Noise("eps", graph.GaussianNoise, 1, t.Rows(), 2)
					if !full { // the best diagonal guide has variance 1−ρ²
						t.Set("z", eps.Scale(root), prob.StdNormal(2).LogProb(eps).Shift(-2*math.Log(root)))
						return
					}
					l := s.Tensor([]float64{1, 0, rho, root}, 2, 2)
					t.Set("z", graph.MatMulT(eps, l), prob.StdNormal(2).LogProb(eps).Shift(-math.Log(root)))
				},
			}
		}
		rows := run(t, model, vi.ELBO{}, make([]float64, 4000), rowsOf)["rows"]
		mean, worst := 0.0, 0.0
		for _, v := range rows {
			mean += v / float64(len(rows))
			worst = max(worst, math.Abs(v))
		}
		if full && worst > 1e-12 {
			t.Errorf("full rank: a bound is off by %v", worst)
		}
		if !full && math.Abs(mean+math.Log(1/root)) > .06 {
			t.Errorf("diagonal: bound %v, want %v", mean, math.Log(root))
		}
	}
}

// scored is a law known by its density alone.
type scored struct{ f func(*graph.Node) *graph.Node }

func (d scored) LogProb(x *graph.Node) *graph.Node { return d.f(x) }

// TestDeltaGuideIsMaximumAPosteriori: the bound is log p(x, z) at the value,
// whose gradient vanishes at the posterior's mode.
func TestDeltaGuideIsMaximumAPosteriori(t *testing.T) {
	model := func(s *graph.Scope) vi.Model {
		at := s.Param("at", graph.Constant(.4), 1, 1)
		return vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", prob.Delta{Value: graph.BroadcastTo(at, 1, 1, 1)}) },
			Joint: func(t *vi.Trace) { t.Draw("x", normal1(t.Draw("z", prob.StdNormal(1)), s.Const(0))) },
		}
	}
	for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
		out := run(t, model, vi.ELBO{KL: kl}, []float64{.8}, func(e *vi.Estimate, s *graph.Scope) map[string]*graph.Node {
			return map[string]*graph.Node{"value": e.Value, "g": e.Grad(s.Trainable()...)[0]}
		})
		if want := -math.Log(2*math.Pi) - .16; math.Abs(out["value"][0]-want) > 1e-12 || math.Abs(out["g"][0]) > 1e-12 {
			t.Errorf("%v: bound %v, want %v; gradient %v, want 0", kl, out["value"], want, out["g"])
		}
	}
}
