package guide_test

import (
	"context"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

func TestRefusals(t *testing.T) {
	y := func(s *graph.Scope) vi.Data { return vi.Data{"y": s.Tensor([]float64{1, 2}, 2, 1)} }
	given := func(names ...string) func(s *graph.Scope) vi.Data {
		return func(s *graph.Scope) vi.Data {
			d := y(s)
			for _, name := range names {
				d[name] = s.Tensor([]float64{0, 1}, 2, 1)
			}
			return d
		}
	}
	of := func(law func(t *vi.Trace) prob.Dist) vi.Func {
		return func(t *vi.Trace) { t.Draw("y", unit(t.Global("w", law(t)))) }
	}
	normal := of(func(*vi.Trace) prob.Dist { return prob.StdNormal(1) })
	rows := func(t *vi.Trace) { t.Draw("y", unit(t.Draw("z", prob.StdNormal(1)))) }
	for _, c := range []struct {
		want  string
		joint vi.Func
		c     guide.Config
		data  func(s *graph.Scope) vi.Data
	}{
		{"guide: no joint to make a guide for", nil, guide.Config{}, y},
		{"guide: a Scale of -1", normal, guide.Config{Scale: -1}, y},
		{"guide: Rows is -1", normal, guide.Config{Rows: -1}, y},
		{"guide: Sites has v, which is no latent that is left to draw; these are [w]", normal, guide.Config{Sites: []string{"v"}}, y},
		{"vi: w has no value: the guide draws []", normal, guide.Config{Sites: []string{}}, y},
		{"vi: site w is drawn from prob.Poisson, which is discrete, and no real numbers stand for it: sum it out in the joint, as by a prob.Mixture, use a continuous latent in its place, or take the model once for each of its values (Config.Globals), or draw w in a guide function of your own", of(func(*vi.Trace) prob.Dist { return prob.Poisson{LogRate: number(0)} }), guide.Config{}, y},
		{"vi: site w: guide_test.silent does not say which values it can take: draw from one whose support is known when the graph is built, give a law of your own a method Support() prob.Support, or draw w in a guide function of your own", of(func(*vi.Trace) prob.Dist { return silent{prob.StdNormal(1)} }), guide.Config{}, y},
		{"global w: vi: w has no value and prob.LogUniform cannot be drawn from: it has no Sample method; give it one, use a proper law, such as a wide prob.Normal, or draw w in a guide function of your own", of(func(*vi.Trace) prob.Dist { return prob.LogUniform{} }), guide.Config{}, y},
		{"vi: site w: prob.Uniform does not say which values it can take: its ends are not constants of one number: draw u from prob.Uniform between 0 and 1", of(func(t *vi.Trace) prob.Dist {
			return prob.Uniform{Low: number(0), High: t.Global("v", prob.StdNormal(1))}
		}), guide.Config{}, y},
		{"guide: site z is drawn for each row, and rows have parameters of their own: name the array of the data that has their numbers in Index", rows, guide.Config{}, y},
		{"guide: site z: the data have no array row, which is to have the numbers of the rows (data.Index makes it)", rows, guide.Config{Index: "row"}, y},
		{"guide: site z is drawn for each row: set Rows", rows, guide.Config{Index: "row"}, given("row")},
		{"guide: site z is drawn for each row, and Laplace is of globals", rows, guide.Config{Family: guide.Laplace{}, Index: "row", Rows: 2}, given("row")},
		{"guide: LowRank of rank 2 for 1 numbers", normal, guide.Config{Family: guide.LowRank{Rank: 2}}, y},
		{"guide: Flow.New returned no bijector", normal, guide.Config{Family: guide.Flow{New: func(*graph.Scope, int) prob.Bijector { return nil }}}, y},
		{"guide: Uniform of radius -1", normal, guide.Config{Init: guide.Uniform{Radius: -1}}, y},
		{"guide: Median of -1 draws", normal, guide.Config{Init: guide.Median{Draws: -1}}, y},
		{"guide: Values has a start of v, which is no latent that is left to draw; these are [w]", normal, guide.Config{Init: guide.Values{Else: guide.Values{Of: map[string][]float64{"v": {1}}}}}, y},
		{"guide: site w starts at 2 values, want 1 of shape [1]", normal, guide.Config{Init: guide.Values{Of: map[string][]float64{"w": {1, 2}}}}, y},
		{"guide: site w cannot start at its value, which is outside of the support of prob.Gamma or at its end", of(laws1("positive")), guide.Config{Init: guide.Values{Of: map[string][]float64{"w": {-1}}}}, y},
		{"guide: site w cannot start at its value", of(laws1("positive")), guide.Config{Init: guide.Values{Of: map[string][]float64{"w": {0}}}}, y},
		{"guide: site w has no median of its prior: it is computed from the input x, which has no value yet; use Uniform, or Values", of(func(t *vi.Trace) prob.Dist {
			return unit(graph.Mean(t.Given("x"), 0, 1))
		}), guide.Config{Init: guide.Median{}}, func(s *graph.Scope) vi.Data {
			d := y(s)
			d["x"] = s.Input("x", 2, 1)
			return d
		}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			joint := c.joint
			if joint == nil {
				joint = normal
			}
			s.Output("bound", vi.ELBO{Config: vi.Config{Total: 2}}.Estimate(s, vi.Model{Joint: joint, Guide: guide.New(s.In("q"), c.joint, c.c)}, c.data(s)).Value)
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v\nwant  %s", err, c.want)
		}
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		vi.Predict(s, vi.Model{Joint: normal, Guide: guide.New(s.In("q"), normal, guide.Config{})}, vi.Data{}, vi.Prediction{Rows: 1})
	})
	if want := `guide: a prediction by a guide without parameters in scope "q": train it first`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A start from which the bound is no number ends the fit at its first step, which names
// what made it, where, and a way out.
func TestNaNAtTheStart(t *testing.T) {
	joint := func(t *vi.Trace) {
		w := t.Global("w", prob.StdNormal(1))
		t.Draw("y", unit(graph.Log(w)))
	}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		g := guide.New(s, joint, guide.Config{Init: guide.Values{Of: map[string][]float64{"w": {-3}}}})
		return vi.ELBO{Config: vi.Config{Total: 2}}.Estimate(s, vi.Model{Joint: joint, Guide: g}, d)
	}
	set, err := data.New(data.FromFlat("y", []float64{1, 2}, 1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = trainers.Fit(context.Background(), bound, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 3})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"step 1 (epoch 1)", "the bound is NaN: log of -", "in joint", "on the way to site y", "another parametrisation"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}

func laws1(name string) func(*vi.Trace) prob.Dist {
	return func(*vi.Trace) prob.Dist { return laws[name].law() }
}

// silent does not say its support.
type silent struct{ of prob.StdNormal }

func (d silent) LogProb(x *graph.Node) *graph.Node              { return d.of.LogProb(x) }
func (d silent) Sample(s *graph.Scope, lead ...int) *graph.Node { return d.of.Sample(s, lead...) }
