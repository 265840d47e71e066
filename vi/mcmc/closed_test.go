package mcmc_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// prior samples a joint without data.
func prior(joint vi.Func) mcmc.Build {
	return func(*graph.Scope) (vi.Model, vi.Data) { return vi.Model{Joint: joint}, nil }
}

// chained is a normal law of 50 dimensions whose standard deviations are from .1 to
// 10 and whose neighbours have correlations of .8: zᵢ = .8·zᵢ₋₁·σᵢ/σᵢ₋₁ + .6·σᵢ·ε.
type chained struct{}

const chainedSize = 50

func (chained) sd() []float64 {
	sd := make([]float64, chainedSize)
	for i := range sd {
		sd[i] = math.Pow(10, -1+2*float64(i)/(chainedSize-1))
	}
	return sd
}

func (c chained) LogProb(x *graph.Node) *graph.Node {
	z := x.Div(graph.Tensor(c.sd(), chainedSize))
	rest := graph.Cols(z, 1, chainedSize).Sub(graph.Cols(z, 0, chainedSize-1).Scale(.8)).Scale(1 / .6)
	return graph.Sum(rest.Square(), -1).Add(graph.Sum(graph.Cols(z, 0, 1).Square(), -1)).Scale(-.5)
}

func (chained) Sample(s *graph.Scope, lead ...int) *graph.Node {
	return prob.StdNormal(chainedSize).Sample(s, lead...) // not of the law, of its shape
}

func (chained) Support() prob.Support { return prob.Support{} }

func TestCorrelatedNormal(t *testing.T) {
	draws, chains, within := 400, 2, .25
	if long {
		draws, chains, within = 1000, 4, .1
	}
	build, sd := prior(func(t *vi.Trace) { t.Global("z", chained{}) }), chained{}.sd()
	steps := map[mcmc.Mass]int{}
	for _, m := range []mcmc.Mass{mcmc.Diagonal, mcmc.Dense} {
		p := sample(t, build, mcmc.Config{Mass: m, Chains: chains, Draws: draws, Warmup: 500, Rows: 1})
		agrees(t, p, map[string]moments{"z": {Mean: make([]float64, len(sd)), SD: sd}}, within)
		for _, ts := range p.Transitions {
			for _, tr := range ts {
				steps[m] += tr.Steps
			}
		}
		for c, inverse := range p.InverseMass {
			for i, s := range sd {
				at := i
				if m == mcmc.Dense {
					at = i*len(sd) + i
				}
				if r := inverse[at] / (s * s); r < .4 || r > 2.5 {
					t.Errorf("%v mass of chain %d: the variance of z[%d] is taken as %.3g times what it is", m, c, i, r)
				}
			}
		}
	}
	if 3*steps[mcmc.Dense] > 2*steps[mcmc.Diagonal] {
		t.Errorf("%d leapfrog steps with a dense mass matrix, %d with a diagonal one", steps[mcmc.Dense], steps[mcmc.Diagonal])
	}
}

// Twisted laws with moments in closed form: a banana, x₂ = b·(x₁² − 1) + ε with b = ½,
// and a funnel, x ~ N(0, eᵛ).
func TestTwisted(t *testing.T) {
	banana := prior(func(t *vi.Trace) {
		x := t.Global("x", prob.StdNormal(1))
		t.Global("y", prob.Normal{Mean: x.Square().Shift(-1).Scale(.5), LogStd: num(0)})
	})
	agrees(t, sample(t, banana, mcmc.Config{Draws: 4000, Accept: .9, Rows: 1}), map[string]moments{
		"x": {Mean: []float64{0}, SD: []float64{1}},
		"y": {Mean: []float64{0}, SD: []float64{math.Sqrt(1.5)}},
	}, .1)
	funnel := prior(func(t *vi.Trace) {
		v := t.Global("v", normal(0, 1.5))
		t.Global("x", prob.Normal{Mean: num(0), LogStd: v.Scale(.5)})
	})
	agrees(t, sample(t, funnel, mcmc.Config{Draws: 4000, Accept: .95, Rows: 1}), map[string]moments{
		"v": {Mean: []float64{0}, SD: []float64{1.5}},
	}, .1)
}

// Every constraint: means and standard deviations of laws are those of the draws on
// their scale.
func TestConstrained(t *testing.T) {
	half := math.Sqrt(1 - 2/math.Pi)
	p := sample(t, prior(func(t *vi.Trace) {
		t.Global("gamma", prob.Gamma{LogConcentration: num(math.Log(3)), LogRate: num(0)})
		t.Global("beta", prob.Beta{LogA: num(math.Log(2)), LogB: num(math.Log(3))})
		t.Global("uniform", prob.Uniform{Low: num(-1), High: num(5)})
		t.Global("half", prob.HalfNormal{LogScale: num(0)})
		t.Global("simplex", prob.Dirichlet{LogConcentration: graph.Log(graph.Tensor([]float64{1, 2, 3}, 3))})
		t.Draw("local", prob.Gamma{LogConcentration: num(math.Log(4)), LogRate: num(math.Log(2))})
	}), mcmc.Config{Draws: 1500, Rows: 2})
	simplex := moments{}
	for _, a := range []float64{1, 2, 3} {
		simplex.Mean, simplex.SD = append(simplex.Mean, a/6), append(simplex.SD, math.Sqrt(a*(6-a)/36/7))
	}
	agrees(t, p, map[string]moments{
		"gamma":   {Mean: []float64{3}, SD: []float64{math.Sqrt(3)}},
		"beta":    {Mean: []float64{.4}, SD: []float64{.2}},
		"uniform": {Mean: []float64{2}, SD: []float64{6 / math.Sqrt(12)}},
		"half":    {Mean: []float64{math.Sqrt(2 / math.Pi)}, SD: []float64{half}},
		"simplex": simplex,
		"local":   {Mean: []float64{2, 2}, SD: []float64{1, 1}},
	}, .1)
}

// The posterior of a linear regression is normal, and the draws are of it within
// their Monte Carlo error.
func TestLinearRegression(t *testing.T) {
	const n, d, noise = 40, 3, .7
	r := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, n*d), make([]float64, n)
	for i := range n {
		for j := range d {
			x[i*d+j] = r.NormFloat64()
			y[i] += x[i*d+j] * float64(j-1)
		}
		y[i] += noise * r.NormFloat64()
	}
	design := mat.NewDense(n, d, x)
	precision := mat.NewSymDense(d, nil) // XᵀX/σ² + I/2²
	precision.SymOuterK(1/(noise*noise), design.T())
	for i := range d {
		precision.SetSym(i, i, precision.At(i, i)+.25)
	}
	var c mat.Cholesky
	c.Factorize(precision)
	var cov mat.SymDense
	if err := c.InverseTo(&cov); err != nil {
		t.Fatal(err)
	}
	var right, mean mat.VecDense
	right.MulVec(design.T(), mat.NewVecDense(n, y))
	right.ScaleVec(1/(noise*noise), &right)
	mean.MulVec(&cov, &right)
	build := func(s *graph.Scope) (vi.Model, vi.Data) {
		return vi.Model{Joint: func(t *vi.Trace) {
			w := t.Global("w", normal(0, 2), d)
			t.Draw("y", prob.Normal{Mean: graph.MatMul(t.Given("x"), w), LogStd: num(math.Log(noise))})
		}}, vi.Data{"x": s.Tensor(x, n, d), "y": s.Tensor(y, n, 1)}
	}
	for name, k := range map[string]mcmc.Kernel{"NUTS": mcmc.NUTS{}, "HMC": mcmc.HMC{Steps: 7, Jitter: .3}} {
		p := sample(t, build, mcmc.Config{Kernel: k})
		for i := range d {
			draws := p.Series("w", i)
			row := p.Summary("w")[i]
			if e := mcmc.MeanError(draws); math.Abs(row.Mean-mean.AtVec(i)) > 4*e {
				t.Errorf("%s: mean of %s %.4f ± %.4f, want %.4f", name, row.Name, row.Mean, e, mean.AtVec(i))
			}
			if e, want := mcmc.StdError(draws), math.Sqrt(cov.At(i, i)); math.Abs(row.SD-want) > 4*e {
				t.Errorf("%s: sd of %s %.4f ± %.4f, want %.4f", name, row.Name, row.SD, e, want)
			}
			if !(row.RHat < 1.01) {
				t.Errorf("%s: R̂ of %s %.4f", name, row.Name, row.RHat)
			}
		}
	}
}
