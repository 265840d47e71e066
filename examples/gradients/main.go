// Command gradients redoes the one-dimensional study of Mohamed, Rosca, Figurnov and Mnih (arXiv
// 1906.10652, section 3): variances of gradients of E f(z;k), z ~ N(1,1), by quadrature (lines) and
// of a thousand draws (dots), a figure a function and parameter: go run ./examples/gradients FOLDER
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// functions are those of the study.
var functions = map[string]func(z *graph.Node, k float64) *graph.Node{
	"square": func(z *graph.Node, k float64) *graph.Node { return z.Shift(-k).Square() },
	"exp":    func(z *graph.Node, k float64) *graph.Node { return graph.Exp(z.Square().Scale(-k)) },
	"cos":    func(z *graph.Node, k float64) *graph.Node { return graph.Cos(z.Scale(k)) },
}
var estimators = []vi.Estimator{vi.Score{}, vi.Pathwise{}, vi.MeasureValued{}}
var ks = []float64{.1, .3, .6, 1, 1.5, 2, 3, 4, 6, 8, 10}

func model(s *graph.Scope) vi.Model {
	q := prob.Normal{Mean: s.Param("mean", graph.Constant(1), 1), LogStd: s.Param("scale", graph.Constant(0), 1)}
	return vi.Model{Guide: func(t *vi.Trace) { t.Draw("z", q) }, Joint: func(t *vi.Trace) { t.Draw("z", prob.StdNormal(1)) }}
}

// halves integrates over N(0,1), from −9 to 9, each sign by itself, as measures jump between them.
func halves([]float64) (x, w []float64) {
	x, w = vitest.Uniform(50, func([]float64) []float64 { return []float64{.5} })(nil)
	for i := range x {
		x[i] = 18*x[i] - 9
		w[i] *= 18 * math.Exp(-x[i]*x[i]/2) / math.Sqrt(2*math.Pi)
	}
	return x, w
}

// noise lists what is integrated over, of measures their own uniform number too.
func noise(e vi.Estimator) func(map[string]float64, int) []vitest.Dimension {
	ds := []vitest.Dimension{{Input: "z/noise", Rule: halves}}
	if _, measures := e.(vi.MeasureValued); measures {
		cuts := func([]float64) []float64 { return []float64{1e-6, 1e-3, .03, .3, .8, .97, .999} }
		ds = append(ds, vitest.Dimension{Input: "z/measure", Rule: vitest.Uniform(8, cuts)})
	}
	return func(map[string]float64, int) []vitest.Dimension { return ds }
}

// study returns the variances by the mean and by the scale, exactly and of draws with intervals.
func study(name string, e vi.Estimator, k float64) (exact map[string]float64, rows []bench.Row, err error) {
	o := vi.Expectation{Config: vi.Config{Rows: 1, Estimator: e}, Of: func(r *vi.Record) []*graph.Node {
		return []*graph.Node{graph.Sum(functions[name](r.Site("z").Value, k), -1)}
	}}
	m, err := vitest.Problem{Model: model, Noise: noise(e)}.Mean(o, 1)
	one, _ := data.New(data.FromFlat("none", []float64{0}, 1))
	if err == nil {
		cases := []bench.Case{{Estimator: vi.Name(e), Bound: o}}
		rows, err = bench.GradientVariance(context.Background(), model, one, cases, bench.Config{Problem: fmt.Sprint(k), Arrays: []string{}, Most: 1000, Seed: 1})
	}
	return m.Variance, rows, err
}

// figures writes PATH-mean.png and PATH-scale.png of a function.
func figures(path, name string) error {
	draws, exact := map[string][]bench.Row{}, map[string][]bench.Row{}
	for _, e := range estimators {
		for _, k := range ks {
			integrals, rows, err := study(name, e, k)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if integrals[r.Group] < 1e-9 { // none, but for rounding
					continue
				}
				draws[r.Group] = append(draws[r.Group], r)
				r.Var = integrals[r.Group]
				exact[r.Group] = append(exact[r.Group], r)
			}
		}
	}
	for group, rows := range draws {
		var b bytes.Buffer
		k := func(r bench.Row) float64 { k, _ := strconv.ParseFloat(r.Problem, 64); return k }
		if err := (bench.Figure{Title: name, X: k, XLabel: "k", Lines: exact[group]}).PNG(&b, rows); err != nil {
			return err
		}
		if err := os.WriteFile(path+"-"+group+".png", b.Bytes(), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gradients FOLDER")
	}
	for name := range functions {
		if err := figures(filepath.Join(os.Args[1], name), name); err != nil {
			log.Fatal(err)
		}
	}
}
