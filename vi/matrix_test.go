package vi_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/latentgo/latent/vi"
)

// The support matrix says of each estimator, kind of site and objective that the
// gradient is unbiased or biased, or that the combination is refused. The tests
// of this file hold it to that without sampling, by integrals:
//
//	cell     an entry of the matrix: estimator, kind of site, objective, verdict
//	problem  a model of scalar parameters with so few elements of noise that an
//	         expectation over them is a sum over the points of a quadrature;
//	         problem.noise lists the elements with their rules (quadrature_test.go,
//	         and problem_test.go for the models)
//	trial    what a cell is seen by: a problem, the number of draws and the
//	         estimators of all of its sites. It has two integrations, as the
//	         gradient may have noise that the value does not have, and be smooth
//	         where the value jumps (trials_test.go)
//	column   the objectives of a column, in the ways that differ
//
// For each trial, problem.mean is the mean of the gradient that the costs give,
// and compiled.exact the gradient of the mean of the value, by finite differences
// of its integral. judge compares them: equal to 1e-6 where the matrix says
// unbiased, off by 1e-4 or more where it says biased.

// cell is one entry of the support matrix.
type cell struct{ estimator, kind, objective, verdict string }

// averages tells whether draws are averaged outside of any logarithm, by an
// objective that a score can be multiplied by.
func (c cell) averages() bool { return c.objective == "ELBO" || c.objective == "Expectation" }

// matrix parses the support matrix.
func matrix() (cs []cell) {
	var head []string
	for line := range strings.Lines(vi.SupportMatrix()) {
		f := strings.Fields(line)
		if head == nil {
			head = f
			continue
		}
		for i, verdict := range f[2:] {
			cs = append(cs, cell{f[0], f[1], head[i+2], verdict})
		}
	}
	return cs
}

// TestEveryCellOfTheMatrix holds the support matrix to its word: the mean
// gradient of what is called unbiased is that of the mean value, and what is
// called biased differs from that of the bound it stands for.
func TestEveryCellOfTheMatrix(t *testing.T) {
	for _, c := range matrix() {
		if c.verdict == "-" {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s/%s", c.objective, c.kind, c.estimator), func(t *testing.T) {
			t.Parallel()
			if phased(c.objective) {
				phases(t, c)
				return
			}
			e := estimators()[c.estimator]
			ts, ways := trials(c, e), column(c.objective)
			if e == nil || ts == nil || ways == nil {
				t.Fatalf("no problem covers %v", c)
			}
			for _, tr := range append(ts, besideTrials(c, e)...) {
				tr = c.at(tr)
				for _, o := range ways {
					c.see(t, tr, o)
				}
			}
		})
	}
}

// at sets parameters of a trial so that what they are for can be seen.
func (c cell) at(tr trial) trial {
	if c.kind == "discrete" {
		tr.p.params["m"], tr.value.params["m"] = -.6, -.6 // a divergence that counts
	}
	if c.estimator == "Score{MovingAverage}" {
		for name, e := range tr.sites {
			if _, averages := e.(vi.Score); averages && (name != "z" || c.kind != "global") {
				tr.p.params[name+"/baseline"] = .7
			}
		}
	}
	for name, e := range tr.sites {
		switch e.(type) {
		case vi.DoubleCV:
			tr.p.params[name+"/doublecv/scale"] = .7
		case vi.RODEO:
			tr.p.params[name+"/rodeo/scale"], tr.p.params[name+"/rodeo/score_scale"] = .8, -.6
		}
	}
	return tr
}

// see judges the gradient of a trial under one objective, or its refusal.
func (c cell) see(t *testing.T, tr trial, o func(k int, sites choice) vi.Objective) {
	t.Helper()
	if tr.fails != "" {
		if err := tr.p.fails(o(tr.k, tr.sites)); err == nil || !strings.Contains(err.Error(), tr.fails) {
			t.Errorf("%s: error %v, want one that says %s", tr.name, err, tr.fails)
		}
		return
	}
	exact := func(p problem, sites choice) map[string]float64 {
		g := p.compile(t, o(tr.k, sites), tr.k, false).exact(t)
		if c.objective == "Chi" { // which trains the guide alone
			for _, name := range p.joint {
				g[name] = 0
			}
		}
		return g
	}
	sign := -1. // of costs, which raise the value
	if c.objective == "Chi" {
		sign = 1
	}
	got := tr.p.mean(t, o(tr.k, tr.sites), tr.k)
	if c.estimator != "GumbelSoftmax" {
		judge(t, tr.name, c.verdict, got, exact(tr.value, tr.sites), sign)
		return
	}
	// It is biased as an estimate of the bound of hard draws, and has the gradient of
	// another one.
	hard := maps.Clone(tr.sites)
	hard["z"] = vi.StraightThrough{}
	judge(t, tr.name, c.verdict, got, exact(tr.value, hard), sign)
	judge(t, tr.name, "unbiased", got, exact(tr.p, tr.sites), sign)
}

// judge compares a mean gradient with the exact one, as the verdict says.
func judge(t *testing.T, where, verdict string, got, exact map[string]float64, sign float64) {
	t.Helper()
	if where != "" {
		where += ": "
	}
	for name, want := range exact {
		if d := got[name] - want; math.IsNaN(d) || math.IsInf(d, 0) {
			t.Fatalf("%s%s: %v, want %v", where, name, got[name], want)
		}
	}
	switch d, at := off(got, exact, sign); {
	case verdict == "unbiased" && !(d <= 1e-6):
		t.Errorf("%smean gradient is off by %.3g at %s", where, d, at)
	case verdict == "biased" && !(d > 1e-4):
		t.Errorf("%sbias %.3g at %s, want some", where, d, at)
	case verdict == "biased":
		t.Logf("%sbias %.3g at %s", where, d, at)
	case verdict != "unbiased":
		t.Errorf("no verdict %q", verdict)
	}
}

// TestRefusedCellsSayTheSite goes through what the matrix refuses, and what has
// no row in it.
func TestRefusedCellsSayTheSite(t *testing.T) {
	taken, columns := map[cell]bool{}, map[string]bool{}
	for _, c := range matrix() {
		columns[c.objective] = true
		if c.verdict != "-" {
			c.verdict = ""
			taken[c] = true
		}
	}
	kinds := map[string]struct {
		p    problem
		site string
	}{"reparameterised": {gaussian1(), "z"}, "discrete": {bits(2), "z"}, "global": {layer("global"), "w"}, "product": {layer("single"), "w"}}
	refused := func(name string, p problem, o vi.Objective, site string) {
		t.Helper()
		err := p.fails(o)
		if err == nil || !regexp.MustCompile(`\b(site|global|product) `+site+`\b`).MatchString(err.Error()) {
			t.Errorf("%s: error %v, want one that names %s", name, err, site)
		}
	}
	for kind, k := range kinds {
		for objective := range columns {
			if phased(objective) { // which take no estimators
				var o vi.Objective = vi.WakeSleep{}
				switch objective {
				case "ReweightedWakeSleep":
					o = vi.ReweightedWakeSleep{K: 2}
				case "TVO":
					o = vi.TVO{K: 2}
				}
				if !taken[cell{"(none)", kind, objective, ""}] {
					refused(objective+" of a "+kind, k.p, o, k.site)
				}
				continue
			}
			for name, e := range estimators() {
				if !taken[cell{name, kind, objective, ""}] {
					for _, o := range column(objective) {
						refused(fmt.Sprintf("%s of a %s by %s", objective, kind, name), k.p, o(2, choice{k.site: e}), k.site)
					}
				}
			}
		}
	}
	for _, e := range []vi.Estimator{nil, vi.Pathwise{}, vi.STL{}} { // of a global without pathwise draws
		for _, objective := range []string{"ELBO", "IWAE", "Renyi"} {
			refused(objective+" of a global bit", shared("global"), column(objective)[0](2, choice{"v": e, "z": vi.Score{}}), "v")
		}
	}
}
