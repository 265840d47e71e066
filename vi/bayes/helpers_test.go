package bayes_test

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// reference returns the rows of testdata/bayes.csv of a name, which
// internal/ref/bayes writes.
func reference(t *testing.T, name string) (rows [][]float64) {
	t.Helper()
	f, err := os.Open("testdata/bayes.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, fields := range all {
		if fields[0] != name {
			continue
		}
		var row []float64
		for _, s := range fields[1:] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	if rows == nil {
		t.Fatalf("no reference %s", name)
	}
	return rows
}

// near fails unless two numbers agree to a relative difference.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		t.Errorf("%s is %.15g, want %.15g", what, got, want)
	}
}

// The data of the linear model, whose columns are orthogonal.
var (
	xs  = []float64{1, 1, 1, -1, .5, .5, .5, -.5}
	ys  = []float64{.7, -.3, 1.1, .4}
	tau = .6
)

// linear is y ~ N(x·w, τ²), of one layer without bias.
func linear(c bayes.Config) func(s *graph.Scope) (vi.Model, bayes.Dense) {
	return func(s *graph.Scope) (vi.Model, bayes.Dense) {
		c.NoBias = true
		if c.Prior != nil {
			c.Prior = prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(math.Log(.9))}
		}
		d := c.NewDense(s.In("l"), 2, 1)
		return vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: d.Apply(t, t.Given("x")), LogStd: s.Const(math.Log(tau))})
		}}, d
	}
}

// program is a compiled function of noise.
type program struct {
	*graph.Program
	t      testing.TB
	params *graph.Params
}

// compile builds a program whose noise is fed.
func compile(t testing.TB, params *graph.Params, f func(s *graph.Scope)) program {
	t.Helper()
	p, err := graph.BuildTraining(params, func(s *graph.Scope) { f(s.NoiseAsInput()) })
	if err != nil {
		t.Fatal(err)
	}
	return program{p, t, params}
}

func (p program) set(name string, values ...float64) {
	p.t.Helper()
	dst, err := graph.Memory[float64](p.params, name)
	if err != nil {
		p.t.Fatal(err)
	}
	if copy(dst, values) != len(dst) || len(dst) != len(values) {
		p.t.Fatalf("%s has %d elements, not %d", name, len(dst), len(values))
	}
}

// feed gives an input values; other noise, which must be dead, is NaN.
func (p program) feed(values map[string][]float64) {
	p.t.Helper()
	for _, name := range p.Inputs() {
		v, ok := values[name]
		if !ok {
			v = slices.Repeat([]float64{math.NaN()}, graph.Size(p.Shape(name)))
		}
		if err := graph.Feed(p.Program, name, v); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p program) run() {
	p.t.Helper()
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		p.t.Fatal(err)
	}
}

func (p program) value(name string) []float64 {
	p.t.Helper()
	v, err := p.Value(name)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// rule is a quadrature of one element of a noise.
type rule struct{ x, w []float64 }

// hermite integrates over the standard normal law.
func hermite(n int) rule {
	x, w := make([]float64, n), make([]float64, n)
	quad.Hermite{}.FixedLocations(x, w, math.Inf(-1), math.Inf(1))
	for i := range x {
		x[i] *= math.Sqrt2
		w[i] /= math.Sqrt(math.Pi)
	}
	return rule{x, w}
}

// above integrates over what a uniform number decides by being above p.
func above(p float64) rule { return rule{[]float64{p / 2, (1 + p) / 2}, []float64{p, 1 - p}} }

// integrate returns the means of outputs over noise, every element of which has a
// rule.
func (p program) integrate(fixed map[string][]float64, noise map[string]rule, outputs ...string) map[string][]float64 {
	p.t.Helper()
	type element struct {
		dst []float64
		rule
	}
	var elements []element
	inputs := map[string][]float64{}
	for name, v := range fixed {
		inputs[name] = v
	}
	for _, name := range p.Inputs() {
		if r, ok := noise[name]; ok {
			inputs[name] = make([]float64, graph.Size(p.Shape(name)))
			for i := range inputs[name] {
				elements = append(elements, element{inputs[name][i : i+1], r})
			}
		}
	}
	mean := map[string][]float64{}
	var walk func(at int, weight float64)
	walk = func(at int, weight float64) {
		if at < len(elements) {
			for i, x := range elements[at].x {
				elements[at].dst[0] = x
				walk(at+1, weight*elements[at].w[i])
			}
			return
		}
		p.feed(inputs)
		p.run()
		for _, name := range outputs {
			v := p.value(name)
			if mean[name] == nil {
				mean[name] = make([]float64, len(v))
			}
			for i := range v {
				mean[name][i] += weight * v[i]
			}
		}
	}
	walk(0, 1)
	return mean
}

var layersTanh = layers.Func(graph.Tanh)
