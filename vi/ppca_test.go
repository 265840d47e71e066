package vi_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// ppca is probabilistic principal component analysis, p(z) = N(0,I) and
// p(x|z) = N(zW + b, σ²I), with an affine guide of constant variance, which is
// exact where the rows of W are orthogonal.
type ppca struct{ w, b, logStd, a, c, logS *graph.Node }

const ppcaData, ppcaLatent = 5, 2

func newPPCA(s *graph.Scope) vi.Model {
	m := ppca{
		w:      s.Param("w", graph.Gaussian{Std: .5}, ppcaLatent, ppcaData),
		b:      s.Param("b", graph.Constant(0), ppcaData),
		logStd: s.Param("log_std", graph.Constant(0)),
		a:      s.Param("a", graph.Gaussian{Std: .1}, ppcaData, ppcaLatent),
		c:      s.Param("c", graph.Constant(0), ppcaLatent),
		logS:   s.Param("log_s", graph.Constant(0), ppcaLatent),
	}
	return vi.Model{Joint: m.joint, Guide: m.guide}
}

func (m ppca) joint(t *vi.Trace) {
	z := t.Draw("z", prob.StdNormal(ppcaLatent))
	t.Draw("x", prob.Normal{Mean: graph.Linear(z, m.w, m.b), LogStd: m.logStd})
}

func (m ppca) guide(t *vi.Trace) {
	t.Draw("z", prob.Normal{Mean: graph.Linear(t.Given("x"), m.a, m.c), LogStd: m.logS})
}

// exactPPCA sets W = diag(s)·Q with orthonormal rows of Q, and the guide to the
// posterior N(M⁻¹W(x−b), σ²M⁻¹), M = WWᵀ+σ²I. It returns the marginal density.
func exactPPCA(t *testing.T, p *graph.Params) *gaussian {
	t.Helper()
	scale := []float64{2, .7}
	q := []float64{.6, 0, .8, 0, 0, 0, 1, 0, 0, 0}
	b := []float64{.3, -1, 2, 0, .1}
	const std = .4
	set := func(name string, v []float64) {
		dst, err := graph.Memory[float64](p, name)
		if err != nil {
			t.Fatal(err)
		}
		copy(dst, v)
	}
	var w, a, c, logS []float64
	a, c = make([]float64, ppcaData*ppcaLatent), make([]float64, ppcaLatent)
	for l := range ppcaLatent {
		m := scale[l]*scale[l] + std*std
		for d := range ppcaData {
			v := scale[l] * q[l*ppcaData+d]
			w = append(w, v)
			a[d*ppcaLatent+l] = v / m
			c[l] -= b[d] * v / m
		}
		logS = append(logS, math.Log(std/math.Sqrt(m)))
	}
	set("w", w)
	set("b", b)
	set("log_std", []float64{math.Log(std)})
	set("a", a)
	set("c", c)
	set("log_s", logS)

	wm := mat.NewDense(ppcaLatent, ppcaData, w)
	var cov mat.SymDense
	cov.SymOuterK(1, wm.T())
	for d := range ppcaData {
		cov.SetSym(d, d, cov.At(d, d)+std*std)
	}
	marginal := &gaussian{mean: mat.NewVecDense(ppcaData, b)}
	if !marginal.chol.Factorize(&cov) {
		t.Fatal("covariance not positive definite")
	}
	return marginal
}

// gaussian is a multivariate normal distribution, computed by gonum.
type gaussian struct {
	mean *mat.VecDense
	chol mat.Cholesky
}

func (g *gaussian) LogProb(x []float64) float64 {
	var d, solved mat.VecDense
	d.SubVec(mat.NewVecDense(len(x), x), g.mean)
	if err := g.chol.SolveVecTo(&solved, &d); err != nil {
		panic(err)
	}
	return -.5 * (mat.Dot(&d, &solved) + g.chol.LogDet() + float64(len(x))*math.Log(2*math.Pi))
}

var ppcaRows = []float64{
	0, 0, 0, 0, 0,
	1.2, -.3, 2.8, 0, .4,
	-3, 1, 0, 2, -1,
}

// ppcaBounds runs check on the bound of each row for draws of the noise.
func ppcaBounds(t *testing.T, o vi.ELBO, steps int, check func(step int, row []float64, marginal *gaussian)) {
	t.Helper()
	p := &graph.Params{Seed: 3, Dtype: graph.Float64}
	prog, err := graph.Build(p, func(s *graph.Scope) {
		x := s.Input("x", len(ppcaRows)/ppcaData, ppcaData)
		s.Output("rows", o.Estimate(s, newPPCA(s), vi.Data{"x": x}).PerRow)
	})
	if err != nil {
		t.Fatal(err)
	}
	marginal := exactPPCA(t, p)
	if err := graph.Feed(prog, "x", ppcaRows); err != nil {
		t.Fatal(err)
	}
	for step := range steps {
		if err := prog.Run(context.Background(), graph.Key{Seed: 5, Step: uint32(step)}); err != nil {
			t.Fatal(err)
		}
		row, err := prog.Value("rows")
		if err != nil {
			t.Fatal(err)
		}
		check(step, row, marginal)
	}
}

func TestMonteCarloELBOAtExactPosterior(t *testing.T) {
	ppcaBounds(t, vi.ELBO{KL: vi.MonteCarlo}, 50, func(step int, row []float64, marginal *gaussian) {
		for i, got := range row {
			want := marginal.LogProb(ppcaRows[i*ppcaData : (i+1)*ppcaData])
			if math.Abs(got-want) > 1e-6 {
				t.Fatalf("draw %d, row %d: bound %v, log p(x) %v", step, i, got, want)
			}
		}
	})
}

func TestClosedFormELBOAtExactPosteriorInExpectation(t *testing.T) {
	const draws = 4000
	got := make([][]float64, len(ppcaRows)/ppcaData)
	var density *gaussian
	ppcaBounds(t, vi.ELBO{KL: vi.ClosedForm}, draws, func(_ int, row []float64, marginal *gaussian) {
		density = marginal
		for i, v := range row {
			got[i] = append(got[i], v)
		}
	})
	for i, v := range got {
		mean, std := stat.MeanStdDev(v, nil)
		want := density.LogProb(ppcaRows[i*ppcaData : (i+1)*ppcaData])
		if se := std / math.Sqrt(draws); se == 0 || math.Abs(mean-want) > 4*se {
			t.Errorf("row %d: mean bound %v ± %v, log p(x) %v", i, mean, se, want)
		}
	}
}
