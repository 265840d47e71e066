package guide_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

func number(v float64) *graph.Node { return graph.BroadcastTo(graph.Const(v), 1) }

func unit(mean *graph.Node) prob.Normal { return prob.Normal{Mean: mean, LogStd: graph.Const(0)} }

// laws are priors of every support that guides know.
var laws = map[string]struct {
	law func() prob.Dist
	lo  []float64 // of a box that holds nearly all of the guide, of the free elements of a value
	hi  []float64
	end func(free []float64) []float64 // the whole value; nil where all elements are free
}{
	"reals":    {func() prob.Dist { return prob.StdNormal(1) }, []float64{-9}, []float64{9}, nil},
	"positive": {func() prob.Dist { return prob.Gamma{LogConcentration: number(1), LogRate: number(0)} }, []float64{1e-9}, []float64{400}, nil},
	"above": {func() prob.Dist {
		return shifted{prob.Exponential{LogRate: number(0)}}
	}, []float64{3 + 1e-9}, []float64{400}, nil},
	"unit":     {func() prob.Dist { return prob.Beta{LogA: number(0), LogB: number(0)} }, []float64{1e-9}, []float64{1 - 1e-9}, nil},
	"interval": {func() prob.Dist { return prob.Uniform{Low: graph.Const(-2), High: graph.Const(5)} }, []float64{-2 + 1e-9}, []float64{5 - 1e-9}, nil},
	"simplex": {func() prob.Dist { return prob.Dirichlet{LogConcentration: graph.BroadcastTo(graph.Const(0), 3)} }, []float64{0, 0}, []float64{1, 1}, func(x []float64) []float64 {
		return append(slices.Clone(x), 1-x[0]-x[1])
	}},
}

// shifted is a law of numbers above 3.
type shifted struct{ of prob.Exponential }

func (d shifted) LogProb(x *graph.Node) *graph.Node { return d.of.LogProb(x.Shift(-3)) }
func (d shifted) Sample(s *graph.Scope, lead ...int) *graph.Node {
	return d.of.Sample(s, lead...).Shift(3)
}
func (shifted) Pathwise() {}
func (shifted) Support() prob.Support {
	return prob.Support{Kind: prob.Interval, Lo: 3, Hi: math.Inf(1)}
}

// The density of a guide over the support of its site integrates to 1.
func TestDensitiesIntegrateToOne(t *testing.T) {
	for name, l := range laws {
		t.Run(name, func(t *testing.T) {
			n := map[int]int{1: 100000, 2: 300}[len(l.lo)]
			var grid []float64
			volume, d := 1., len(l.lo)
			for j := range l.lo {
				volume *= (l.hi[j] - l.lo[j]) / float64(n)
			}
			points := n
			if d == 2 {
				points = n * n
			}
			rows := 0
			for i := range points {
				x := []float64{l.lo[0] + (float64(i%n)+.5)*(l.hi[0]-l.lo[0])/float64(n)}
				if d == 2 {
					x = append(x, l.lo[1]+(float64(i/n)+.5)*(l.hi[1]-l.lo[1])/float64(n))
				}
				if l.end != nil {
					if x = l.end(x); slices.Min(x) <= 0 {
						continue
					}
				}
				grid, rows = append(grid, x...), rows+1
			}
			p, err := graph.Build(&graph.Params{Seed: 3, Dtype: graph.Float64}, func(s *graph.Scope) {
				joint := func(t *vi.Trace) { t.Global("w", l.law()) }
				r := vi.Run(s, vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{Scale: .7})}, nil, vi.Config{Rows: 1})
				s.Output("mass", graph.Sum(graph.Exp(r.Site("w").Q.LogProb(s.Tensor(grid, rows, len(grid)/rows)))).Scale(volume))
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
			if v, _ := p.Value("mass"); math.Abs(v[0]-1) > 2e-3 {
				t.Errorf("mass %v", v[0])
			}
		})
	}
}

// Every family draws inside of every support, and its bound is finite, in training
// and for predictions.
func TestFamiliesAndSupports(t *testing.T) {
	joint := func(t *vi.Trace) {
		sum := graph.BroadcastTo(graph.Const(0), 1)
		for _, name := range []string{"reals", "positive", "above", "unit", "interval", "simplex"} {
			w := t.Global(name, laws[name].law())
			sum = sum.Add(graph.Slice(w, -1, 0, 1))
		}
		ordered := t.Global("matrix", prob.StdNormal(3), 2) // a leading axis
		t.Draw("y", unit(t.Draw("z", unit(sum)).Add(graph.Reshape(graph.Sum(ordered), 1))))
	}
	families := []guide.Family{nil, guide.Delta{}, guide.Normal{}, guide.FullRank{}, guide.LowRank{}, guide.LowRank{Rank: 1}, guide.Flow{}, guide.Flow{New: func(s *graph.Scope, d int) prob.Bijector {
		return flow.NewPlanar(s, d, flow.Config{})
	}}}
	set, err := data.New(data.FromFlat("y", []float64{4, 5, 6, 7, 8}, 1), data.Index("row", 5))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		model := func(s *graph.Scope) vi.Model {
			return vi.Model{Joint: joint, Guide: guide.New(s.In("q"), joint, guide.Config{Family: f, Index: "row", Rows: 5})}
		}
		r, err := trainers.Fit(context.Background(), bound(model, vi.Config{Total: 5}), set.Batches(data.BatchConfig{Size: 2}), trainers.Config{Epochs: 20, Optimizer: trainers.Adam{Rate: .01}})
		if err != nil {
			t.Errorf("%T: %v", f, err)
			continue
		}
		d, err := trainers.Draw(context.Background(), model, r.Params, set.Batches(data.BatchConfig{Arrays: []string{"row"}, Evaluation: true}), trainers.DrawConfig{K: 20})
		if err != nil {
			t.Errorf("%T: %v", f, err)
			continue
		}
		for k := range 20 {
			s := d["simplex"].At(k)
			switch {
			case d["positive"].At(k)[0] <= 0, d["above"].At(k)[0] <= 3, math.Abs(d["interval"].At(k)[0]-1.5) >= 3.5, math.Abs(s[0]+s[1]+s[2]-1) > 1e-5 || slices.Min(s) <= 0:
				t.Errorf("%T: draw %d is outside: %v %v %v %v", f, k, d["positive"].At(k), d["above"].At(k), d["interval"].At(k), s)
			case len(d["z"].At(k)) != 5 || len(d["y"].At(k)) != 5 || len(d["matrix"].At(k)) != 6:
				t.Errorf("%T: shapes %v %v %v", f, d["z"].Shape, d["y"].Shape, d["matrix"].Shape)
			}
		}
	}
}

// Latents of rows have parameters by row, whatever batch the row is in: the exact
// posterior N(y/2, ½) of each. A row without a number is left to the joint.
func TestRowsHaveParametersOfTheirOwn(t *testing.T) {
	joint := func(t *vi.Trace) { t.Draw("y", unit(t.Draw("z", prob.StdNormal(1)))) }
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{Index: "row", Rows: 7})}
	}
	y := []float64{-3, 1, 0, 2, 5, -1, 4}
	set, err := data.New(data.FromFlat("y", y, 1), data.Index("row", 7))
	if err != nil {
		t.Fatal(err)
	}
	params := &graph.Params{Dtype: graph.Float64}
	for _, o := range []trainers.Optimizer{trainers.Adam{Rate: .05}, trainers.SGD{Rate: .3}} {
		if _, err := trainers.Fit(context.Background(), bound(model, vi.Config{Estimator: vi.STL{}}), set.Batches(data.BatchConfig{Size: 3, Seed: 2}), trainers.Config{Params: params, Epochs: 400, Optimizer: o}); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range values(t, params, "z/mean") {
		if s := values(t, params, "z/log_std")[i]; math.Abs(m-y[i]/2) > 1e-6 || math.Abs(s-math.Log(.5)/2) > 1e-6 {
			t.Errorf("row %d: N(%v, e^%v²), want N(%v, ½)", i, m, s, y[i]/2)
		}
	}
	ask := func(arrays ...data.Array) map[string]*vi.Draws {
		t.Helper()
		set, err := data.New(arrays...)
		if err != nil {
			t.Fatal(err)
		}
		d, err := trainers.Draw(context.Background(), model, params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.DrawConfig{K: 4000})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	known := ask(data.FromFlat("row", []int{4, 0}, 1))
	if m, s := known["z"].Mean(), known["z"].Std(); math.Abs(m[0]-2.5) > .05 || math.Abs(m[1]+1.5) > .05 || math.Abs(s[0]-math.Sqrt(.5)) > .03 {
		t.Errorf("rows 4 and 0: %v ± %v", m, s)
	}
}

// A discrete latent that is summed out, and what a guide function has drawn before,
// is left alone.
func TestGuidesAreCombined(t *testing.T) {
	joint := func(t *vi.Trace) {
		c := t.Draw("c", prob.Bernoulli{Logits: number(.2)})
		w := t.Global("w", unit(t.Global("m", prob.StdNormal(1))))
		v := t.Global("v", prob.HalfNormal{LogScale: number(0)})
		t.Draw("y", prob.Normal{Mean: t.Draw("z", unit(w)).Add(c), LogStd: graph.Log(v)})
	}
	params := &graph.Params{}
	_, err := graph.Build(params, func(s *graph.Scope) {
		first := guide.New(s.In("a"), joint, guide.Config{Sites: []string{"w", "v"}, Family: guide.FullRank{}, Name: "pair"})
		rest := guide.New(s.In("b"), joint, guide.Config{})
		e := vi.ELBO{Config: vi.Config{Total: 2, Enumerate: []string{"c"}}}.Estimate(s, vi.Model{Joint: joint, Guide: func(t *vi.Trace) {
			first(t)
			t.Draw("z", unit(t.Given("y").Scale(.5)))
			rest(t)
		}}, vi.Data{"y": s.Tensor([]float64{1, 2}, 2, 1)})
		for _, term := range []string{"kl/pair", "kl/m", "kl/z"} {
			s.Output(term, e.Terms[term])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(params.Names()), "[a/pair/cholesky a/v/mean a/w/mean b/m/log_std b/m/mean]"; got != want {
		t.Errorf("parameters %s, want %s", got, want)
	}
}

// Where a guide starts.
func TestInit(t *testing.T) {
	joint := func(t *vi.Trace) {
		t.Global("p", prob.Dirichlet{LogConcentration: graph.BroadcastTo(graph.Const(3), 3)})
		t.Global("w", prob.Normal{Mean: t.Global("m", prob.Normal{Mean: number(7), LogStd: graph.Const(-3)}), LogStd: graph.Const(-3)}, 4)
		t.Global("tau", prob.Gamma{LogConcentration: number(9), LogRate: number(8)}) // near e
		t.Draw("z", prob.StdNormal(2))
	}
	start := func(init guide.Init) map[string][]float64 {
		t.Helper()
		params := &graph.Params{Dtype: graph.Float64}
		_, err := graph.Build(params, func(s *graph.Scope) {
			r := vi.Run(s, vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{Init: init, Index: "row", Rows: 6, Scale: .3})}, vi.Data{"row": s.Tensor([]float64{0, 3}, 2, 1)}, vi.Config{})
			s.Output("m", r.Site("m").Value)
		})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]float64{}
		for _, name := range params.Names() {
			out[name] = values(t, params, name)
		}
		if s := out["w/log_std"]; math.Abs(s[0]-math.Log(.3)) > 1e-12 {
			t.Errorf("log std %v", s)
		}
		return out
	}
	u := start(nil)
	all := slices.Concat(u["w/mean"], u["p/mean"], u["z/mean"], u["tau/mean"])
	if len(all) != 4+2+12+1 || slices.Max(all) >= 2 || slices.Min(all) <= -2 || slices.Max(all) < 1 || slices.Min(all) > -1 {
		t.Errorf("uniform starts %v", all)
	}
	for name, v := range start(guide.Zero{}) {
		if strings.HasSuffix(name, "mean") && (slices.Max(v) != 0 || slices.Min(v) != 0) {
			t.Errorf("%s starts at %v, want 0", name, v)
		}
	}
	m := start(guide.Median{})
	if math.Abs(m["m/mean"][0]-7) > .1 || math.Abs(m["w/mean"][3]-7) > .2 || math.Abs(m["tau/mean"][0]-1) > .05 || math.Abs(m["z/mean"][11]) > 1 {
		t.Errorf("medians %v", m)
	}
	v := start(guide.Values{Of: map[string][]float64{"p": {.2, .3, .5}, "z": {1, 2}, "tau": {math.E}}, Else: guide.Zero{}})
	if !slices.Equal(v["z/mean"], []float64{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2}) || math.Abs(v["tau/mean"][0]-1) > 1e-12 || v["m/mean"][0] != 0 {
		t.Errorf("values %v", v)
	}
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s.Output("p", prob.StickBreaking{}.Forward(s.Tensor(v["p/mean"], 2)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if got, _ := p.Value("p"); math.Abs(got[0]-.2)+math.Abs(got[1]-.3) > 1e-12 {
		t.Errorf("p starts at %v", got)
	}
}
