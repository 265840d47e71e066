package vi_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// phased tells whether an objective has costs of its own and takes no estimators.
func phased(objective string) bool {
	return strings.HasSuffix(objective, "WakeSleep") || objective == "TVO"
}

// phases sees what trains joint and guide by different costs.
func phases(t *testing.T, c cell) {
	p, k, base := gaussian1(), 2, vi.IWAE{Config: vi.Config{K: 2}}
	prior := func(map[string]float64, int) []dimension { return []dimension{{"z/noise", 0, hermite(24)}} }
	var rws vi.Objective = vi.ReweightedWakeSleep{K: 2}
	switch {
	case c.estimator == "Enumerate":
		p, base, rws = summed(), vi.IWAE{Config: vi.Config{K: 2, Enumerate: []string{"y"}}}, vi.ReweightedWakeSleep{K: 2, Enumerate: []string{"y"}}
		prior = func(v map[string]float64, _ int) []dimension {
			return []dimension{bit("y/noise", logistic(v["m"])), {"z/noise", 0, hermite(24)}}
		}
	case c.kind == "discrete":
		p, base.Sites = bits(1), choice{"z": vi.Score{}}
		p.params["m"] = -.6
		prior = func(v map[string]float64, _ int) []dimension { return []dimension{bit("z/noise", logistic(v["m"]))} }
	case c.kind != "reparameterised":
		t.Fatalf("no problem covers %v", c)
	}
	joint := func(exact map[string]float64) map[string]float64 { return only(exact, "w", "b", "m") }
	guide := func(exact map[string]float64) map[string]float64 { return only(exact, "a", "c", "l") }
	switch {
	case c.objective == "TVO":
		tvo := vi.TVO{K: 2, Points: []float64{.3, .6}}
		if c.estimator == "Enumerate" {
			tvo.Enumerate = []string{"y"}
		}
		exact, got := p.compile(t, tvo, k, false).exact(t), p.mean(t, tvo, k)
		judge(t, "", "unbiased", got, joint(exact), -1)
		judge(t, "", c.verdict, got, guide(exact), -1)
	case c.objective == "ReweightedWakeSleep":
		got := p.mean(t, rws, k)
		judge(t, "", "unbiased", got, joint(p.compile(t, base, k, false).exact(t)), -1)
		q := p.with(prior)
		want := guide(q.compile(t, inclusive{true}, 1, false).exact(t))
		evidence := q.compile(t, inclusive{}, 1, false).integrate(t, p.params).value
		for name := range want {
			want[name] /= evidence
		}
		judge(t, "", c.verdict, got, want, -1)
	case c.objective == "WakeSleep" && c.verdict == "unbiased" && c.estimator == "(none)":
		base.K = 1
		want := joint(p.compile(t, base, 1, false).exact(t))
		dreams := func(v map[string]float64, _ int) []dimension {
			ds := prior(v, 1)
			ds[0].input = "sleep/" + ds[0].input
			return append(ds, dimension{"sleep/x/noise", 0, hermite(20)})
		}
		maps.Copy(want, guide(p.with(dreams).compile(t, asleep{}, 1, false).exact(t)))
		both := p.with(func(v map[string]float64, _ int) []dimension { return append(p.noise(v, 1), dreams(v, 1)...) })
		judge(t, "", c.verdict, both.mean(t, vi.WakeSleep{}, 1), want, -1)
	default:
		t.Fatalf("no problem covers %v", c)
	}
}

func only(m map[string]float64, names ...string) map[string]float64 {
	out := map[string]float64{}
	for _, name := range names {
		if x, ok := m[name]; ok {
			out[name] = x
		}
	}
	return out
}

// bit is the noise of a bit that is 1 with probability q.
func bit(input string, q float64) dimension {
	return dimension{input, 0, cells(func([]float64) []float64 { return []float64{q} })}
}

// inclusive has p(x|z)·log q(z|x) as its value, with z from the prior: the mean
// is p(x)·E[log q(z|x)] under the posterior. Without the score it is p(x|z).
type inclusive struct{ score bool }

func (o inclusive) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	r := vi.Run(s, vi.Model{Joint: m.Joint}, d, vi.Config{})
	given, value := maps.Clone(d), graph.Exp(graph.Sum(r.Site("x").LogP))
	if !o.score {
		return &vi.Estimate{Value: value}
	}
	for _, z := range r.Sites() {
		given[z.Name] = graph.Reshape(z.Value, 1, 1)
	}
	q := vi.Run(s.In("guide"), m, given, vi.Config{}).Site("z")
	return &vi.Estimate{Value: value.Mul(graph.Sum(q.LogQ))}
}
