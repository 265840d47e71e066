package vi_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// globalARM is the augment-REINFORCE-merge estimator at a global bit, from the noise
// that its law drew it from.
var globalARM = vi.Own{Name: "arm", Globals: true, Gradient: func(a *vi.At) {
	shape := a.Site.Value.Shape()
	logits := graph.BroadcastTo(a.Law().(prob.Bernoulli).Logits, shape...)
	u := a.Noise("noise", graph.UniformNoise, shape...)
	f := a.Signal().Sub(a.SignalAt(u.Neg().Shift(1).Lt(graph.Sigmoid(logits))))
	a.Toward(logits, f.Mul(u.Neg().Shift(.5)))
}}

// TestOwnAtGlobals: the mean gradient of estimators and a baseline of one's own at a
// normal and at a binary global is that of Score.
func TestOwnAtGlobals(t *testing.T) {
	less := vi.Own{Name: "less", Globals: true, Gradient: func(a *vi.At) {
		c := a.Scope().Param("less", graph.Constant(.4))
		a.Score(a.Signal().Sub(a.Share().Mul(c)))
		a.Learn(c.Square(), c)
	}}
	base := vi.Score{Baseline: vi.OwnBaseline{Name: "constant", Globals: true, Of: func(a *vi.At, f *graph.Node) *graph.Node { return a.Share().Scale(-.7) }}}
	turned := shared("global")
	turned = turned.with(func(v map[string]float64, k int) []dimension {
		q := logistic(v["c"])
		ds := []dimension{{"w/noise", 0, hermite(20)}, {"v/noise", 0, cells(func([]float64) []float64 { return []float64{q, 1 - q} })}}
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, cells(func(b []float64) []float64 {
				return []float64{turned.chanceAt(v, b[0], b[1]), turned.chanceAt(v, b[0], 1-b[1])}
			})})
		}
		return ds
	})
	for _, c := range []struct {
		name string
		p    problem
		w, v vi.Estimator
	}{
		{"score less a constant", shared("global"), less, less},
		{"baseline", shared("global"), base, &base},
		{"another value", turned, vi.Score{}, globalARM},
	} {
		for _, o := range column("ELBO") {
			sites := func(w, v vi.Estimator) vi.Objective { return o(2, choice{"w": w, "v": v, "z": vi.Score{}}) }
			exact := shared("global").compile(t, sites(vi.Score{}, vi.Score{}), 2, false).exact(t)
			judge(t, c.name, "unbiased", c.p.mean(t, sites(c.w, c.v), 2), exact, -1)
		}
	}
}

// TestOwnIsRefusedAtGlobals: what asks for other draws, or for a draw of its own.
func TestOwnIsRefusedAtGlobals(t *testing.T) {
	others := globalARM
	others.Gradient = func(a *vi.At) { a.Score(a.OtherDraws(a.Signal())) }
	drawn, local := globalARM, globalARM
	drawn.Draw = func(noise func(string, graph.Noise, ...int) *graph.Node, _ prob.Dist) *graph.Node {
		return noise("noise", graph.UniformNoise, 1)
	}
	local.Globals = false
	for want, e := range map[string]vi.Estimator{
		"vi: v is a global of one draw, and arm asks for OtherDraws":                 others,
		"vi: the estimator of v, arm, has a Draw and Globals, which their law draws": drawn,
		"vi: site v: ELBO does not take arm at a global site":                        local,
		"vi: site v: ELBO does not take Score{mine} at a global site":                vi.Score{Baseline: vi.OwnBaseline{Name: "mine", Of: func(a *vi.At, f *graph.Node) *graph.Node { return f }}},
		"vi: site v: the baseline mine depends on the draw that it is subtracted at": vi.Score{Baseline: vi.OwnBaseline{Name: "mine", Globals: true, Of: func(a *vi.At, f *graph.Node) *graph.Node { return f }}},
	} {
		err := shared("global").fails(vi.ELBO{Config: vi.Config{K: 2, Total: 7, Sites: choice{"v": e, "w": vi.Score{}, "z": vi.Score{}}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
