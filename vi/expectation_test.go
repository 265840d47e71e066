package vi_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// monteCarlo are the terms of the ELBO with divergences by Monte Carlo, one a
// site, of a run with at most one enumeration.
func monteCarlo(r *vi.Record) (fs []*graph.Node) {
	inside := false // the joint alone enumerates
	for _, s := range r.Sites() {
		inside = inside || s.Enumerated && s.Q == nil
	}
	var summed *graph.Node
	for _, s := range r.Sites() {
		over := 1 / float64(max(r.Total, 1))
		switch {
		case s.Global && s.Value == nil: // a product's weight: no draw to score
			fs = append(fs, graph.Sum(prob.KLs(s.Q, s.P)).Scale(-over))
		case s.Global:
			fs = append(fs, s.LogP.Sub(s.LogQ).Scale(over))
		case inside && s.LogP.Shape()[0] > 1:
			if summed == nil {
				summed = s.LogP
			} else {
				summed = summed.Add(s.LogP)
			}
			if s.Q != nil {
				fs = append(fs, s.LogQ.Neg())
			}
		case s.Observed:
			fs = append(fs, s.LogP)
		default:
			fs = append(fs, s.LogP.Sub(s.LogQ))
		}
	}
	if summed != nil {
		fs = append(fs, graph.ExpandDims(graph.LogSumExp(summed, 0), 0))
	}
	return fs
}

// once runs a problem on some fixed noise and returns the value and the
// gradients.
func (p problem) once(t *testing.T, o vi.Objective, k int) map[string]float64 {
	t.Helper()
	c := p.compile(t, o, k, true)
	for name, v := range p.params {
		dst, err := graph.Memory[float64](c.params, name)
		if err != nil {
			t.Fatal(err)
		}
		dst[0] = v
	}
	for _, name := range c.prog.Inputs() {
		if _, ok := c.data[name]; ok {
			continue
		}
		x := make([]float64, graph.Size(c.prog.Shape(name)))
		for i := range x {
			x[i] = .05 + .9*math.Mod(.37*float64(len(name))+.618034*float64(i+1), 1)
		}
		if err := graph.Feed(c.prog, name, x); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.prog.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, name := range c.prog.Outputs() {
		v, err := c.prog.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = v[0]
	}
	return out
}

// TestTheELBOIsAnExpectation: with the terms of the Monte Carlo ELBO, value and
// gradients are those of the ELBO, draw by draw, for every estimator, alone and
// beside an enumeration.
func TestTheELBOIsAnExpectation(t *testing.T) {
	t.Setenv("LATENT_SWEEP", "1") // every problem: each is one draw
	known, seen := estimators(), 0
	for _, c := range matrix() {
		e := known[c.estimator]
		if c.objective != "Expectation" || c.verdict == "-" {
			continue
		}
		seen++
		for i, tr := range append(trials(c, e), besideTrials(c, e)...) {
			elbo := vi.ELBO{Config: vi.Config{K: tr.k, Total: 7, Sites: tr.sites}, KL: vi.MonteCarlo}
			want := tr.p.once(t, elbo, tr.k)
			got := tr.p.once(t, vi.Expectation{Config: elbo.Config, Of: monteCarlo}, tr.k)
			if len(got) != len(want) || len(got) < 2 {
				t.Fatalf("outputs %v, want %v", got, want)
			}
			for name, w := range want {
				if d := math.Abs(got[name] - w); !(d <= 1e-12*(1+math.Abs(w))) {
					t.Errorf("%s of a %s, problem %d %s: %s is %v, of the ELBO %v", c.estimator, c.kind, i, tr.name, name, got[name], w)
				}
			}
		}
	}
	if seen != len(matrixOf("ELBO")) {
		t.Errorf("%d estimators, the ELBO takes %d", seen, len(matrixOf("ELBO")))
	}
}

// TestTermsWithoutALatentAddNoGradient: constants, and terms of parameters alone,
// as scalars and as scores, add to the value and leave all gradients as they are,
// under every estimator.
func TestTermsWithoutALatentAddNoGradient(t *testing.T) {
	with := func(r *vi.Record) []*graph.Node {
		var one []int // the shape of a score that depends on no axis
		for _, s := range r.Sites() {
			if s.Observed {
				one = slices.Repeat([]int{1}, len(s.LogP.Shape()))
			}
		}
		gain := r.Scope.In("reward").Param("gain", graph.Constant(1.3))
		return append([]*graph.Node{
			graph.Const(3), r.Scope.Tensor([]float64{-2}, one...), gain.Square(), graph.Reshape(graph.Sin(gain), one...),
		}, monteCarlo(r)...)
	}
	known := estimators()
	for _, c := range matrixOf("Expectation") {
		e := known[c.estimator]
		for i, tr := range append(trials(c, e), besideTrials(c, e)...) {
			o := vi.Expectation{Config: vi.Config{K: tr.k, Total: 7, Sites: tr.sites}, Of: monteCarlo}
			want := tr.p.once(t, o, tr.k)
			want["value"] += 3 - 2 + 1.3*1.3 + math.Sin(1.3)
			o.Of = with
			got := tr.p.once(t, o, tr.k)
			for name, w := range want {
				if d := math.Abs(got[name] - w); !(d <= 1e-12*(1+math.Abs(w))) {
					t.Errorf("%s of a %s, problem %d %s: %s is %v, want %v", c.estimator, c.kind, i, tr.name, name, got[name], w)
				}
			}
		}
	}
}

// matrixOf returns what an objective takes.
func matrixOf(objective string) (cs []cell) {
	for _, c := range matrix() {
		if c.objective == objective && c.verdict != "-" {
			cs = append(cs, c)
		}
	}
	return cs
}

// curved are terms that are no bound: a reward with a parameter of its own that
// depends on two latents, and products of scores.
func curved(r *vi.Record) []*graph.Node {
	y, z := r.Site("y"), r.Site("z")
	sum := func(x *graph.Node) *graph.Node { return graph.Sum(x, -1) }
	gain := r.Scope.In("reward").Param("gain", graph.Constant(1.3))
	reward := graph.Sin(sum(z.Value).Mul(gain)).Mul(sum(y.Value).Shift(.4))
	return []*graph.Node{reward, z.LogQ.Square().Scale(.2), y.LogQ.Mul(r.Site("x").LogP).Scale(.1)}
}

// TestExpectationOfOnesOwnTermsIsUnbiased: of terms that hold log q in other ways
// than a bound does.
func TestExpectationOfOnesOwnTermsIsUnbiased(t *testing.T) {
	o := func(e choice) vi.Objective {
		return vi.Expectation{Config: vi.Config{Sites: e}, Of: curved}
	}
	for _, c := range []struct {
		p   problem
		est []choice
	}{
		{mixed(false), []choice{{"y": vi.Score{}}, {"z": vi.Score{}, "y": vi.Score{}}, {"z": vi.Score{Baseline: vi.NVIL{Hidden: 2}}, "y": vi.VIMCO{}}}},
		{mixed(true), []choice{{"y": vi.DisARM{}}}},
	} {
		for _, e := range c.est {
			k := 1
			if _, vimco := e["y"].(vi.VIMCO); vimco {
				k = 2
			}
			made := o(e).(vi.Expectation)
			made.K = k
			exact := c.p.compile(t, made, k, false).exact(t)
			agree(t, fmt.Sprint(e), c.p, made, k, exact, -1)
		}
	}
	// Enumerated after z, with a coefficient of log q(z) that differs between the
	// values: no constant is the mean of it.
	uneven := func(r *vi.Record) []*graph.Node {
		return append(monteCarlo(r), r.Site("z").LogQ.Mul(graph.Tensor([]float64{-.5, 2}, 2, 1, 1)))
	}
	for _, bit := range []bool{false, true} {
		kind := map[bool]string{false: "reparameterised", true: "discrete"}[bit]
		tr := besideLatent("after", cell{"Score", kind, "Expectation", ""}, vi.Score{})
		made := vi.Expectation{Config: vi.Config{K: tr.k, Sites: tr.sites}, Of: uneven}
		agree(t, "uneven "+kind, tr.p, made, tr.k, tr.p.compile(t, made, tr.k, false).exact(t), -1)
	}
	for name, terms := range map[string]func(r *vi.Record) []*graph.Node{
		"square": func(r *vi.Record) []*graph.Node { return []*graph.Node{r.Site("z").LogQ.Square()} },
		"uneven": uneven,
	} {
		err := beside("after", false).fails(vi.Expectation{Config: vi.Config{Enumerate: []string{"y"}, Sites: of(vi.STL{})}, Of: terms})
		if err == nil || !strings.HasPrefix(err.Error(), "vi: site z: Expectation of what log q of z is multiplied by a function of the draw in, or is not linear in: STL drops a score") {
			t.Errorf("%s: error %v, want a refusal of STL", name, err)
		}
	}
}

// TestExpectationWithoutData is −KL(q ‖ p) of rows that have no data.
func TestExpectationWithoutData(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		at := s.Param("at", graph.Constant(.6), 1)
		law := func(mean *graph.Node) prob.Normal { return normal1(mean, s.Const(0)) }
		m := vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", law(at)) },
			Joint: func(t *vi.Trace) { t.Draw("z", law(s.Const(0))) },
		}
		o := vi.Expectation{Config: vi.Config{Rows: 3, Estimator: vi.STL{}}, Of: monteCarlo}
		e := o.Estimate(s, m, nil)
		s.Output("rows", e.PerRow)
		s.Output("z", graph.Reshape(e.Record.Site("z").Value, 3))
		s.Output("g", e.Grad(at)[0])
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 4}); err != nil {
		t.Fatal(err)
	}
	rows, _ := p.Value("rows")
	z, _ := p.Value("z")
	for i, v := range rows {
		if want := (z[i]-.6)*(z[i]-.6)/2 - z[i]*z[i]/2; !(math.Abs(v-want) <= 1e-12) {
			t.Errorf("row %d: %v, want %v", i, v, want)
		}
	}
	if g, _ := p.Value("g"); len(rows) != 3 || !(math.Abs(g[0]-.6) <= 1e-12) { // −∂/∂z of the rows' mean, ∂z/∂at = 1
		t.Errorf("%d rows, gradient %v, want 3 and .6", len(rows), g)
	}
}

// TestExpectationRefusals holds what a summand must be.
func TestExpectationRefusals(t *testing.T) {
	z := func(r *vi.Record) *graph.Node { return r.Site("z").LogQ }
	for name, c := range map[string]struct {
		of   func(r *vi.Record) []*graph.Node
		want string
	}{
		"no function": {nil, "vi: Expectation without its function Of"},
		"nothing":     {func(*vi.Record) []*graph.Node { return nil }, "vi: Expectation of nothing: Of returned no summand"},
		"nil":         {func(*vi.Record) []*graph.Node { return []*graph.Node{nil} }, "vi: Expectation: summand 0 is nil"},
		"shape": {func(r *vi.Record) []*graph.Node { return []*graph.Node{z(r), r.Site("z").Value} },
			"vi: Expectation: summand 1 has shape [2 1 1], want that of a score, [2 1], or a scalar"},
		"scalar": {func(r *vi.Record) []*graph.Node { return []*graph.Node{graph.Mean(z(r))} },
			"vi: Expectation: summand 0 of shape [] depends on z, whose value has shape [2 1 1], and lacks an axis of it: leave sums and means over values, draws and rows to Expectation"},
		"mean over draws": {func(r *vi.Record) []*graph.Node { return []*graph.Node{graph.ExpandDims(graph.Mean(z(r), 0), 0)} },
			"vi: Expectation: summand 0 of shape [1 1] depends on z, whose value has shape [2 1 1], and lacks an axis of it: leave sums and means over values, draws and rows to Expectation"},
	} {
		err := gaussian1().fails(vi.Expectation{Config: vi.Config{K: 2}, Of: c.of})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v\nwant %s", name, err, c.want)
		}
	}
	err := summed().fails(vi.Expectation{Config: vi.Config{Enumerate: []string{"y"}}, Of: func(r *vi.Record) []*graph.Node {
		return []*graph.Node{r.Site("x").LogP}
	}})
	if want := "vi: Expectation: summand 0 has an axis of y, which only the joint enumerates: sum over it, as log Σ exp"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
