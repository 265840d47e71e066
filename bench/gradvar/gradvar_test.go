package main

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// rowsAt measures a problem at a point.
func rowsAt(t *testing.T, p problem, at point, draws float64, keep func(bench.Case) bool) []bench.Row {
	t.Helper()
	var cases []bench.Case
	for _, c := range p.cases {
		if keep == nil || keep(c) {
			cases = append(cases, c)
		}
	}
	p.cases = cases
	rows, err := p.measure(context.Background(), at, options{draws: draws, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func pick(t *testing.T, rows []bench.Row, objective, estimator, group string) bench.Row {
	t.Helper()
	for _, r := range rows {
		if r.Objective == objective && r.Estimator == estimator && r.Group == group {
			return r
		}
	}
	t.Fatalf("no row %s %s %s", objective, estimator, group)
	return bench.Row{}
}

// The problems with an exact gradient pass, and every biased estimator is found
// so but the coldest, whose bias takes more draws to see.
func TestCheckPasses(t *testing.T) {
	for _, made := range problems[:5] {
		p, err := made.make(options{})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, at := range p.points[:2] {
			for _, f := range bench.Check(rowsAt(t, p, at, .07, nil), .001) {
				if f.Failed {
					t.Errorf("%s at %s: %s %s %s: bias %.3g of the norm, in [%.3g, %.3g]", p.name, at.name, f.Objective, f.Estimator, f.Group, f.Relative, f.RelativeLo, f.RelativeHi)
				}
				if f.Biased {
					found[f.Objective+" "+f.Estimator] = found[f.Objective+" "+f.Estimator] || f.RelativeLo > 0
				}
			}
		}
		for name, ok := range found {
			if !ok && !strings.Contains(name, "τ=.1") {
				t.Errorf("%s: %s is declared biased and was not found so", p.name, name)
			}
		}
	}
}

// For a posterior N(2, 3²), ten draws and the guides N(−3, 1) and N(2, 2.5²) the
// gradient by the mean has standard deviations .638 and .0123 by DReG, .095 and
// .1275 by Pathwise, computed outside of this library; ratios do not change with
// the units, in which the points here are the same.
func TestDRegIsNotAlwaysBetter(t *testing.T) {
	p := linearGaussian()
	for at, want := range map[string]float64{"far and narrow": .638 / .095, "narrower": .0123 / .1275} {
		for _, place := range p.points {
			if place.name != at {
				continue
			}
			rows := rowsAt(t, p, place, .2, func(c bench.Case) bool { return c.Objective == "IWAE-10" })
			d, path := pick(t, rows, "IWAE-10", "DReG", "q/mean"), pick(t, rows, "IWAE-10", "Pathwise", "q/mean")
			if got := math.Sqrt(d.Var / path.Var); math.Abs(got/want-1) > .1 {
				t.Errorf("%s: standard deviations of DReG and IWAE in the ratio %.3g, want %.3g", at, got, want)
			}
		}
	}
}

// At the posterior STL and DReG have no variance but that of rounding.
func TestStickingLands(t *testing.T) {
	p := linearGaussian()
	rows := rowsAt(t, p, p.points[1], .01, nil)
	for _, g := range []string{"q/mean", "q/scale"} {
		for _, c := range [][2]string{{"ELBO", "STL"}, {"IWAE-2", "DReG"}, {"IWAE-10", "DReG"}} {
			if r := pick(t, rows, c[0], c[1], g); !(r.Var < 1e-25) {
				t.Errorf("%s %s: variance of %s %g", c[0], c[1], g, r.Var)
			}
		}
		if r := pick(t, rows, "ELBO", "Pathwise", g); !(r.Var > 1e-3) {
			t.Errorf("Pathwise: variance of %s %g", g, r.Var)
		}
	}
}

// The order of noises is that of Kingma, Salimans and Welling (2015, table 1).
func TestNoiseOfTheBayesianLayer(t *testing.T) {
	p := bayesLayer()
	rows := rowsAt(t, p, p.points[0], .25, nil)
	for _, g := range []string{"layer1/theta", "layer3/theta"} {
		none, local := pick(t, rows, "ELBO", "none", g).Var, pick(t, rows, "ELBO", "Local", g).Var
		separate, single := pick(t, rows, "ELBO", "Separate", g).Var, pick(t, rows, "ELBO", "Single", g).Var
		if !(none < local && local < separate && separate < single && single > 2*local) {
			t.Errorf("%s: none %.3g, local %.3g, separate %.3g, single %.3g", g, none, local, separate, single)
		}
		t.Logf("%s: separate/local %.2f, single/local %.2f", g, separate/local, single/local)
	}
}

// What a case declares is what vi says.
func TestDeclarationsAreThoseOfTheSupportMatrix(t *testing.T) {
	matrix := map[string]string{} // verdicts by objective and estimator
	lines := strings.Split(strings.TrimSpace(vi.SupportMatrix()), "\n")
	objectives := strings.Fields(lines[0])[2:]
	for _, l := range lines[1:] {
		f := strings.Fields(l)
		for i, o := range objectives {
			if v := f[2+i]; v != "-" && (f[1] == "global") == (o == "IWVI") { // globals' verdicts are those of local sites elsewhere
				matrix[o+" "+f[0]] = v
			}
		}
	}
	for _, made := range problems {
		p, err := made.make(options{quick: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.cases {
			objective := strings.TrimRight(strings.Fields(c.Objective)[0], "-0123456789")
			for _, name := range strings.Split(c.Estimator, "; ") {
				name = strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' })[0]
				if name == "none" {
					continue
				}
				if name == "LeaveOneOut" {
					name = "Score{LeaveOneOut}"
				}
				switch v := matrix[objective+" "+name]; {
				case v == "":
					t.Errorf("%s: %s %s is not in the support matrix", made.name, objective, name)
				case strings.Contains(c.Objective, "∞"): // the matrix speaks of the draws that there are
				case v == "biased" && !c.Biased, v == "unbiased" && c.Biased && !strings.Contains(c.Estimator, ";"):
					t.Errorf("%s: %s %s is %s by the support matrix and Biased is %v", made.name, objective, name, v, c.Biased)
				}
			}
		}
	}
}

// The quadrature's ELBO is the closed form.
func TestQuadratureIsExact(t *testing.T) {
	params, err := linearAt(.5, .8)(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	value := func(m trainers.Bound) float64 {
		t.Helper()
		d := linearGaussian().data
		r, err := trainers.Evaluate(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
			e := m(s, d)
			return &vi.Estimate{Value: e.Value, Terms: map[string]*graph.Node{}}
		}, params, d.Batches(data.BatchConfig{Size: d.Len(), Flat: true, Evaluation: true}), trainers.EvalConfig{})
		if err != nil {
			t.Fatal(err)
		}
		return r["bound"]
	}
	quadrature := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		r := vi.Run(s, newLinear(s).model(true), d, vi.Config{K: nodes})
		return exactly(graph.Sum(nodeWeights(s).Mul(r.LogWeights()), 0))
	}
	if got, want := value(quadrature), value(linearELBO); math.Abs(got-want) > 1e-10 {
		t.Errorf("quadrature %v, closed form %v", got, want)
	}
	if one, two := value(linearELBO), value(linearPairs(1)); !(two > one) {
		t.Errorf("ELBO %v is not below the bound of two draws, %v", one, two)
	}
}

// TestOrderOfVariances: with four evaluations of the model the variances of the
// guide's gradient are in the order of Shi et al., arXiv 2202.09497, figure 2, with
// intervals apart.
func TestOrderOfVariances(t *testing.T) {
	order := []string{"RODEO, 4 draws", "DoubleCV, 4 draws", "ARMS, 4 draws", "Score{LeaveOneOut}, 4 draws", "Score, 4 draws"}
	p := beliefNet()
	rows := rowsAt(t, p, p.points[0], .3, func(c bench.Case) bool { return c.Objective == "ELBO" && slices.Contains(order, c.Estimator) })
	for i := 1; i < len(order); i++ {
		less, more := pick(t, rows, "ELBO", order[i-1], "q"), pick(t, rows, "ELBO", order[i], "q")
		if !(less.VarHi < more.VarLo) {
			t.Errorf("%s has the variance %v [%v, %v], %s %v [%v, %v]", order[i-1], less.Var, less.VarLo, less.VarHi, order[i], more.Var, more.VarLo, more.VarHi)
		}
	}
}

// TestOrderOfVariancesAtGlobals: measures have about the variance of pathwise
// derivatives, and so has leave-one-out with as many runs of the model; with four it
// lies between them and a learned baseline.
func TestOrderOfVariancesAtGlobals(t *testing.T) {
	p := logisticRegression()
	for _, at := range p.points[:2] {
		rows := rowsAt(t, p, at, .1, nil)
		for _, g := range []string{"q/mean", "q/log_std"} {
			of := func(name string) bench.Row { return pick(t, rows, "ELBO", name, g) }
			order := []bench.Row{of("MeasureValued"), of("Score{LeaveOneOut}, 4 draws"), of("Score{NVIL}"), of("Score")}
			for i := 1; i < len(order); i++ {
				if less, more := order[i-1], order[i]; !(less.VarHi < more.VarLo) {
					t.Errorf("%s of %s: %s has the variance %v [%v, %v], %s %v [%v, %v]", g, at.name, less.Estimator, less.Var, less.VarLo, less.VarHi, more.Estimator, more.Var, more.VarLo, more.VarHi)
				}
			}
			measures := order[0].Var
			for _, name := range []string{"Pathwise", "Score{LeaveOneOut}, 28 draws"} {
				if r := of(name).Var / measures; !(r > .5 && r < 2) {
					t.Errorf("%s of %s: %s has %v times the variance of measures", g, at.name, name, r)
				}
			}
		}
	}
}
