package serve_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// TestOperations compares every operation with a program built for it, in both
// dtypes and for numbers of rows and draws around the sizes of programs.
func TestOperations(t *testing.T) {
	ctx := context.Background()
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		tol := 2e-5
		if dt == graph.Float64 {
			tol = 1e-12
		}
		params := &graph.Params{Dtype: dt, Seed: 3}
		spec := vaeSpec
		spec.Calls = map[string]serve.Call{"logits": func(s *graph.Scope, m vi.Model, d vi.Data) map[string]*graph.Node {
			r := vi.Run(s, m, d, vi.Config{})
			return map[string]*graph.Node{"logits": r.Site("x").P.(prob.Bernoulli).Logits}
		}}
		m := start(t, spec, params, serve.Config{Batch: 8, Steps: 1})
		for _, rows := range []int{1, 3, 8, 19} {
			for _, k := range []int{2, 5, 64, 100} {
				x := bits(uint64(rows), rows*pixels)
				q := serve.Request{Values: xs(x), Draws: k, Seed: 5}
				shapes := map[string][]int{"x": {rows, pixels}, "z": {rows, latents}}
				check := func(op string, r *serve.Reply, err error, want map[string][]float64) {
					t.Helper()
					if err != nil {
						t.Fatalf("%s, %d rows, %d draws: %v", op, rows, k, err)
					}
					if r.Version != m.Version() || len(r.Version) != 64 {
						t.Errorf("%s: version %q, the model's %q", op, r.Version, m.Version())
					}
					if len(r.Outputs) != len(want) {
						t.Errorf("%s: %d outputs, want %d", op, len(r.Outputs), len(want))
					}
					for name, w := range want {
						tol := tol
						if name == "bias" && dt == graph.Float32 { // differences of logarithms
							tol = 1e-4
						}
						if got := r.Get(name); !near(got, w, tol) {
							t.Errorf("%v %s, %d rows, %d draws: %s is\n%v, want\n%v", dt, op, rows, k, name, head(got), head(w))
						}
					}
				}
				run := direct(t, params, 5, xs(x), shapes, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
					r := vi.Run(s, vae(s), d, vi.Config{K: k})
					z, px := r.Site("z"), r.Site("x").P.(prob.Bernoulli)
					p := graph.Sigmoid(px.Logits)
					e := r.Evidence()
					mean := graph.Mean(p, 0)
					w := graph.ExpandDims(graph.Softmax(graph.Transpose(r.LogWeights(), 1, 0)), -1)
					return map[string]*graph.Node{
						"z/mean": r.PosteriorMeans("z"), "z/std": graph.Exp(z.Q.(prob.Normal).LogStd), "z/draws": graph.Transpose(z.Value, 1, 0, 2),
						"x/mean": mean, "x/std": graph.Sqrt(mean.Sub(mean.Square())),
						"logp": e.LogP, "stderr": e.StdErr, "bias": e.Bias, "ess": e.ESS, "logw": graph.Transpose(r.LogWeights(), 1, 0),
						"imputed": graph.Sum(w.Mul(graph.Transpose(p, 1, 0, 2)), 1),
					}
				})
				pick := func(names ...string) map[string][]float64 {
					out := map[string][]float64{}
					for _, n := range names {
						out[n] = run[n]
					}
					return out
				}
				r, err := m.Encode(ctx, q)
				check("encode", r, err, pick("z/mean", "z/std", "z/draws"))
				r, err = m.Reconstruct(ctx, q)
				check("reconstruct", r, err, pick("x/mean", "x/std"))
				want := pick("logp", "stderr", "bias", "ess")
				want["khat"] = make([]float64, rows)
				for i := range rows {
					want["khat"][i] = vi.ParetoShape(run["logw"][i*k : (i+1)*k])
				}
				r, err = m.LogLikelihood(ctx, q)
				if dt == graph.Float32 && err == nil { // of float32 weights the shape has fewer digits
					for i, v := range r.Get("khat") {
						if math.Abs(v-want["khat"][i]) < 1e-2 {
							want["khat"][i] = v
						}
					}
				}
				check("loglikelihood", r, err, want)
				if k > 2 {
					continue
				}
				q.Draws = 0
				r, err = m.ELBO(ctx, q)
				check("elbo", r, err, direct(t, params, 5, xs(x), shapes, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
					return map[string]*graph.Node{"elbo": vi.ELBO{}.Estimate(s, vae(s), d).PerRow}
				}))
				r, err = m.Call(ctx, "logits", q)
				check("logits", r, err, direct(t, params, 5, xs(x), shapes, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
					return map[string]*graph.Node{"logits": vi.Run(s, vae(s), d, vi.Config{}).Site("x").P.(prob.Bernoulli).Logits}
				}))
				z := map[string][]float64{"z": run["z/mean"]}
				decoded := direct(t, params, 5, z, shapes, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
					r := vi.Run(s, vi.Model{Joint: vae(s).Joint}, d, vi.Config{})
					mean, variance := r.Site("x").P.(prob.Moments).Moments()
					return map[string]*graph.Node{"x/mean": mean, "x/std": graph.Sqrt(variance), "x": r.Site("x").Value}
				})
				r, err = m.Decode(ctx, serve.Request{Values: z, Seed: 5})
				check("decode", r, err, map[string][]float64{"x/mean": decoded["x/mean"], "x/std": decoded["x/std"]})
				r, err = m.Sample(ctx, serve.Request{Values: z, Seed: 5})
				check("sample given z", r, err, map[string][]float64{"x": decoded["x"]})
				r, err = m.Sample(ctx, serve.Request{Rows: rows, Seed: 5})
				check("sample", r, err, direct(t, params, 5, nil, shapes, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
					r := vi.Run(s, vi.Model{Joint: vae(s).Joint}, nil, vi.Config{Rows: rows})
					return map[string]*graph.Node{"x": r.Site("x").Value, "z": r.Site("z").Value}
				}))
			}
		}
	}
}

func head(x []float64) []float64 { return x[:min(len(x), 12)] }
