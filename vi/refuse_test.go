package vi_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// normal returns a normal distribution of the event size d around a node.
func normal(mean *graph.Node) prob.Normal {
	sh := mean.Shape()
	return prob.Normal{Mean: mean, LogStd: graph.BroadcastTo(graph.Sum(graph.StopGrad(mean)).Scale(0), sh[len(sh)-1])}
}

// scoreOnly has no Sample.
type scoreOnly struct{ prob.Dist }

func (d scoreOnly) LogProb(x *graph.Node) *graph.Node { return d.Dist.LogProb(x) }

// wholeScore forgets to keep the batch.
type wholeScore struct{ prob.StdNormal }

func (d wholeScore) LogProb(x *graph.Node) *graph.Node { return graph.Sum(x) }

// flatSample forgets the leading axes.
type flatSample struct{ prob.StdNormal }

func (d flatSample) Sample(s *graph.Scope, lead ...int) *graph.Node { return d.StdNormal.Sample(s) }

func TestRefusals(t *testing.T) {
	guide := func(t *vi.Trace) { t.Draw("z", normal(graph.Cols(t.Given("x"), 0, 2))) }
	joint := func(t *vi.Trace) {
		z := t.Draw("z", prob.StdNormal(2))
		t.Draw("x", normal(graph.Concat(-1, z, graph.Cols(z, 0, 1))))
	}
	x := func(s *graph.Scope) vi.Data { return vi.Data{"x": s.Input("x", 4, 3)} }
	for _, c := range []struct {
		name string
		m    vi.Model
		o    vi.ELBO
		data func(s *graph.Scope) vi.Data
		want string
	}{
		{"no joint", vi.Model{Guide: guide}, vi.ELBO{}, x,
			"vi: model has no joint"},
		{"joint site without a value", vi.Model{Joint: func(t *vi.Trace) { joint(t); t.Draw("w", prob.StdNormal(1)) }, Guide: guide}, vi.ELBO{}, x,
			"in joint: site w: vi: w has no value: the guide draws [z x] and the data are [x]; draw it in the guide too, or give it as data of this name"},
		{"guide site absent from the joint", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { guide(t); t.Draw("v", prob.StdNormal(1)) }}, vi.ELBO{}, x,
			"vi: the guide draws v, which is no site of the joint; the joint has [z x]: draw it there too, from its prior, or not in the guide"},
		{"data nobody used", vi.Model{Joint: joint, Guide: guide}, vi.ELBO{}, func(s *graph.Scope) vi.Data {
			return vi.Data{"x": s.Input("x", 4, 3), "y": s.Input("y", 4, 1)}
		}, "vi: data y is used by neither joint nor guide; the model has sites [z x]: name a site after it, read it by Given, or leave it out of the data"},
		{"no observed site", vi.Model{Joint: func(t *vi.Trace) { t.Given("x"); t.Draw("z", prob.StdNormal(2)) }, Guide: guide}, vi.ELBO{}, x,
			"vi: ELBO of a model without an observed site; its sites are [z]: the joint draws each array that it explains, by the name that it has among the data"},
		{"drawn twice", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { guide(t); guide(t) }}, vi.ELBO{}, x,
			"in guide: site z: vi: z is drawn twice: give the second site a name of its own"},
		{"drawn twice in the joint", vi.Model{Joint: func(t *vi.Trace) { joint(t); t.Draw("z", prob.StdNormal(2)) }, Guide: guide}, vi.ELBO{}, x,
			"in joint: site z: vi: z is drawn twice: give the second site a name of its own"},
		{"nothing given", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { t.Given("y") }}, vi.ELBO{}, x,
			"in guide: vi: y is given by neither data [x] nor an earlier site []"},
		{"no sampler", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { t.Draw("z", scoreOnly{prob.StdNormal(2)}) }}, vi.ELBO{}, x,
			"in guide: site z: vi: z has no value and vi_test.scoreOnly cannot be drawn from: it has no Sample method"},
		{"value of the wrong shape", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { t.Draw("z", flatSample{2}) }}, vi.ELBO{}, x,
			"in guide: site z: vi: z: vi_test.flatSample draws shape [2], want [1 4 event…]"},
		{"score of the wrong shape", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { t.Draw("z", wholeScore{2}) }}, vi.ELBO{}, x,
			"in guide: site z: vi: z: value of shape [1 4 2] scores [] under vi_test.wholeScore, want [1 4]"},
		{"discrete site without an estimator", vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", normal(graph.Concat(-1, t.Draw("z", prob.Bernoulli{Logits: t.Given("x")}))))
		}, Guide: func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: t.Given("x")}) }}, vi.ELBO{}, x,
			"vi: site z is drawn from prob.Bernoulli, whose draws have no pathwise derivative"},
		{"data without an event axis", vi.Model{Joint: joint}, vi.ELBO{}, func(s *graph.Scope) vi.Data {
			return vi.Data{"x": s.Input("x", 4)}
		}, "vi: data x has shape [4], want rows and an event axis"},
		{"data of different rows", vi.Model{Joint: joint}, vi.ELBO{}, func(s *graph.Scope) vi.Data {
			return vi.Data{"x": s.Input("x", 4, 3), "y": s.Input("y", 5, 1)}
		}, "vi: data y has 5 rows, x has 4"},
		{"no rows", vi.Model{Joint: joint}, vi.ELBO{}, func(*graph.Scope) vi.Data { return nil },
			"vi: no data and no Config.Rows: how many rows to draw?"},
		{"negative K", vi.Model{Joint: joint}, vi.ELBO{Config: vi.Config{K: -1}}, x, "vi: K is -1, want 1 or more"},
		{"observed value of the wrong size", vi.Model{Joint: joint, Guide: guide}, vi.ELBO{}, func(s *graph.Scope) vi.Data {
			return vi.Data{"x": s.Input("x", 4, 5)}
		}, "in joint: site x: prob: Normal: value of shape [1 4 5] does not fit a parameter of shape [1 4 3]"},
		{"a global of several without their number", vi.Model{Joint: joint, Guide: func(t *vi.Trace) { t.Global("w", normal(graph.Tensor([]float64{1, 2}, 2, 1))) }}, vi.ELBO{}, x,
			"in guide: global w: vi: w: value of shape [2 1], want the leading axes that Global is given, [], and one event axis behind them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				s.Output("bound", c.o.Estimate(s, c.m, c.data(s)).Value)
			})
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v\nwant   %s", err, c.want)
			}
		})
	}
}

func TestBetaMustBeScalar(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		vi.ELBO{Beta: s.Input("beta", 2)}.Estimate(s, newPPCA(s), vi.Data{"x": s.Input("x", 1, ppcaData)})
	})
	if want := "vi: ELBO with a Beta of shape [2], want a scalar"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
