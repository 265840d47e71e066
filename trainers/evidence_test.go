package trainers_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// effects is w ~ N(0, 1) for all data, z_i ~ N(w, 1), x_i ~ N(z_i, ½²), with a guide
// of w of some standard deviation, or none.
func effects(std float64) func(s *graph.Scope) vi.Model {
	return func(s *graph.Scope) vi.Model {
		normal := func(mean *graph.Node, std float64) prob.Normal {
			return prob.Normal{Mean: mean, LogStd: s.Const(math.Log(std))}
		}
		m := vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", normal(t.Global("w", prob.StdNormal(1)), 1))
			t.Draw("x", normal(z, .5))
		}}
		if std > 0 {
			m.Guide = func(t *vi.Trace) {
				w := t.Global("w", normal(s.Tensor([]float64{.5}, 1), std))
				t.Draw("z", normal(t.Given("x").Scale(.8).Add(w.Scale(.2)), .5))
			}
		}
		return m
	}
}

var effectsData = []float64{1.2, -.4, .7, 2.1, .3}

// effectsEvidence is log N(x; 0, 1·1ᵀ + 1.25·I).
func effectsEvidence() float64 {
	n := len(effectsData)
	cov := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range n {
			cov.SetSym(i, j, 1)
		}
		cov.SetSym(i, i, 2.25)
	}
	var c mat.Cholesky
	c.Factorize(cov)
	var solved mat.VecDense
	x := mat.NewVecDense(n, effectsData)
	if err := c.SolveVecTo(&solved, x); err != nil {
		return math.NaN()
	}
	return -.5 * (mat.Dot(x, &solved) + c.LogDet() + float64(n)*math.Log(2*math.Pi))
}

// The exact log p(x) lies within two standard errors of the estimate as often as it
// should, in batches of any size, with latents of rows, by a guide or by the prior.
func TestEvidence(t *testing.T) {
	exact := effectsEvidence()
	for _, of := range []struct {
		name string
		std  float64
		c    trainers.EvidenceConfig
		most float64 // StdErr
	}{
		{"guide", .6, trainers.EvidenceConfig{K: 400, RowDraws: 3}, .05},
		{"one draw of a row", .6, trainers.EvidenceConfig{K: 400}, .1},
		{"prior", 0, trainers.EvidenceConfig{K: 400, RowDraws: 20}, .2},
	} {
		inside, studies := 0, 60
		for seed := range studies {
			of.c.Seed = uint64(seed)
			r, err := trainers.Evidence(context.Background(), effects(of.std), &graph.Params{Dtype: graph.Float64}, set(t, effectsData...).Batches(data.BatchConfig{Size: 1 + seed%5, Evaluation: true}), of.c)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(r.LogEvidence-exact) < 2*r.StdErr {
				inside++
			}
			if !(r.StdErr < of.most) || !(r.Shape < .7) || len(r.LogWeights) != 400 || !(r.ESS > 10 && r.ESS < 400) {
				t.Errorf("%s: ± %v, k̂ %v, %v of %d draws", of.name, r.StdErr, r.Shape, r.ESS, len(r.LogWeights))
			}
		}
		if share := float64(inside) / float64(studies); share < .87 {
			t.Errorf("%s: %v of the estimates are within two standard errors of %v", of.name, share, exact)
		}
	}
}

// Batches change nothing, the first draws are those of fewer, and a guide that is much
// too narrow is told by the shape of its weights.
func TestEvidenceDraws(t *testing.T) {
	estimate := func(size, k int, std float64) trainers.EvidenceResult {
		t.Helper()
		r, err := trainers.Evidence(context.Background(), effects(std), &graph.Params{Dtype: graph.Float64}, set(t, effectsData...).Batches(data.BatchConfig{Size: size, Evaluation: true}), trainers.EvidenceConfig{K: k, RowDraws: 4})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	whole := estimate(0, 300, .6)
	for k, l := range estimate(2, 100, .6).LogWeights {
		if math.Abs(l-whole.LogWeights[k]) > 1e-12 {
			t.Errorf("draw %d: log weight %v in batches of 2, %v in one", k, l, whole.LogWeights[k])
		}
	}
	if r := estimate(0, 2000, .08); !(r.Shape > .7) {
		t.Errorf("k̂ %v of a guide a sixth as wide as the posterior", r.Shape)
	}
	if r := estimate(0, 0, .6); len(r.LogWeights) != 1000 {
		t.Errorf("%d draws by default", len(r.LogWeights))
	}
}

// Where Laplace's approximation errs, importance sampling from it does not: the
// marginal likelihood of coins, B(7, 5)/B(2, 3).
func TestEvidenceByLaplace(t *testing.T) {
	coins := func(t *vi.Trace) {
		p := t.Global("p", prob.Beta{LogA: graph.Const(math.Log(2)), LogB: graph.Const(math.Log(3))})
		t.Draw("x", prob.Bernoulli{Logits: graph.Log(p).Sub(graph.Log1p(p.Neg()))})
	}
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: coins, Guide: guide.New(s, coins, guide.Config{Family: guide.Laplace{}})}
	}
	tosses := set(t, 1, 1, 0, 1, 1, 0, 1).Batches(data.BatchConfig{Evaluation: true})
	params := &graph.Params{Dtype: graph.Float64}
	estimate := func() (trainers.EvidenceResult, error) {
		return trainers.Evidence(context.Background(), model, params, tosses, trainers.EvidenceConfig{K: 20000})
	}
	if _, err := estimate(); err == nil || !strings.Contains(err.Error(), "weigh the same: it is a point") {
		t.Errorf("error %v", err)
	}
	l, err := trainers.Laplace(context.Background(), laplace(coins, guide.Config{}, 7), params, tosses)
	if err != nil {
		t.Fatal(err)
	}
	r, err := estimate()
	if err != nil {
		t.Fatal(err)
	}
	const want = -5.26009615372784 // log B(7, 5)/B(2, 3), by mpmath
	if math.Abs(r.LogEvidence-want) > 4*r.StdErr || !(r.StdErr < .005) || math.Abs(l.LogEvidence-want) < 4*r.StdErr {
		t.Errorf("log p(x) %v ± %v, by Laplace %v, want %v", r.LogEvidence, r.StdErr, l.LogEvidence, want)
	}
}

func TestEvidenceRefuses(t *testing.T) {
	rows := set(t, effectsData...).Batches(data.BatchConfig{Evaluation: true})
	of := func(joint vi.Func, f guide.Family) func(s *graph.Scope) vi.Model {
		return func(s *graph.Scope) vi.Model {
			return vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{Family: f})}
		}
	}
	mean := func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: t.Global("w", prob.StdNormal(1)), LogStd: graph.Const(0)})
	}
	local := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(1)), LogStd: s.Const(0)})
		}}
	}
	far := func(t *vi.Trace) {
		t.Draw("x", prob.Exponential{LogRate: t.Global("w", prob.StdNormal(1))})
	}
	bad := func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: graph.Log(t.Global("w", prob.StdNormal(1)).Square().Neg()), LogStd: graph.Const(0)})
	}
	weight := func(s *graph.Scope) vi.Model {
		q := prob.Normal{Mean: s.Tensor([]float64{.1}, 1, 1), LogStd: s.Tensor([]float64{-1}, 1, 1)}
		return vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", q, 1) },
			Joint: func(t *vi.Trace) {
				x := s.Tensor(effectsData, 1, len(effectsData), 1)
				t.Draw("x", prob.Normal{Mean: t.Product("w", prob.StdNormal(1), x, vi.MatMul{}), LogStd: s.Const(0)})
			},
		}
	}
	for _, c := range []struct {
		want  string
		model func(s *graph.Scope) vi.Model
		c     trainers.EvidenceConfig
	}{
		{"no model to estimate", nil, trainers.EvidenceConfig{}},
		{"Evidence by 1 draws, want 2 or more", effects(1), trainers.EvidenceConfig{K: 1}},
		{"Evidence by -1 RowDraws", effects(1), trainers.EvidenceConfig{RowDraws: -1}},
		{"draws w from prob.Delta: a point has no density", of(mean, guide.Delta{}), trainers.EvidenceConfig{}},
		{"the latent weight w, whose noise is that of the products", weight, trainers.EvidenceConfig{}},
		{"without a global: p(data) is a product over the rows", local, trainers.EvidenceConfig{}},
		{"none of 3 draws of the guide is possible under the joint", of(far, nil), trainers.EvidenceConfig{K: 3}},
		{"the weight of draw 0 is NaN", of(bad, nil), trainers.EvidenceConfig{K: 3}},
	} {
		_, err := trainers.Evidence(context.Background(), c.model, &graph.Params{}, rows, c.c)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v\nwant  %s", err, c.want)
		}
	}
}

// evidenceOptions is a part of options.
func evidenceOptions(t *testing.T) map[string][][]string {
	of := func(c trainers.EvidenceConfig) string {
		mixed := func(s *graph.Scope) vi.Model {
			return vi.Model{Joint: func(t *vi.Trace) {
				w := t.Global("w", prob.StdNormal(1))
				y := t.Draw("y", prob.Bernoulli{Logits: s.Tensor([]float64{.3}, 1)})
				t.Draw("x", prob.Normal{Mean: w.Add(y.Scale(2)), LogStd: s.Const(0)})
			}}
		}
		r, err := trainers.Evidence(context.Background(), mixed, &graph.Params{}, set(t, effectsData...).Batches(data.BatchConfig{Evaluation: true}), c)
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(r)
	}
	few := trainers.EvidenceConfig{K: 5}
	with := func(f func(c *trainers.EvidenceConfig)) string {
		c := few
		f(&c)
		return of(c)
	}
	return map[string][][]string{
		"EvidenceConfig.K":         {{of(few), of(trainers.EvidenceConfig{K: 6})}, {of(few), of(trainers.EvidenceConfig{K: 1}), "want 2 or more"}},
		"EvidenceConfig.RowDraws":  {{of(few), with(func(c *trainers.EvidenceConfig) { c.RowDraws = 2 })}},
		"EvidenceConfig.Enumerate": {{of(few), with(func(c *trainers.EvidenceConfig) { c.Enumerate = []string{"y"} })}, {of(few), with(func(c *trainers.EvidenceConfig) { c.Enumerate = []string{"z"} }), "site z is to be enumerated"}},
		"EvidenceConfig.Seed":      {{of(few), with(func(c *trainers.EvidenceConfig) { c.Seed = 1 })}},
	}
}
