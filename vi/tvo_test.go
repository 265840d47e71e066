package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// thermodynamic is the objective of bits(1) itself, by its two values.
func thermodynamic(v map[string]float64, x float64, points []float64) (l float64) {
	logBit := func(logit, z float64) float64 { return z*logit - math.Log1p(math.Exp(logit)) }
	normal := func(d, l float64) float64 { return -.5*d*d*math.Exp(-2*l) - l - .5*math.Log(2*math.Pi) }
	var logp, logq [2]float64
	for i := range logp {
		z := float64(i)
		h := z * v["w"]
		logp[i] = logBit(v["m"], z) + normal(x-h-math.Sin(2*h)-v["b"], -.5)
		logq[i] = logBit(x*v["a"]+v["c"], z)
	}
	points = append(append([]float64{0}, points...), 1)
	for i, b := range points[:len(points)-1] {
		a0, a1 := math.Exp(b*logp[0]+(1-b)*logq[0]), math.Exp(b*logp[1]+(1-b)*logq[1])
		l += (points[i+1] - b) * (a0*(logp[0]-logq[0]) + a1*(logp[1]-logq[1])) / (a0 + a1)
	}
	return l
}

// TestTVOOfManyDraws: value and gradient, of the guide too, are those of the objective.
func TestTVOOfManyDraws(t *testing.T) {
	const k = 2000000
	p, points := bits(1), []float64{.2, .5}
	params := &graph.Params{Dtype: graph.Float64, Seed: 5}
	prog, err := graph.Build(params, func(s *graph.Scope) {
		m := p.model(s)
		wrt := s.Trainable()
		e := vi.TVO{K: k, Points: points}.Estimate(s, m, vi.Data{"x": s.Input("x", 1, 1)})
		s.Output("value", e.Value)
		for i, g := range e.Grad(wrt...) {
			s.Output("grad/"+wrt[i].Name(), g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range p.params {
		dst, err := graph.Memory[float64](params, name)
		if err != nil {
			t.Fatal(err)
		}
		dst[0] = v
	}
	graph.Feed(prog, "x", p.data["x"])
	if err := prog.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	x := p.data["x"][0]
	if v, _ := prog.Value("value"); !(math.Abs(v[0]-thermodynamic(p.params, x, points)) <= 2e-3) {
		t.Errorf("value %v, want %v", v, thermodynamic(p.params, x, points))
	}
	for name, v := range p.params {
		const h = 1e-4
		p.params[name] = v + h
		up := thermodynamic(p.params, x, points)
		p.params[name] = v - h
		want := (thermodynamic(p.params, x, points) - up) / (2 * h) // of a cost
		p.params[name] = v
		if g, _ := prog.Value("grad/" + name); !(math.Abs(g[0]-want) <= 2e-3) {
			t.Errorf("gradient by %s %v, want %v", name, g, want)
		}
	}
}

// TestTVOIsASandwich: of the same draws, ELBO ≤ TVO ≤ IWAE ≤ upper sum, and with many
// points the sums meet.
func TestTVOIsASandwich(t *testing.T) {
	many := make([]float64, 999)
	for i := range many {
		many[i] = float64(i+1) / 1000
	}
	prog, err := graph.Build(&graph.Params{Dtype: graph.Float64, Seed: 2}, func(s *graph.Scope) {
		m := optionModel("normals")(s)
		d := vi.Data{"x": s.Input("x", 3, 2)}
		few := vi.TVO{K: 6, Points: []float64{.05, .3}}.Estimate(s, m, d)
		s.Output("elbo", few.Terms["elbo"])
		s.Output("few", few.Value)
		s.Output("upper", few.Terms["upper"])
		s.Output("iwae", graph.Mean(graph.LogSumExp(few.Record.LogWeights(), 0)).Shift(-math.Log(6)))
		fine := vi.TVO{K: 6, Points: many}.Estimate(s.In("fine"), m, d)
		s.Output("left", fine.Value)
		s.Output("right", fine.Terms["upper"])
		s.Output("inner", graph.Mean(graph.LogSumExp(fine.Record.LogWeights(), 0)).Shift(-math.Log(6)))
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(prog, "x", []float64{.5, -1, 2, .3, -.2, .8})
	if err := prog.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	at := func(name string) float64 { v, _ := prog.Value(name); return v[0] }
	if !(at("elbo") < at("few") && at("few") < at("iwae") && at("iwae") < at("upper")) {
		t.Errorf("ELBO %v, TVO %v, IWAE %v, upper %v", at("elbo"), at("few"), at("iwae"), at("upper"))
	}
	if !(at("left") < at("inner") && at("inner") < at("right") && at("right")-at("left") < .01) {
		t.Errorf("left %v, IWAE %v, right %v", at("left"), at("inner"), at("right"))
	}
}

// TestTVOOfTwoLayers: by the parameters of the joint the gradient is that of the mean
// value.
func TestTVOOfTwoLayers(t *testing.T) {
	o := vi.TVO{K: 2, Points: []float64{.4}}
	for name, p := range map[string]problem{"normals": latentChain(), "a normal and a bit": mixed(false)} {
		exact := p.compile(t, o, 2, false).exact(t)
		judge(t, name, "unbiased", p.mean(t, o, 2), only(exact, "w", "m"), -1)
	}
}
