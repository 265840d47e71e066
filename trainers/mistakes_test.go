package trainers_test

import (
	"context"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// rowsOf makes a data set of arrays of the given rows.
func rowsOf(t *testing.T, arrays map[string][][]float64) *data.Set {
	t.Helper()
	s, err := tryRows(arrays)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryRows(arrays map[string][][]float64) (*data.Set, error) {
	var list []data.Array
	for _, name := range []string{"x", "y"} {
		if rows := arrays[name]; rows != nil {
			list = append(list, data.FromRows(name, rows))
		}
	}
	return data.New(list...)
}

// vae is a small variational autoencoder of x [B, D] with one latent z of size
// 2, its parts to be replaced by mistaken ones.
type vae struct {
	cols  int
	in    int // the encoder's input, D unless a mistake
	law   func(h *graph.Node) prob.Dist
	guide func(t *vi.Trace, h *graph.Node)
	joint func(t *vi.Trace, dec func(z *graph.Node) *graph.Node)
	bound vi.Objective
}

func (v vae) model(s *graph.Scope, d vi.Data) *vi.Estimate {
	if v.in == 0 {
		v.in = v.cols
	}
	enc, dec := layers.NewMLP(s.In("enc"), v.in, 3, 4), layers.NewMLP(s.In("dec"), 2, 3, v.cols)
	if v.law == nil {
		v.law = func(h *graph.Node) prob.Dist { return prob.Bernoulli{Logits: h} }
	}
	if v.guide == nil {
		v.guide = func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)})
		}
	}
	if v.joint == nil {
		v.joint = func(t *vi.Trace, dec func(z *graph.Node) *graph.Node) {
			t.Draw("x", v.law(dec(t.Draw("z", prob.StdNormal(2)))))
		}
	}
	if v.bound == nil {
		v.bound = vi.ELBO{}
	}
	return v.bound.Estimate(s, vi.Model{
		Guide: func(t *vi.Trace) { v.guide(t, enc.Apply(t.Given("x"))) },
		Joint: func(t *vi.Trace) { v.joint(t, dec.Apply) },
	}, d)
}

func fit(m trainers.Bound, s *data.Set, c trainers.Config) error {
	return fitBy(m, s, data.BatchConfig{Size: 2}, c)
}

func fitBy(m trainers.Bound, s *data.Set, b data.BatchConfig, c trainers.Config) error {
	if c.Epochs == 0 {
		c.Epochs = 1
	}
	_, err := trainers.Fit(context.Background(), m, s.Batches(b), c)
	return err
}

// What a user is told of the commonest mistakes: what is wrong, where, and what
// to do.
func TestCommonMistakes(t *testing.T) {
	binary := map[string][][]float64{"x": {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {0, 0, 1}}}
	pixels := map[string][][]float64{"x": {{0, 1, 1}, {1, 0, 1}, {0, 255, 17}, {0, 0, 1}}}
	counts := map[string][][]float64{"x": {{0, 3, 1}, {2, 0, -1}, {1, 7, 0}}}
	labels := map[string][][]float64{"x": {{0}, {2}, {3}, {1}}}
	both := map[string][][]float64{"x": binary["x"], "y": {{0}, {1}, {1}, {0}}}
	sequential := trainers.Config{}
	normal := func(n *graph.Node) prob.Normal { return prob.Normal{Mean: n, LogStd: graph.Const(0)} }

	saved := filepath.Join(t.TempDir(), "model")
	params := &graph.Params{}
	if err := fit(vae{cols: 3}.model, rowsOf(t, binary), trainers.Config{Params: params}); err != nil {
		t.Fatal(err)
	}
	if err := params.Save(saved); err != nil {
		t.Fatal(err)
	}
	load := func(m trainers.Bound) error {
		params := &graph.Params{}
		if _, err := graph.Build(params, func(s *graph.Scope) {
			s.Output("y", m(s, vi.Data{"x": s.Input("x", 1, 3)}).Value)
		}); err != nil {
			return err
		}
		return params.Load(saved)
	}

	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"pixels from 0 to 255", fit(vae{cols: 3}.model, rowsOf(t, pixels), sequential),
			"trainers: step 2 (epoch 1): the bound is -Inf: site x, row 2, element 1: value 255 is outside of the support of prob.Bernoulli, {0 … 1}; rescale or mend the data x, or choose a distribution that can take them"},
		{"negative count", fit(vae{cols: 3, law: func(h *graph.Node) prob.Dist { return prob.Poisson{LogRate: h} }}.model, rowsOf(t, counts), sequential),
			"trainers: step 1 (epoch 1): the bound is -Inf: site x, row 1, element 2: value -1 is outside of the support of prob.Poisson, {0, 1, …}; rescale or mend the data x, or choose a distribution that can take them"},
		{"label out of range", fit(observing(3, func(m *graph.Node) prob.Dist {
			return prob.Categorical{Logits: graph.Reshape(m, 1, 3)}
		}), rowsOf(t, labels), sequential),
			"trainers: step 2 (epoch 1): the bound is -Inf: site x, row 2, element 0: value 3 is outside of the support of prob.Categorical, {0 … 2}; rescale or mend the data x, or choose a distribution that can take them"},
		{"one-hot rows where labels are wanted", fit(observing(3, func(m *graph.Node) prob.Dist {
			return prob.Categorical{Logits: m}
		}), rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in joint: site x: prob: Categorical: logits of shape [3], want [… D C], C for each of D labels; for rows with one 1 take prob.OneHot"},
		{"labels where one-hot rows are wanted", fit(observing(3, func(m *graph.Node) prob.Dist {
			return prob.OneHot{Logits: m}
		}), rowsOf(t, labels), sequential),
			"trainers: step 1 (epoch 1): in joint: site x: prob: OneHot: value of shape [1 2 1] is of labels, want rows of 3 with one 1, which graph.Labels makes of labels; or take prob.Categorical"},
		{"forgotten LogStd", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2)})
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in guide: site z: prob: Normal: LogStd is nil, want a node, such as graph.Const(0)"},
		{"rate too high", fitBy(vae{cols: 3, law: func(h *graph.Node) prob.Dist { return normal(h) }}.model, rowsOf(t, counts), data.BatchConfig{},
			trainers.Config{Epochs: 200, Optimizer: trainers.SGD{Rate: 30}}),
			"trainers: step 2 (epoch 2): the square of the gradient of enc/1/w is not finite: element 2 is -1.44e+21; if training went well before, it has diverged (the largest element of a parameter, 202, is in enc/1/b): lower the optimiser's rate or set ClipNorm"},
		{"log of 0", fit(vae{cols: 3, law: func(h *graph.Node) prob.Dist {
			return prob.Bernoulli{Logits: graph.Log(graph.Relu(h))}
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): the bound is -Inf: log of 0 is -Inf in joint (log(relu(…)), element [0 0 1] of [1 2 3]) on the way to site x; keep the operands away from there, such as by graph.Clamp or another parametrisation"},
		{"wrong axis of a sum", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", normal(graph.Sum(h, 5)))
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in guide: graph: Sum: axis 5 of shape [1 2 4], want -3 to 2; the last is -1"},
		{"wrong axis of a concatenation", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", normal(graph.Concat(0, h, graph.Cols(h, 0, 1))))
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in guide: site z: vi: z: prob.Normal draws shape [2 2 4], want [1 2 event…]"},
		{"wrong width of a layer", fit(vae{cols: 3, in: 5}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in guide: layers: dense enc/0: input [1 2 3], want [… 5] with a batch axis"},
		{"misspelt data", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", normal(graph.Cols(t.Given("X"), 0, 2)))
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in guide: vi: X is given by neither data [x] nor an earlier site []"},
		{"misspelt observed site", fit(vae{cols: 3, joint: func(t *vi.Trace, dec func(z *graph.Node) *graph.Node) {
			t.Draw("pixels", prob.Bernoulli{Logits: dec(t.Draw("z", prob.StdNormal(2)))})
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in joint: site pixels: vi: pixels has no value: the guide draws [z] and the data are [x]; draw it in the guide too, or give it as data of this name"},
		{"array that is not there", fitBy(vae{cols: 3}.model, rowsOf(t, binary), data.BatchConfig{Arrays: []string{"images"}}, sequential),
			"trainers: data: batches: no array images in the data, which have [x]"},
		{"array named twice", fitBy(vae{cols: 3}.model, rowsOf(t, binary), data.BatchConfig{Arrays: []string{"x", "x"}}, sequential),
			"trainers: data: batches: Arrays names x twice"},
		{"data that nobody uses", fit(vae{cols: 3}.model, rowsOf(t, both), sequential),
			"trainers: step 1 (epoch 1): vi: data y is used by neither joint nor guide; the model has sites [z x]: name a site after it, read it by Given, or leave it out of the data"},
		{"site drawn twice", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", normal(graph.Cols(h, 0, 2)))
			t.Draw("z", normal(graph.Cols(h, 0, 2)))
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in guide: site z: vi: z is drawn twice: give the second site a name of its own"},
		{"guide site that the joint does not have", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", normal(graph.Cols(h, 0, 2)))
			t.Draw("u", normal(graph.Cols(h, 0, 2)))
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): vi: the guide draws u, which is no site of the joint; the joint has [z x]: draw it there too, from its prior, or not in the guide"},
		{"joint site without a value", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in joint: site z: vi: z has no value: the guide draws [] and the data are [x]; draw it in the guide too, or give it as data of this name"},
		{"discrete latent with the default estimator", fit(vae{cols: 3,
			guide: func(t *vi.Trace, h *graph.Node) { t.Draw("z", prob.Bernoulli{Logits: graph.Cols(h, 0, 2)}) },
			joint: func(t *vi.Trace, dec func(z *graph.Node) *graph.Node) {
				t.Draw("x", prob.Bernoulli{Logits: dec(t.Draw("z", prob.Bernoulli{Logits: graph.Tensor([]float64{0, 0}, 2)}))})
			}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): vi: site z is drawn from prob.Bernoulli, whose draws have no pathwise derivative: ELBO takes Score, Score{MovingAverage}, Score{LeaveOneOut}, Score{NVIL}, VIMCO, Enumerate, UnorderedSet, Marginalised, GumbelSoftmax, StraightThrough, GappedST, DecoupledST, ARM, DisARM, ARMS, DoubleCV, RODEO, REBAR, RELAX there; or draw it from a reparameterised distribution (prob.Pathwise), or give it as data"},
		{"no observed site", fit(vae{cols: 3, joint: func(t *vi.Trace, dec func(z *graph.Node) *graph.Node) {
			t.Draw("z", prob.StdNormal(2))
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): vi: ELBO of a model without an observed site; its sites are [z]: the joint draws each array that it explains, by the name that it has among the data"},
		{"arrays of different numbers of rows", func() error {
			_, err := tryRows(map[string][][]float64{"x": binary["x"], "y": {{0}, {1}}})
			return err
		}(),
			`data: array "y" has 2 rows, array "x" has 4`},
		{"NaN in the data", func() error {
			_, err := tryRows(map[string][][]float64{"x": {{0, 1}, {math.NaN(), 1}}})
			return err
		}(),
			`data: array "x": row 1 column 0 is NaN, want a finite value, or Array.Missing if it was not observed`},
		{"VIMCO of one draw", fit(vae{cols: 3, bound: vi.IWAE{Config: vi.Config{K: 1, Estimator: vi.VIMCO{}}}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): vi: site z: VIMCO compares draws with each other and needs K of 2 or more, not 1"},
		{"Evidence of one draw", fit(vae{cols: 3, bound: vi.Evidence{K: 1}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): vi: Evidence of 1 draws, want 2 or more for a standard error"},
		{"Total forgotten with a global", fit(func(s *graph.Scope, d vi.Data) *vi.Estimate {
			m := s.Param("m", graph.Constant(0), 3)
			return vi.ELBO{}.Estimate(s, vi.Model{
				Guide: func(t *vi.Trace) { t.Global("w", normal(m)) },
				Joint: func(t *vi.Trace) { t.Draw("x", normal(t.Global("w", prob.StdNormal(3)))) },
			}, d)
		}, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): vi: ELBO has the global site w: set Total, the size of the data set, by which its divergence is divided"},
		{"file of another model: missing", load(func(s *graph.Scope, d vi.Data) *vi.Estimate {
			s.Param("extra", graph.Constant(0), 3)
			return vae{cols: 3}.model(s, d)
		}),
			"graph: load FILE: parameter extra is missing from the file: another model has saved it"},
		{"file of another model: unknown", load(observing(3, func(m *graph.Node) prob.Dist { return normal(m) })),
			"graph: load FILE: parameter dec/0/b is in the file and unknown to the model: another one has saved it"},
		{"file of another model: shape", load(func(s *graph.Scope, d vi.Data) *vi.Estimate {
			enc := layers.NewMLP(s.In("enc"), 3, 5, 2)
			dec := layers.NewMLP(s.In("dec"), 2, 3, 3)
			return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(2)))})
			}, Guide: func(t *vi.Trace) { t.Draw("z", normal(enc.Apply(t.Given("x")))) }}, d)
		}),
			"graph: load FILE: parameter enc/0/b has shape [3] in the file, the model declares [5]"},
		{"negative standard deviation", fit(vae{cols: 3, guide: func(t *vi.Trace, h *graph.Node) {
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Log(graph.Cols(h, 2, 4))})
		}}.model, rowsOf(t, binary), trainers.Config{Params: &graph.Params{Dtype: graph.Float64}}),
			"trainers: step 1 (epoch 1): the bound is NaN: log of -0.520224 is NaN in guide (log(slice{2 2 4}(…)), element [0 0 0] of [1 2 2]) on the way to site z; keep the operands away from there, such as by graph.Clamp or another parametrisation"},
		{"view of another dtype", func() error {
			_, err := graph.Values[float64](params, "enc/1/w")
			return err
		}(),
			"graph: parameter enc/1/w: elements are []float32, not []float64"},
		{"float64 file into float32", func() error {
			p := &graph.Params{Dtype: graph.Float64}
			if _, err := graph.Build(p, func(s *graph.Scope) {
				s.Output("y", vae{cols: 3}.model(s, vi.Data{"x": s.Input("x", 1, 3)}).Value)
			}); err != nil {
				return err
			}
			return p.Load(saved)
		}(),
			"graph: load FILE: parameter dec/0/b: dtype F32, want float64; Mapping.Cast converts"},
		{"layer used in another build", func() error {
			var d layers.Dense
			p := &graph.Params{}
			graph.Build(p, func(s *graph.Scope) { d = layers.NewDense(s.In("d"), 3, 1); s.Output("y", s.Const(0)) })
			_, err := graph.Build(p, func(s *graph.Scope) { s.Output("y", d.Apply(s.Input("x", 2, 3))) })
			return err
		}(),
			"in layer d: graph: matmul a·b: operand 1 (d/w) belongs to another Build"},
		{"model without parameters", fit(func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Bernoulli{Logits: graph.Tensor([]float64{0, 0, 0}, 3)}) }}, d)
		}, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): trainers: the model has no trainable parameter: declare one by Scope.Param or a layer, in a scope that is not Frozen"},
		{"Epochs forgotten", func() error {
			_, err := trainers.Fit(context.Background(), vae{cols: 3}.model, rowsOf(t, binary).Batches(data.BatchConfig{}), trainers.Config{})
			return err
		}(),
			"trainers: Epochs 0, want 1 or more"},
		{"width of the decoder", fit(vae{cols: 3, joint: func(t *vi.Trace, dec func(z *graph.Node) *graph.Node) {
			t.Draw("x", prob.Bernoulli{Logits: graph.Cols(dec(t.Draw("z", prob.StdNormal(2))), 0, 2)})
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in joint: site x: prob: Bernoulli: value of shape [1 2 3] does not fit a parameter of shape [1 2 2]"},
		{"latent size", fit(vae{cols: 3, joint: func(t *vi.Trace, dec func(z *graph.Node) *graph.Node) {
			t.Draw("x", prob.Bernoulli{Logits: dec(t.Draw("z", prob.StdNormal(3)))})
		}}.model, rowsOf(t, binary), sequential),
			"trainers: step 1 (epoch 1): in joint: site z: prob: StdNormal(3): value of shape [1 2 2], want an event of that size"},
	} {
		if c.err == nil {
			t.Errorf("%s: no error, want %s", c.name, c.want)
			continue
		}
		got := shapes.ReplaceAllStringFunc(strings.ReplaceAll(c.err.Error(), saved, "FILE"), func(s string) string {
			return strings.NewReplacer("(", "[", ",", "", ")", "]").Replace(s)
		})
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// shapes finds a shape as it prints itself, (2, 3), beside []int's [2 3].
var shapes = regexp.MustCompile(`[ \[]\(\d*(, \d+)*\)`)
