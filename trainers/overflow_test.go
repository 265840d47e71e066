package trainers_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

// sgd is an optimiser of a user's own.
type sgd struct{ rate float64 }

func (sgd) Slots() int { return 0 }

func (o sgd) Step(p trainers.Tensor) {
	for i := range p.Grad.Len() {
		p.Param.Set(i, p.Param.At(i)-o.rate*p.Rate*p.Scale*p.Grad.At(i))
	}
}

// pieces is one that says that it is element-wise.
type pieces struct{ sgd }

func (pieces) ElementWise() {}

// embedding is one that goes other ways than what it embeds.
type embedding struct {
	trainers.Adam
	by sgd
}

func (o embedding) Step(p trainers.Tensor) { o.by.Step(p) }

// Whatever the optimiser, its rate, the dtype and the size of parameters, an
// update that is not finite is an error and leaves all parameters and
// states as they were.
func TestUpdateThatIsNotFiniteIsTakenBack(t *testing.T) {
	type trial struct {
		name string
		o    func(rate float64) trainers.Optimizer
	}
	for _, c := range []trial{
		{"Adam", func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r} }},
		{"Adam with a vanishing epsilon", func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r, Epsilon: 1e-320} }},
		{"Adam without moments", func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r, Beta1: -1, Beta2: -1} }},
		{"AdaMax", func(r float64) trainers.Optimizer { return trainers.AdaMax{Rate: r} }},
		{"AdaMax without memory", func(r float64) trainers.Optimizer { return trainers.AdaMax{Rate: r, Beta2: -1} }},
		{"Momentum", func(r float64) trainers.Optimizer { return trainers.Momentum{Rate: r, Mu: .9} }},
		{"Momentum without memory", func(r float64) trainers.Optimizer { return trainers.Momentum{Rate: r, Mu: -1} }},
		{"SGD", func(r float64) trainers.Optimizer { return trainers.SGD{Rate: r} }},
		{"Nesterov", func(r float64) trainers.Optimizer { return trainers.Momentum{Rate: r, Nesterov: true} }},
		{"Adam uncorrected", func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r, Uncorrected: true} }},
		{"AMSGrad", func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r, AMSGrad: true} }},
		{"Adagrad", func(r float64) trainers.Optimizer { return trainers.Adagrad{Rate: r} }},
		{"Adagrad with a vanishing epsilon", func(r float64) trainers.Optimizer { return trainers.Adagrad{Rate: r, Epsilon: 1e-320} }},
		{"RMSProp", func(r float64) trainers.Optimizer { return trainers.RMSProp{Rate: r} }},
		{"RMSProp without memory", func(r float64) trainers.Optimizer { return &trainers.RMSProp{Rate: r, Beta: -1} }},
		{"a user's, element-wise", func(r float64) trainers.Optimizer { return pieces{sgd{r}} }},
		{"a user's", func(r float64) trainers.Optimizer { return sgd{r} }},
		{"a user's that embeds Adam", func(r float64) trainers.Optimizer { return embedding{by: sgd{r}} }},
		{"a pointer", func(r float64) trainers.Optimizer { return &trainers.Adam{Rate: r} }},
	} {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			most := map[graph.Dtype]float64{graph.Float32: math.MaxFloat32, graph.Float64: math.MaxFloat64}[dt]
			failed := 0
			for _, rate := range []float64{1e-3, 1, 1e30, most / 4, most} {
				for _, size := range []float64{0, 1, most / 8, .9 * most} {
					n := 100
					if rate == most && size == 1 {
						n = 40_000 // pieces for several workers
					}
					failed += checkTakenBack(t, c.name, c.o(rate), dt, rate, size, n)
				}
			}
			if failed == 0 {
				t.Errorf("%s, %v: no step failed", c.name, dt)
			}
		}
	}
}

func checkTakenBack(t *testing.T, name string, o trainers.Optimizer, dt graph.Dtype, rate, size float64, n int) (failed int) {
	t.Helper()
	params := &graph.Params{Dtype: dt}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: o})
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		a, b := s.Param("a", graph.Constant(.5), 3), s.Param("b", graph.Constant(-size), n)
		count := s.State("n", graph.Constant(0), 1)
		s.Assign(count, count.Shift(1))
		unit := b.Scale(1 / max(size, 1)).Shift(1) // of a finite square whatever b is
		u.Declare(s, vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: a.Add(graph.Mean(unit, 0)), LogStd: s.Const(0)})
		}}, vi.Data{"x": s.Input("x", 1, 3)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	all := func() (v []float64) {
		for _, n := range params.Names() {
			x := params.Tensor(n)
			switch x := x.Data().(type) {
			case []float64:
				v = append(v, x...)
			case []float32:
				for _, f := range x {
					v = append(v, float64(f))
				}
			case float32:
				v = append(v, float64(x))
			case float64:
				v = append(v, x)
			}
		}
		return v
	}
	for step := range 4 {
		if err := graph.Feed(p, "x", pull(step+1)); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		before := all()
		err := u.Step(p)
		after := all()
		if err != nil && !slices.Equal(before, after) {
			t.Errorf("%s, %v, rate %g, size %g: step %d failed (%v) and changed parameters", name, dt, rate, size, step+1, err)
		}
		if i := slices.IndexFunc(after, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
			t.Errorf("%s, %v, rate %g, size %g: step %d (error %v) left element %d at %v", name, dt, rate, size, step+1, err, i, after[i])
			return failed
		}
		if err != nil {
			failed++
		}
		if rate <= 1 && size <= 1 && !strings.HasSuffix(name, "vanishing epsilon") && err != nil {
			t.Errorf("%s, %v, rate %g, size %g: error %v", name, dt, rate, size, err)
		}
		if err != nil && !strings.Contains(err.Error(), "not finite") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	return failed
}
