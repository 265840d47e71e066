package trainers_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// classes is a semi-supervised mixture, p(y) p(x|y), x of four bits: the label
// is given, or summed out under the guide q(y|x), which a classifier term trains
// on the labels besides (Kingma et al., arXiv 1406.5298, with no latent but y).
func classes(s *graph.Scope, d vi.Data) *vi.Estimate {
	bits, guide := s.Param("bits", graph.Gaussian{Std: .1}, 2, 4), s.Param("guide", graph.Gaussian{Std: .1}, 4, 2)
	bias := s.Param("bias", graph.Constant(0), 2)
	m := vi.Model{
		Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.OneHot{Logits: graph.BroadcastTo(graph.Const(0), 2)})
			t.Draw("x", prob.Bernoulli{Logits: graph.MatMul(y, bits)})
		},
		Guide: func(t *vi.Trace) {
			t.Draw("y", prob.OneHot{Logits: graph.Linear(t.Given("x"), guide, bias)})
		},
	}
	labelled := vi.ELBO{}.Estimate(s.In("labelled"), m, trainers.Part(d, "labelled"))
	unlabelled := vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s.In("unlabelled"), m, trainers.Part(d, "unlabelled"))
	logq := graph.Mean(labelled.Record.Site("y").LogQ)
	classifier := &vi.Estimate{Value: logq, Costs: []vi.Cost{{Name: "classifier", Node: logq.Neg()}},
		Terms: map[string]*graph.Node{"classifier": logq}}
	return vi.Sum(labelled, unlabelled, classifier)
}

// twoClasses draws n rows of x, each bit of class c equal to c with probability
// .9, from a sequence of its own; y is the class.
func twoClasses(n, seed int) (x, y []float32) {
	for i := range n {
		c := float32(i % 2)
		y = append(y, 1-c, c)
		for j := range 4 {
			u := math.Mod(float64(i*4+j+1)*math.Phi+float64(seed)*.37, 1)
			if u < .9 {
				x = append(x, c)
			} else {
				x = append(x, 1-c)
			}
		}
	}
	return x, y
}

// labelledAndNot is a join of 100 labelled and 5,000 unlabelled rows.
func labelledAndNot(t testing.TB, size, more int) *data.Join {
	x, y := twoClasses(100, 1)
	few, err := data.New(data.FromFlat("x", x, 4), data.FromFlat("y", y, 2))
	if err != nil {
		t.Fatal(err)
	}
	x, _ = twoClasses(5000, 2)
	many, err := data.New(data.FromFlat("x", x, 4))
	if err != nil {
		t.Fatal(err)
	}
	return &data.Join{Parts: map[string]data.Batches{
		"labelled":   few.Batches(data.BatchConfig{Size: size, Seed: 1}),
		"unlabelled": many.Batches(data.BatchConfig{Size: more, Seed: 2}),
	}}
}

// A fit of two sets goes through both at their own pace, learns the classes, and
// gives the same bits on any numbers of rows that do not divide.
func TestFitOfLabelledAndUnlabelledRows(t *testing.T) {
	fit := func(size, more int) (*graph.Params, trainers.Result) {
		params := &graph.Params{Seed: 1}
		r, err := trainers.Fit(context.Background(), classes, labelledAndNot(t, size, more), trainers.Config{
			Params: params, Epochs: 2, Seed: 3, Optimizer: trainers.Adam{Rate: .1},
		})
		if err != nil {
			t.Fatal(err)
		}
		return params, r
	}
	params, r := fit(30, 300) // batches of 30, 30, 30, 10 beside 300, …, 200
	if r.Steps != 2*17 {
		t.Errorf("%d steps, want 34: the epochs are those of the 5000 rows", r.Steps)
	}
	again, _ := fit(30, 300)
	for _, name := range params.Names() {
		a, _ := graph.Values[float32](params, name)
		b, _ := graph.Values[float32](again, name)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s differs between two fits", name)
		}
	}
	first, last := r.Epochs[0].Train, r.Epochs[1].Train
	for _, term := range []string{"bound", "classifier"} {
		if !(last[term] > first[term]) {
			t.Errorf("%s goes from %v to %v", term, first[term], last[term])
		}
	}
	if last["classifier"] < -.2 {
		t.Errorf("log q(y|x) is %v", last["classifier"])
	}
}

// The mean over an epoch weighs a batch by the rows of the first array, those of
// the part whose epochs are counted.
func TestMeansOfAJoinAreWeightedByItsFirstPart(t *testing.T) {
	j := &data.Join{Epoch: "a", Parts: map[string]data.Batches{
		"a": set(t, 0, 0, 0, 0, 3).Batches(data.BatchConfig{Size: 2, Evaluation: true}),
		"b": set(t, 1, 2, 3, 4).Batches(data.BatchConfig{Size: 1, Evaluation: true}),
	}}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		e := mean(s, trainers.Part(d, "a"))
		e.Terms["b"] = graph.Sum(trainers.Part(d, "b")["x"])
		e.Terms["rows"] = s.Const(float64(d["a/x"].Shape()[0]))
		return e
	}
	r, err := trainers.Fit(context.Background(), model, j, trainers.Config{Epochs: 1, Optimizer: trainers.SGD{Rate: 1e-12}})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Epochs[0].Train
	if b := (2*1 + 2*2 + 1*3) / 5.; math.Abs(got["b"]-b) > 1e-6 || math.Abs(got["rows"]-9./5) > 1e-6 {
		t.Errorf("means %v, want b %v and rows 1.8", got, b)
	}
}

func TestPartThatIsNotThere(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate { return mean(s, trainers.Part(d, "labeled")) }
	_, err := trainers.Fit(context.Background(), model, labelledAndNot(t, 50, 500), trainers.Config{Epochs: 1})
	want := "trainers: no part labeled in the data [labelled/x labelled/y unlabelled/x]"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

// What a law cannot take is counted in the set of its part, where there is one
// only.
func TestRowOfAPart(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Bernoulli{Logits: m})
		}}, vi.Data{"x": d["b/x"]})
	}
	j := &data.Join{Parts: map[string]data.Batches{
		"a": rowsOf(t, map[string][][]float64{"y": {{1}, {2}, {3}}}).Batches(data.BatchConfig{Size: 1}),
		"b": set(t, 0, 1, 0, 7).Batches(data.BatchConfig{Size: 2, Seed: 4}),
	}}
	_, err := trainers.Fit(context.Background(), model, j, trainers.Config{Epochs: 1})
	if want := "site x, row 3, element 0: value 7 is outside"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}
