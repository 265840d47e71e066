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

// whole integrates over K draws of the globals of a problem, each in a run of its own.
func (p problem) whole() problem {
	noise := p.noise
	return p.with(func(v map[string]float64, k int) (ds []dimension) {
		for i := range k {
			for _, d := range noise(v, 1) {
				if i > 0 {
					d.input = "draws/" + string(rune('1'+i)) + "/" + d.input
				}
				ds = append(ds, d)
			}
		}
		return ds
	})
}

// allRows is IWVI of as many rows as the data have.
type allRows struct{ vi.IWVI }

func (o allRows) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	o.Total = d["x"].Shape()[0]
	return o.IWVI.Estimate(s, m, d)
}

// wholes has a normal w and, given that, a bit v for the data set, and a bit for each
// datum that the joint sums over.
func wholes() problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			m, l, a, c, b := param(s, "m"), param(s, "l"), param(s, "a"), param(s, "c"), param(s, "b")
			return vi.Model{
				Guide: func(t *vi.Trace) {
					w := t.Global("w", normal1(graph.BroadcastTo(m, 1), l))
					t.Global("v", prob.Bernoulli{Logits: w.Mul(a).Add(c)})
				},
				Joint: func(t *vi.Trace) {
					w := t.Global("w", normal1(s.Tensor([]float64{.2}, 1), s.Const(.1)))
					v := t.Global("v", prob.Bernoulli{Logits: s.Tensor([]float64{-.5}, 1)})
					t.Draw("y", prob.Bernoulli{Logits: t.Given("x").Mul(w.Add(v.Mul(b)))})
				},
			}
		},
		params: map[string]float64{"m": .6, "l": -.6, "a": .5, "c": -.3, "b": .8},
		data:   map[string][]float64{"x": {.7}, "y": {1}},
	}
	p.noise = func(par map[string]float64, k int) []dimension {
		return []dimension{{"w/noise", 0, hermite(24)}, {"v/noise", 0, cells(func(before []float64) []float64 {
			w := par["m"] + math.Exp(par["l"])*before[len(before)-1]
			return []float64{logistic(w*par["a"] + par["c"])}
		})}}
	}
	return p.whole()
}

// TestWeightsOfAllDataRise: at K of 1 the bound is ELBO's with divergences by draws, on
// the same noise; with more draws it rises, and at the exact posterior it is log p(x).
func TestWeightsOfAllDataRise(t *testing.T) {
	p := exactGlobal(false)
	at := func(o vi.Objective, k int, params map[string]float64) float64 {
		q := p.problem
		if _, ok := o.(vi.IWVI); ok {
			q = q.whole()
		}
		return q.compile(t, o, k, false).integrate(t, params).value
	}
	off := map[string]float64{"m": p.params["m"] + .4, "l": p.params["l"] + .2}
	of := func(k int) vi.Objective { return vi.IWVI{Config: vi.Config{K: k, Total: 3}} }
	one := at(vi.ELBO{Config: vi.Config{Total: 3}, KL: vi.MonteCarlo}, 1, off)
	close(t, "one draw", at(of(1), 1, off), one, 1e-13)
	two, three := at(of(2), 2, off), at(of(3), 3, off)
	if !(one < two && two < three && three < p.level) {
		t.Errorf("bounds %v, %v, %v of 1 to 3 draws, log p(x) %v", one, two, three, p.level)
	}
	for k := 1; k <= 3; k++ {
		close(t, "at the posterior", at(of(k), k, p.params), p.level, 1e-12)
	}
}

// TestTermsOfWeightsOfAllData: elbo, ess and kl are those of the draws.
func TestTermsOfWeightsOfAllData(t *testing.T) {
	points := []float64{.4, -.9, 1.7} // of another posterior than the guide
	prog, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		e := vi.IWVI{Config: vi.Config{K: 2, Total: 3}}.Estimate(s.NoiseAsInput(), meanOf(s, false), points3(s, points))
		s.Output("value", e.Value)
		for name, n := range e.Terms {
			s.Output("term/"+name, n)
		}
		if len(e.MonteCarlo) != 1 || e.MonteCarlo[0] != "w" {
			t.Errorf("by Monte Carlo: %v", e.MonteCarlo)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	noise := []float64{.3, -1.1}
	for i, name := range []string{"w/noise", "draws/2/w/noise"} {
		if err := graph.Feed(prog, name, noise[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := prog.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	var logs, kls [2]float64
	for k, eps := range noise {
		w := .5 + .5*eps
		kls[k] = logNormal(w, .5, .25) - logNormal(w, 0, 1)
		logs[k] = -kls[k]
		for _, x := range points {
			logs[k] += logNormal(x, w, 1)
		}
	}
	a, b := math.Exp(logs[0]), math.Exp(logs[1])
	for name, want := range map[string]float64{
		"value": math.Log((a+b)/2) / 3, "term/elbo": (logs[0] + logs[1]) / 6, "term/ess": (a + b) * (a + b) / (a*a + b*b), "term/kl/w": (kls[0] + kls[1]) / 6,
	} {
		v, err := prog.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		close(t, name, v[0], want, 1e-12)
	}
}

func TestWeightsOfAllDataRefuse(t *testing.T) {
	local := func(s *graph.Scope) vi.Model {
		m := meanOf(s, false)
		guide, joint := m.Guide, m.Joint
		m.Guide = func(t *vi.Trace) { guide(t); t.Draw("z", prob.StdNormal(1)) }
		m.Joint = func(t *vi.Trace) { joint(t); t.Draw("z", prob.StdNormal(1)) }
		return m
	}
	global := func(s *graph.Scope) vi.Model { return meanOf(s, false) }
	for want, c := range map[string]struct {
		model func(s *graph.Scope) vi.Model
		c     vi.Config
	}{
		"vi: IWVI of 3 rows with a Total of 7: its weights are of all data at once":                   {global, vi.Config{K: 2, Total: 7}},
		"vi: IWVI has the global site w: set Total":                                                   {global, vi.Config{K: 2}},
		"vi: IWVI runs the model once for each draw, and there are 65, more than 64":                  {global, vi.Config{K: 65, Total: 3}},
		"vi: K is -1, want 1 or more":                                                                 {global, vi.Config{K: -1, Total: 3}},
		"vi: site w: VIMCO compares draws with each other and needs K of 2 or more, not 1":            {global, vi.Config{Total: 3, Estimator: vi.VIMCO{}}},
		"vi: site z: IWVI weighs draws of globals, and z has draws for each datum; enumerate it, or ": {local, vi.Config{K: 2, Total: 3}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			vi.IWVI{Config: c.c}.Estimate(s, c.model(s), points3(s, threePoints))
		})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
