package trainers_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// layered is a model with states, noise, a table, weight normalisation and masks
// on both sides of z, of a class y that is given or enumerated.
func layered(k int, enumerated bool) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		norm := layers.NormConfig{}
		first := layers.Config{WeightNorm: true}.NewDense(s.In("first"), 6, 16)
		normed, dropped := norm.NewBatchNorm(s.In("norm"), 16), layers.NewDropout(s.In("drop"), layers.DropoutConfig{Rate: .3})
		toZ := layers.NewDense(s.In("z"), 16, 4)
		class := layers.NewEmbedding(s.In("class"), 3, 2)
		res := layers.NewResNet(s.In("res"), layers.ResNetConfig{Inputs: 4, Outputs: 8, Width: 8, BatchNorm: true, Dropout: .2})
		noisy := layers.NewDropout(s.In("noisy"), layers.DropoutConfig{Alpha: .2, Always: true})
		toX := layers.NewMADE(s.In("x"), layers.MADEConfig{Inputs: 6, Hidden: []int{10}, Context: 8})
		c := vi.Config{K: k}
		if enumerated {
			c.Enumerate = []string{"y"}
		}
		m := vi.Model{
			Guide: func(t *vi.Trace) {
				h := dropped.Apply(graph.Relu(normed.Apply(first.Apply(t.Given("x")))))
				if enumerated {
					t.Draw("y", prob.Categorical{Logits: graph.ExpandDims(layers.NewDense(s.In("y"), 16, 3).Apply(h), -2)})
				}
				z := toZ.Apply(h)
				t.Draw("z", prob.Normal{Mean: graph.Cols(z, 0, 2), LogStd: graph.Cols(z, 2, 4)})
			},
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.StdNormal(2))
				y := t.Draw("y", prob.Categorical{Logits: s.Tensor(make([]float64, 3), 1, 3)})
				h := noisy.Apply(res.Apply(graph.Concat(-1, z, class.Apply(y)), nil))
				t.Draw("x", prob.Bernoulli{Logits: toX.Apply(t.Given("x"), h)})
			},
		}
		return vi.ELBO{Config: c}.Estimate(s, m, d)
	}
}

// Layers of all kinds, started from data, train to the same bits on any number of
// processors, with a short last batch, in both dtypes, under several draws and
// beside an enumeration; and the evaluation does not depend on its batches.
func TestLayersTrainAlikeOnAnyProcessors(t *testing.T) {
	const rows = 43
	x, y := make([]float64, rows*6), make([]float64, rows)
	for i := range x {
		x[i] = float64(i * 7 / 3 % 2)
	}
	for i := range y {
		y[i] = float64(i % 3)
	}
	arrays := []data.Array{data.FromFlat("x", x, 6), data.FromFlat("y", y, 1)}
	fit := func(dt graph.Dtype, k int, enumerated bool) string {
		of := arrays
		if enumerated {
			of = arrays[:1]
		}
		set, err := data.New(of...)
		if err != nil {
			t.Fatal(err)
		}
		p, m, b := &graph.Params{Dtype: dt, Seed: 4}, layered(k, enumerated), set.Batches(data.BatchConfig{Size: 20, Seed: 1})
		start(t, p, m, b)
		if _, err := trainers.Fit(context.Background(), m, b, trainers.Config{Params: p, Epochs: 2, Seed: 2}); err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, size := range []int{rows, 1} {
			terms, err := trainers.Evaluate(context.Background(), m, p, set.Batches(data.BatchConfig{Size: size, Evaluation: true}), trainers.EvalConfig{})
			if err != nil {
				t.Fatal(err)
			}
			out += fmt.Sprintf("%.4f ", terms["bound"])
		}
		var whole, single string
		if fmt.Sscan(out, &whole, &single); whole != single {
			t.Errorf("%v, K %d, enumerated %v: the bound is %s on one batch and %s row by row", dt, k, enumerated, whole, single)
		}
		for _, name := range p.Names() {
			out += fmt.Sprintln(name, p.Tensor(name).Data())
		}
		return out
	}
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, k := range []int{1, 3} {
			for _, enumerated := range []bool{false, true} {
				var got [2]string
				for i, procs := range []int{1, 8} {
					was := runtime.GOMAXPROCS(procs)
					got[i] = fit(dt, k, enumerated)
					runtime.GOMAXPROCS(was)
				}
				if got[0] != got[1] {
					t.Errorf("%v, K %d, enumerated %v: one processor gives\n%s\neight give\n%s", dt, k, enumerated, got[0], got[1])
				}
			}
		}
	}
}

// start gives parameters their first values from the first batch.
func start(t *testing.T, params *graph.Params, m trainers.Bound, b data.Batches) {
	t.Helper()
	if err := b.Seek(0, 0); err != nil || !b.Next() {
		t.Fatal("no batch", err)
	}
	p, err := graph.BuildInitialising(params, func(s *graph.Scope) {
		d := vi.Data{}
		for _, a := range b.Arrays() {
			d[a.Name] = s.Input(a.Name, append([]int{len(b.Index(a.Name))}, a.Shape...)...)
		}
		s.Output("value", m(s, d).Value)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range b.Arrays() {
		x := make([]float64, len(b.Index(a.Name))*graph.Size(a.Shape))
		if err := b.Fill(a.Name, 0, graph.Array{F64: x}); err != nil {
			t.Fatal(err)
		}
		if err := graph.Feed(p, a.Name, x); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
}
