package vi_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// scaledMap is c·x·W.
type scaledMap struct{ c float64 }

func (f scaledMap) Mul(x, w *graph.Node) *graph.Node { return graph.MatMul(x, w).Scale(f.c) }
func (f scaledMap) Variance(x, v *graph.Node) *graph.Node {
	return vi.MatMul{}.Variance(x, v).Scale(f.c * f.c)
}

// averagedMap is the mean over the places of x, [… places], times one weight.
type averagedMap struct{}

func (averagedMap) mean(x *graph.Node) *graph.Node { return graph.ExpandDims(graph.Mean(x, -1), -1) }
func (f averagedMap) Mul(x, w *graph.Node) *graph.Node {
	return graph.MatMul(f.mean(x), w)
}
func (f averagedMap) Variance(x, v *graph.Node) *graph.Node {
	return vi.MatMul{}.Variance(f.mean(x), v)
}

// gatedMap multiplies element by element, with coefficients: y_k = c_k·x_k·w_k.
type gatedMap struct{ c []float64 }

func (f gatedMap) Mul(x, w *graph.Node) *graph.Node {
	return x.Mul(w).Mul(graph.Tensor(f.c, 1, len(f.c)))
}
func (f gatedMap) Variance(x, v *graph.Node) *graph.Node {
	return x.Mul(graph.Sqrt(v)).Mul(graph.Tensor(f.c, 1, len(f.c))).Square()
}

// TestNoiseOfProductsHasOneVariance: y = Σ_j a_j(x)·w_j has mean Σ a_j·μ_j and
// variance Σ a_j²·σ_j² whatever the noise, by integration over it, and the ELBO
// and its mean gradient are then the same.
func TestNoiseOfProductsHasOneVariance(t *testing.T) {
	x := []float64{.7, -1.3}
	for _, c := range []struct {
		name string
		f    vi.Bilinear
		in   func(x *graph.Node) *graph.Node // of the map, [1, B, …]
		d    int                             // weights
		a    func(x float64) []float64       // their coefficients
	}{
		{"matrix product", vi.MatMul{}, both, 2, func(x float64) []float64 { return []float64{x, x * x} }},
		{"halved", scaledMap{.5}, both, 2, func(x float64) []float64 { return []float64{x / 2, x * x / 2} }},
		{"negative", scaledMap{-1.2}, both, 2, func(x float64) []float64 { return []float64{-1.2 * x, -1.2 * x * x} }},
		{"averaged", averagedMap{}, both, 1, func(x float64) []float64 { return []float64{(x + x*x) / 2} }},
		{"gated", gatedMap{[]float64{1.7}}, func(x *graph.Node) *graph.Node { return x }, 1, func(x float64) []float64 { return []float64{1.7 * x} }},
	} {
		problem := func(noise string) problem {
			p := problem{
				params: map[string]float64{"m": .6, "l": -.2},
				data:   map[string][]float64{"x": x, "y": {1, 0}},
			}
			p.model = func(s *graph.Scope) vi.Model {
				m, l := param(s, "m"), param(s, "l")
				step := s.Tensor([]float64{0, .5}[:c.d], c.d, 1)
				return vi.Model{
					Guide: func(t *vi.Trace) {
						t.Global("w", prob.Normal{Mean: step.Add(m), LogStd: l.Sub(step)}, c.d)
					},
					Joint: func(t *vi.Trace) {
						h := t.Product("w", prob.StdNormal(1), c.in(t.Given("x")), c.f)
						t.Draw("y", prob.Bernoulli{Logits: h})
					},
				}
			}
			p.noise = func(map[string]float64, int) (ds []dimension) {
				switch noise {
				case "local":
					for i := range x {
						ds = append(ds, dimension{"w/local", i, hermite(30)})
					}
				case "separate":
					for i := range len(x) * c.d {
						ds = append(ds, dimension{"w/separate", i, hermite(12)})
					}
				case "noise":
					for i := range c.d {
						ds = append(ds, dimension{"w/noise", i, hermite(30)})
					}
				}
				return ds
			}
			return p
		}
		for noise, e := range map[string]vi.Estimator{"noise": vi.Single{}, "local": vi.Local{}, "separate": vi.Separate{}} {
			for power, want := range momentsOf(c.a, x, c.d) {
				p := problem(noise)
				got := p.compile(t, logitPower{power, e}, 1, false).integrate(t, p.params).value
				if !(math.Abs(got-want) <= 1e-10*math.Abs(want)) {
					t.Errorf("%s, %s: the mean of y^%d over rows is %v, want %v", c.name, vi.Name(e), power, got, want)
				}
			}
		}
		// The objective, at a number of points that a log likelihood needs.
		elbo := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{Total: 7, Sites: choice{"w": e}}} }
		exact := problem("noise").compile(t, elbo(vi.Single{}), 1, false).exact(t)
		for noise, e := range map[string]vi.Estimator{"noise": vi.Single{}, "local": vi.Local{}} {
			agree(t, fmt.Sprintf("%s, %s", c.name, vi.Name(e)), problem(noise), elbo(e), 1, exact, -1)
		}
	}
}

func both(x *graph.Node) *graph.Node { return graph.Concat(-1, x, x.Square()) }

// momentsOf returns the mean over rows of the first two moments of y.
func momentsOf(a func(float64) []float64, x []float64, d int) map[int]float64 {
	m := map[int]float64{}
	for _, x := range x {
		mean, variance := 0.0, 0.0
		for j, a := range a(x)[:d] {
			mean += a * (.6 + .5*float64(j))
			variance += a * a * math.Exp(2*(-.2-.5*float64(j)))
		}
		m[1] += mean / 2
		m[2] += (mean*mean + variance) / 2
	}
	return m
}

// logitPower has the mean over rows of a power of the logits of y as its value.
type logitPower struct {
	power int
	e     vi.Estimator
}

func (o logitPower) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	r := vi.Run(s, m, d, vi.Config{Sites: choice{"w": o.e}})
	y := r.Site("y").P.(prob.Bernoulli).Logits
	return &vi.Estimate{Value: graph.Mean(y.Pow(s.Const(float64(o.power))))}
}

// TestVarianceHasTheShapeOfTheProduct refuses a map whose variance has not.
func TestVarianceHasTheShapeOfTheProduct(t *testing.T) {
	p := weight("local", 2)
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		m := p.model(s)
		m.Joint = func(t *vi.Trace) {
			t.Draw("y", prob.Bernoulli{Logits: t.Product("w", prob.StdNormal(1), t.Given("x"), flatMap{})})
		}
		d := vi.Data{"x": s.Input("x", 2, 1), "y": s.Input("y", 2, 1)}
		s.Output("bound", vi.ELBO{Config: vi.Config{Total: 2}}.Estimate(s, m, d).Value)
	})
	want := "vi: w: vi_test.flatMap has a Variance of shape [1 2], want that of its Mul, [1 2 1]"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

type flatMap struct{ vi.MatMul }

// ownNormal is a normal law in terms of its own.
type ownNormal struct{ prob.Normal }

func (d ownNormal) Std() *graph.Node { return graph.Exp(d.LogStd) }

// flatFlip forgets the weights, and in Flip the event axis.
type flatFlip struct{ vi.MatMul }

func (flatFlip) Mul(x, _ *graph.Node) *graph.Node { return x }

func (flatFlip) Flip(x, _, _, _ *graph.Node) *graph.Node { return graph.Sum(x, -1) }

func (flatMap) Variance(x, v *graph.Node) *graph.Node { return graph.Sum(x, -1) }
