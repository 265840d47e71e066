package trainers_test

import (
	"context"
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// A fit in one expression: the mean of a normal law, by maximum likelihood.
func ExampleFit() {
	points, err := data.New(data.FromFlat("x", []float64{1, 2, 3, 4}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		mean := s.Param("mean", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: mean, LogStd: s.Const(0)})
		}}, d)
	}
	r, err := trainers.Fit(context.Background(), model, points.Batches(data.BatchConfig{}), trainers.Config{
		Epochs: 200, Optimizer: trainers.SGD{Rate: .1},
		OnEpoch: func(e trainers.Epoch) error {
			if e.Train["bound"] > -1.55 {
				return trainers.Stop // good enough
			}
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := graph.Values[float32](r.Params, "mean")
	fmt.Printf("%.1f after %d epochs, error %v\n", mean, len(r.Epochs), err)
	// Output: [2.4] after 31 epochs, error <nil>
}

// Two sets in one fit: of the first we know the class y of every row, of the
// second we do not, and it is summed out. A step takes a batch of each.
func ExamplePart() {
	few, err := data.New(
		data.FromRows("x", [][]int{{1, 1, 0}, {1, 0, 0}, {0, 1, 1}, {0, 0, 1}}),
		data.FromRows("y", [][]int{{1, 0}, {1, 0}, {0, 1}, {0, 1}}), // one-hot
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	many, err := data.New(data.FromRows("x", [][]int{{1, 1, 0}, {0, 1, 1}, {1, 0, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 0, 1}, {1, 0, 0}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		bits, weights := s.Param("bits", graph.Gaussian{Std: .1}, 2, 3), s.Param("weights", graph.Gaussian{Std: .1}, 3, 2)
		m := vi.Model{
			Joint: func(t *vi.Trace) {
				y := t.Draw("y", prob.OneHot{Logits: graph.BroadcastTo(s.Const(0), 2)})
				t.Draw("x", prob.Bernoulli{Logits: graph.MatMul(y, bits)})
			},
			Guide: func(t *vi.Trace) { t.Draw("y", prob.OneHot{Logits: graph.MatMul(t.Given("x"), weights)}) },
		}
		known := vi.ELBO{}.Estimate(s.In("known"), m, trainers.Part(d, "known"))
		unknown := vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s.In("unknown"), m, trainers.Part(d, "unknown"))
		return vi.Sum(known, unknown)
	}
	both := &data.Join{Parts: map[string]data.Batches{
		"known":   few.Batches(data.BatchConfig{Size: 2, Seed: 1}),
		"unknown": many.Batches(data.BatchConfig{Size: 2, Seed: 2}),
	}}
	r, err := trainers.Fit(context.Background(), model, both, trainers.Config{Epochs: 100, Optimizer: trainers.Adam{Rate: .05}})
	if err != nil {
		fmt.Println(err)
		return
	}
	bits, err := graph.Values[float32](r.Params, "bits")
	fmt.Println(r.Steps, "steps; the first bit is likelier in the first class:", bits[0] > bits[3], err)
	// Output: 400 steps; the first bit is likelier in the first class: true <nil>
}

// signs is a rule of one's own, for parameters of either dtype: every element
// goes a step against the sign of its running gradient.
type signs struct{ rate float64 }

func (signs) Slots() int { return 1 }

func (o signs) Step(p trainers.Tensor) {
	mean := p.Slots[0]
	for i := range p.Param.Len() {
		mean.Set(i, .9*mean.At(i)+.1*p.Scale*p.Grad.At(i))
		if mean.At(i) > 0 {
			p.Param.Set(i, p.Param.At(i)-o.rate*p.Rate)
		} else {
			p.Param.Set(i, p.Param.At(i)+o.rate*p.Rate)
		}
	}
}

func ExampleOptimizer() {
	points, err := data.New(data.FromFlat("x", []float64{1, 2, 3, 4}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		mean := s.Param("mean", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: mean, LogStd: s.Const(0)})
		}}, d)
	}, points.Batches(data.BatchConfig{}), trainers.Config{Epochs: 20, Optimizer: signs{rate: .125}})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := graph.Values[float32](r.Params, "mean")
	fmt.Println(mean, err)
	// Output: [2.5] <nil>
}

// lasso is a rule of the library's and, after it, a step of every element towards
// 0 by a part of the rate, where it stays: the proximal step of a penalty on
// absolute values. It says that it is element-wise, as what it embeds does not say
// so for it.
type lasso struct {
	trainers.SGD
	weight float64
}

func (lasso) ElementWise() {}

func (o lasso) Step(p trainers.Tensor) {
	o.SGD.Step(p)
	by := o.weight * o.Defaults().Rate * p.Rate
	for i := range p.Param.Len() {
		x := p.Param.At(i)
		p.Param.Set(i, math.Copysign(max(math.Abs(x)-by, 0), x))
	}
}

func ExampleElementWise() {
	points, err := data.New(
		data.FromRows("x", [][]float64{{-2, 1}, {-1, -1}, {1, -1}, {2, 1}}),
		data.FromFlat("y", []float64{-1.9, -1.1, 1, 2.1}, 1),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	line := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		w := s.Param("w", graph.Constant(1), 2, 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: graph.MatMul(t.Given("x"), w), LogStd: s.Const(0)})
		}}, d)
	}
	for _, o := range []trainers.Optimizer{trainers.SGD{Rate: .1}, lasso{trainers.SGD{Rate: .1}, .1}} {
		r, err := trainers.Fit(context.Background(), line, points.Batches(data.BatchConfig{}), trainers.Config{Epochs: 400, Optimizer: o})
		if err != nil {
			fmt.Println(err)
			return
		}
		w, err := graph.Values[float32](r.Params, "w")
		fmt.Printf("slopes %.2f, error %v\n", w, err)
	}
	// Output:
	// slopes [1.01 0.07], error <nil>
	// slopes [0.97 0.00], error <nil>
}
