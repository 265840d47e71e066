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

// line is y ~ N(a + X·b, ½²) with a ~ N(0, 2²) and b_j ~ N(.3, 1.5²), whose
// posterior is normal.
type line struct {
	x [][]float64
	y []float64
}

const slopes = 3

func newLine(n int) line {
	var l line
	for i := range n {
		u := float64(i)
		x := []float64{math.Sin(u), math.Cos(1.7 * u), math.Sin(.3*u) + .5*math.Sin(u)}
		l.x = append(l.x, x)
		l.y = append(l.y, 1+.7*x[0]-.4*x[1]+1.2*x[2]+.5*math.Sin(13*u))
	}
	return l
}

func lineJoint(t *vi.Trace) {
	log := func(v float64) *graph.Node { return graph.Const(math.Log(v)) }
	a := t.Global("a", prob.Normal{Mean: graph.Const(0), LogStd: log(2)})
	b := t.Global("b", prob.Normal{Mean: graph.BroadcastTo(graph.Const(.3), slopes), LogStd: log(1.5)}) // [3]
	mean := graph.MatMul(t.Given("x"), graph.Reshape(b, slopes, 1)).Add(a)
	t.Draw("y", prob.Normal{Mean: mean, LogStd: log(.5)})
}

// posterior returns the exact mean and covariance of (a, b) and log p(y).
func (l line) posterior() (mean []float64, cov *mat.SymDense, evidence float64) {
	const d, s2 = slopes + 1, .25
	prior, variance := []float64{0, .3, .3, .3}, []float64{4, 2.25, 2.25, 2.25}
	a, h := mat.NewSymDense(d, nil), mat.NewVecDense(d, nil)
	for i := range d {
		a.SetSym(i, i, 1/variance[i])
		h.SetVec(i, prior[i]/variance[i])
	}
	n := len(l.y)
	cy, my := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	phi := func(i int) []float64 { return append([]float64{1}, l.x[i]...) }
	for i := range n {
		p := phi(i)
		for j := range d {
			h.SetVec(j, h.AtVec(j)+p[j]*l.y[i]/s2)
			for k := range j + 1 {
				a.SetSym(j, k, a.At(j, k)+p[j]*p[k]/s2)
			}
			my.SetVec(i, my.AtVec(i)-p[j]*prior[j])
		}
		my.SetVec(i, my.AtVec(i)+l.y[i])
		for k := range i + 1 {
			c := 0.
			for j, v := range variance {
				c += p[j] * phi(k)[j] * v
			}
			if i == k {
				c += s2
			}
			cy.SetSym(i, k, c)
		}
	}
	var f, fy mat.Cholesky
	f.Factorize(a)
	fy.Factorize(cy)
	cov = mat.NewSymDense(d, nil)
	f.InverseTo(cov)
	var m, solved mat.VecDense
	m.MulVec(cov, h)
	fy.SolveVecTo(&solved, my)
	evidence = -.5*mat.Dot(my, &solved) - .5*fy.LogDet() - float64(n)/2*math.Log(2*math.Pi)
	return m.RawVector().Data, cov, evidence
}

func (l line) set(t testing.TB) *data.Set {
	t.Helper()
	s, err := data.New(data.FromRows("x", l.x), data.FromFlat("y", l.y, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lineModel(f guide.Family) func(s *graph.Scope) vi.Model {
	return func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: lineJoint, Guide: guide.New(s, lineJoint, guide.Config{Family: f})}
	}
}

// bound returns the ELBO of a model.
func bound(model func(s *graph.Scope) vi.Model, c vi.Config) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate { return vi.ELBO{Config: c}.Estimate(s, model(s), d) }
}

func values(t testing.TB, p *graph.Params, name string) []float64 {
	t.Helper()
	v, err := graph.Values[float64](p, name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// full returns the covariance of the rows of a triangle, as prob.CholeskyFactor
// reads them, or of a whole factor.
func covariance(l []float64, d int) *mat.SymDense {
	f := mat.NewTriDense(d, mat.Lower, nil)
	for i, at := 0, 0; i < d; i++ {
		for j := range i + 1 {
			switch {
			case len(l) == d*d:
				f.SetTri(i, j, l[i*d+j])
			case i == j:
				f.SetTri(i, j, math.Exp(l[at]))
			default:
				f.SetTri(i, j, l[at])
			}
			at++
		}
	}
	var c mat.SymDense
	c.SymOuterK(1, f)
	return &c
}

func compare(t *testing.T, mean []float64, cov, want *mat.SymDense, wantMean []float64, tolerance float64) {
	t.Helper()
	for i := range mean {
		if math.Abs(mean[i]-wantMean[i]) > tolerance {
			t.Errorf("mean %d: %v, exactly %v", i, mean[i], wantMean[i])
		}
		for j := range i + 1 {
			if math.Abs(cov.At(i, j)-want.At(i, j)) > tolerance {
				t.Errorf("covariance %d, %d: %v, exactly %v", i, j, cov.At(i, j), want.At(i, j))
			}
		}
	}
}

// The full-rank guide becomes the posterior of a linear model: by STL, whose
// gradient has no variance there, so that steps of a constant size converge.
func TestFullRankIsExact(t *testing.T) {
	l := newLine(20)
	wantMean, want, evidence := l.posterior()
	model := lineModel(guide.FullRank{})
	m := bound(model, vi.Config{Total: 20, Estimator: vi.STL{}})
	params := &graph.Params{Dtype: graph.Float64}
	fit := func(epochs int, o trainers.Optimizer) {
		t.Helper()
		if _, err := trainers.Fit(context.Background(), m, l.set(t).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: epochs, Optimizer: o}); err != nil {
			t.Fatal(err)
		}
	}
	fit(2000, trainers.Adam{Rate: .02})
	fit(20000, trainers.SGD{Rate: .02})
	mean := append(values(t, params, "a/mean"), values(t, params, "b/mean")...)
	compare(t, mean, covariance(values(t, params, "guide/cholesky"), slopes+1), want, wantMean, 1e-6)
	got, err := trainers.Evaluate(context.Background(), bound(model, vi.Config{Total: 20}), params, l.set(t).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(20*got["bound"]-evidence) > 1e-6 {
		t.Errorf("bound %v, log p(y) = %v", 20*got["bound"], evidence)
	}
}

// Laplace's approximation of a linear model is its posterior, in a step of
// Newton's method, in one batch or several.
func TestLaplaceIsExact(t *testing.T) {
	l := newLine(20)
	wantMean, want, evidence := l.posterior()
	for _, size := range []int{0, 7} {
		params := &graph.Params{Dtype: graph.Float64}
		r, err := trainers.Laplace(context.Background(), bound(lineModel(guide.Laplace{}), vi.Config{Total: 20}), params, l.set(t).Batches(data.BatchConfig{Size: size, Evaluation: true}))
		if err != nil {
			t.Fatal(err)
		}
		mean := append(values(t, params, "a/mean"), values(t, params, "b/mean")...)
		compare(t, mean, covariance(values(t, params, "guide/cholesky"), slopes+1), want, wantMean, 1e-10)
		if math.Abs(r.LogEvidence-evidence) > 1e-9 || r.Steps > 3 {
			t.Errorf("%+v, log p(y) = %v", r, evidence)
		}
	}
}
