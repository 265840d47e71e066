package guide_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// mixed is a linear mixed model, y_i = a + u_g + (b + v_g)·x_i + e_i for row i of
// group g, with intercepts and slopes that vary by group,
//
//	a, b ~ N(0, 2²),  u_g ~ N(0, .8²),  v_g ~ N(0, .5²),  e ~ N(0, .6²)
//
// so that y is normal with a covariance that can be written down.
func mixed(t *vi.Trace) {
	std := func(v float64) *graph.Node { return graph.Const(math.Log(v)) }
	zero := func(sd float64) prob.Dist { return prob.Normal{Mean: number(0), LogStd: std(sd)} }
	a, b := t.Global("a", zero(2)), t.Global("b", zero(2))
	u, v := t.Global("u", zero(.8), groups), t.Global("v", zero(.5), groups) // [groups, 1]
	group := graph.Squeeze(t.Given("group"), -1)
	intercept, slope := graph.Gather(u, group).Add(a), graph.Gather(v, group).Add(b)
	t.Draw("y", prob.Normal{Mean: intercept.Add(slope.Mul(t.Given("x"))), LogStd: std(.6)})
}

const groups = 4

func mixedSet(t *testing.T) (set *data.Set, evidence float64) {
	t.Helper()
	const n = 18
	var group []int
	var x, y []float64
	for i := range n {
		g := i * i % groups
		group = append(group, g)
		x = append(x, math.Sin(float64(i)))
		y = append(y, 1+.5*float64(g)+(float64(g)-1)*x[i]+.4*math.Cos(7*float64(i)))
	}
	set, err := data.New(data.FromFlat("group", group, 1), data.FromFlat("x", x, 1), data.FromFlat("y", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	c := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			v := 4 + 4*x[i]*x[j]
			if group[i] == group[j] {
				v += .64 + .25*x[i]*x[j]
			}
			if i == j {
				v += .36
			}
			c.SetSym(i, j, v)
		}
	}
	var f mat.Cholesky
	f.Factorize(c)
	var solved mat.VecDense
	if err := f.SolveVecTo(&solved, mat.NewVecDense(n, y)); err != nil {
		t.Fatal(err)
	}
	return set, -.5*mat.Dot(mat.NewVecDense(n, y), &solved) - .5*f.LogDet() - n/2.*math.Log(2*math.Pi)
}

func mixedModel(f guide.Family) func(s *graph.Scope) vi.Model {
	return func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: mixed, Guide: guide.New(s, mixed, guide.Config{Family: f, Init: guide.Zero{}})}
	}
}

// The bound of a full-rank guide rises to the exact log marginal likelihood of a
// linear mixed model, Laplace's is that, and mean-field stays below.
func TestGroupsReachTheMarginalLikelihood(t *testing.T) {
	set, evidence := mixedSet(t)
	n := set.Len()
	ctx := context.Background()
	best := func(f guide.Family, e vi.Estimator) float64 {
		t.Helper()
		m := bound(mixedModel(f), vi.Config{Total: n, Estimator: e})
		params := &graph.Params{Dtype: graph.Float64}
		for _, o := range []trainers.Optimizer{trainers.Adam{Rate: .03}, trainers.SGD{Rate: .02}} {
			if _, err := trainers.Fit(ctx, m, set.Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 3000, Optimizer: o}); err != nil {
				t.Fatal(err)
			}
		}
		c := trainers.EvalConfig{GlobalDraws: 200}
		whole, err := trainers.Evaluate(ctx, m, params, set.Batches(data.BatchConfig{Evaluation: true}), c)
		if err != nil {
			t.Fatal(err)
		}
		// Divergences count once a data set, whatever the batches: each group's level
		// is scored in every batch and weighs by its rows.
		parts, err := trainers.Evaluate(ctx, m, params, set.Batches(data.BatchConfig{Size: 5, Evaluation: true}), c)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(parts["bound"]-whole["bound"]) > 1e-12 {
			t.Errorf("%T: bound %v in batches, %v at once", f, parts["bound"], whole["bound"])
		}
		return whole["bound"] * float64(n)
	}
	if got := best(guide.FullRank{}, vi.STL{}); math.Abs(got-evidence) > 1e-3 {
		t.Errorf("full rank: %v, log p(y) = %v", got, evidence)
	}
	if got := best(guide.Normal{}, vi.STL{}); got > evidence-.5 || got < evidence-8 {
		t.Errorf("mean-field: %v, log p(y) = %v", got, evidence)
	}
	r, err := trainers.Laplace(ctx, bound(mixedModel(guide.Laplace{}), vi.Config{Total: n}), &graph.Params{Dtype: graph.Float64}, set.Batches(data.BatchConfig{Evaluation: true}))
	if err != nil || math.Abs(r.LogEvidence-evidence) > 1e-9 {
		t.Errorf("Laplace: %+v, log p(y) = %v, %v", r, evidence, err)
	}
}
