package mcmc

import (
	"context"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// calibrated are models of single data, each with what it observes.
var calibrated = map[string]struct {
	joint vi.Func
	data  string
	row   int
}{
	"normal": {func(t *vi.Trace) {
		m := t.Draw("m", prob.StdNormal(1))
		sd := t.Draw("sd", prob.HalfNormal{LogScale: graph.Tensor([]float64{0}, 1)})
		t.Draw("y", prob.Normal{Mean: m, LogStd: graph.Log(sd).Add(graph.Tensor(make([]float64, 5), 1, 1, 5))})
	}, "y", 5},
	"rate": {func(t *vi.Trace) {
		r := t.Draw("r", prob.Gamma{LogConcentration: graph.Tensor([]float64{math.Log(2)}, 1), LogRate: graph.Const(0)})
		t.Draw("n", prob.Poisson{LogRate: graph.Log(r).Add(graph.Tensor([]float64{0, .5, 1}, 1, 1, 3))})
	}, "n", 3},
	"logistic": {func(t *vi.Trace) {
		w := t.Draw("w", prob.StdNormal(2))
		x := graph.Tensor([]float64{1, 1, 1, 1, 1, 1, 1, 1, -2, -1.4, -1, -.3, .2, .9, 1.2, 2}, 2, 8)
		t.Draw("y", prob.Bernoulli{Logits: graph.MatMul(w, x)})
	}, "y", 8},
	"line": {func(t *vi.Trace) {
		w := t.Draw("w", prob.StdNormal(2))
		x := graph.Tensor([]float64{1, 1, 1, 1, 1, 1, -1, -.4, .1, .9, 1.2, 2}, 2, 6)
		t.Draw("y", prob.Normal{Mean: graph.MatMul(w, x), LogStd: graph.Const(-.5)})
	}, "y", 6},
	"schools": {func(t *vi.Trace) { // not centred
		mu := t.Draw("mu", prob.Normal{Mean: graph.Tensor([]float64{0}, 1), LogStd: graph.Const(math.Log(5))})
		tau := t.Draw("tau", prob.HalfCauchy{LogScale: graph.Tensor([]float64{math.Log(5)}, 1)})
		sigma := graph.Log(graph.Tensor([]float64{15, 10, 16, 11, 9, 11, 10, 18}, 1, 1, 8))
		t.Draw("y", prob.Normal{Mean: t.Draw("eta", prob.StdNormal(8)).Mul(tau).Add(mu), LogStd: sigma})
	}, "y", 8},
}

// Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman, arXiv
// 1804.06788): where latents and data are drawn from the joint, the rank of the
// latent among draws of its posterior is uniform. All data are sampled at once, a
// chain each.
func TestCalibration(t *testing.T) {
	const ranks = 100 // 0 to 99, of 99 draws
	thin, data := 3, 120
	if os.Getenv("LATENT_SWEEP") != "" {
		thin, data = 8, 500
	}
	ctx := context.Background()
	for name, m := range calibrated {
		t.Run(name, func(t *testing.T) {
			params := &graph.Params{Dtype: graph.Float64}
			simulator, err := graph.Build(params, func(s *graph.Scope) {
				r := vi.Run(s, vi.Model{Joint: m.joint}, nil, vi.Config{Rows: data})
				for _, site := range r.Sites() {
					s.Output(site.Name, site.Value)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := simulator.Run(ctx, graph.Key{Seed: 5}); err != nil {
				t.Fatal(err)
			}
			y, err := simulator.Value(m.data)
			if err != nil {
				t.Fatal(err)
			}
			target, err := rowTarget(params, func(*graph.Scope, vi.Data) vi.Model { return vi.Model{Joint: m.joint} }, map[string][]int{m.data: {m.row}})
			if err != nil {
				t.Fatal(err)
			}
			p, err := Config{Chains: data, Warmup: 200, Draws: (ranks - 1) * thin, Seed: 6}.plan()
			if err != nil {
				t.Fatal(err)
			}
			s, err := newSampler(ctx, target, p, laneData{m.data: y})
			if err != nil {
				t.Fatal(err)
			}
			defer s.stop()
			if err := s.run(ctx); err != nil {
				t.Fatal(err)
			}
			for _, site := range target.space.Sites {
				truth, err := simulator.Value(site.Name)
				if err != nil {
					t.Fatal(err)
				}
				for e := range site.Size() {
					var count [10]float64
					for row, c := range s.chains {
						want := truth[row*site.Size()+e]
						if site.Support.Kind == prob.Interval {
							want = math.Log(want)
						}
						rank := 0
						for d := 0; d < p.Draws; d += thin {
							if c.positions[d*p.dim+site.From+e] < want {
								rank++
							}
						}
						count[rank*len(count)/ranks]++
					}
					chi2, expected := 0., float64(data)/float64(len(count))
					for _, n := range count {
						chi2 += (n - expected) * (n - expected) / expected
					}
					if q := (distuv.ChiSquared{K: float64(len(count) - 1)}).Survival(chi2); q < 1e-4 {
						t.Errorf("ranks of %s[%d] are not uniform: %v, p %.2g", site.Name, e, count, q)
					}
				}
			}
		})
	}
}
