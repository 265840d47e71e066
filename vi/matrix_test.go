package vi_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// cell is one entry of the support matrix.
type cell struct{ estimator, kind, objective, verdict string }

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

// estimators are those that can be asked for, by their name in the matrix.
func estimators() map[string]vi.Estimator {
	m := map[string]vi.Estimator{}
	for _, e := range []vi.Estimator{
		vi.Pathwise{}, vi.STL{}, vi.DReG{}, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}, vi.Score{Baseline: vi.LeaveOneOut{}},
		vi.Score{Baseline: vi.NVIL{Hidden: 2}}, vi.VIMCO{}, vi.Enumerate{}, vi.GumbelSoftmax{}, vi.StraightThrough{}, vi.DisARM{},
		vi.REBAR{}, vi.RELAX{Hidden: 2}, vi.MeasureValued{}, vi.Local{}, vi.Single{}, vi.Separate{},
	} {
		m[vi.Name(e)] = e
	}
	return m
}

// column makes the objectives of a column that takes estimators, in the ways
// that differ. Capacities and free bits lie on either side of the divergences
// of all problems, far from the kink.
func column(objective string) (ways []func(k int, c choice) vi.Objective) {
	const total = 7
	add := func(f func(k int, c choice) vi.Objective) { ways = append(ways, f) }
	switch objective {
	case "ELBO":
		for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
			add(func(k int, c choice) vi.Objective {
				return vi.ELBO{Config: vi.Config{K: k, Total: total, Sites: c}, KL: kl}
			})
		}
	case "Capacity":
		for _, at := range []float64{.005, 50} {
			add(func(k int, c choice) vi.Objective {
				return lazy{func() vi.Objective {
					return vi.ELBO{Config: vi.Config{K: k, Total: total, Sites: c}, Capacity: graph.Const(at)}
				}}
			})
		}
	case "FreeBits":
		for _, lambda := range []float64{.005, 50} {
			add(func(k int, c choice) vi.Objective {
				return vi.FreeBits{Config: vi.Config{K: k, Total: total, Sites: c}, Lambda: lambda}
			})
		}
	case "IWAE":
		add(func(k int, c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Total: total, Sites: c}} })
	case "Renyi":
		for _, alpha := range []float64{.4, 1.5} {
			add(func(k int, c choice) vi.Objective {
				return vi.Renyi{Config: vi.Config{K: k, Total: total, Sites: c}, Alpha: alpha}
			})
		}
	case "Expectation":
		add(func(k int, c choice) vi.Objective {
			return vi.Expectation{Config: vi.Config{K: k, Total: total, Sites: c}, Of: monteCarlo}
		})
	case "Chi":
		add(func(k int, c choice) vi.Objective { return vi.Chi{Config: vi.Config{K: k, Sites: c}} })
	}
	return ways
}

// trial is a problem to see a cell by.
type trial struct {
	p     problem // integrated over the noise of the gradient
	value problem // and over that of the value
	k     int
	sites choice
	name  string
	fails string // what the error says, if the model does not allow it
}

func one(p, value problem, k int, sites choice) []trial {
	return []trial{{p: p, value: value, k: k, sites: sites}}
}

// trials returns the problems of a kind of site, for what an estimator and an
// objective allow beside it.
func trials(c cell, e vi.Estimator) []trial {
	z := choice{"z": e}
	alone := c.objective == "Capacity" || c.objective == "FreeBits" // no score function beside
	switch c.kind {
	case "reparameterised":
		if c.estimator == "MeasureValued" {
			return one(measured().twice(), gaussian1(), 2, z)
		}
		return one(gaussian1(), gaussian1(), 2, z)
	case "discrete":
		switch c.estimator {
		case "Enumerate":
			quiet := func() problem { return bits(2).with(func(map[string]float64, int) []dimension { return nil }) }
			return append(one(quiet(), quiet(), 2, z), one(summed(), summed(), 2, choice{"y": e})...)
		case "REBAR":
			return one(relaxedBit(40, "z/given").twice(), bits(1), 2, z)
		case "RELAX":
			return one(relaxedBit(90, "z/given").twice(), bits(1), 2, z)
		case "GumbelSoftmax", "StraightThrough":
			return one(softBits(), bits(1), 2, z)
		}
		return one(bits(2), bits(2), 2, z)
	case "global":
		switch _, pathwise := e.(vi.Pathwise); {
		case alone:
			return one(layer("global"), layer("global"), 1, choice{"w": e})
		case pathwise || c.estimator == "STL":
			return one(shared("global"), shared("global"), 2, choice{"w": e, "v": vi.Score{}, "z": vi.Score{}})
		}
		return one(shared("global"), shared("global"), 2, choice{"w": e, "v": e, "z": vi.Score{}})
	case "product":
		noise := strings.ToLower(c.estimator)
		if alone {
			return one(layer(noise), layer(noise), 1, choice{"w": e})
		}
		return one(shared(noise), shared(noise), 2, choice{"w": e, "z": vi.Score{}})
	}
	return nil
}

// twice integrates over two draws that are the same, which changes no mean of
// what each draw adds by itself.
func (p problem) twice() problem {
	return p.with(func(v map[string]float64, _ int) []dimension {
		ds := p.noise(v, 1)
		for i, d := range ds {
			ds = append(ds, dimension{d.input, 1, func(before []float64) (x, w []float64) { return before[i : i+1], []float64{1} }})
		}
		return ds
	})
}

// softBits is the one-bit problem integrated smoothly over every draw.
func softBits() problem {
	p := bits(1)
	return p.with(func(v map[string]float64, k int) (ds []dimension) {
		q := p.chance(v, 1, 0)
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, smoothCells(30, func([]float64) []float64 { return []float64{1 - q} })})
		}
		return ds
	})
}

// shared is layer with a bit for each datum in place of its normal z; global, it
// has a bit v for the data set too.
func shared(noise string) problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			m, l, a, c, b := param(s, "m"), param(s, "l"), param(s, "a"), param(s, "c"), param(s, "b")
			scalar := func(x *graph.Node) *graph.Node { return graph.BroadcastTo(x, 1, 1) }
			return vi.Model{
				Guide: func(t *vi.Trace) {
					w := t.Global("w", prob.Normal{Mean: scalar(m), LogStd: scalar(l)}, 1)
					h := t.Given("x").Mul(a)
					if noise == "global" {
						v := t.Global("v", prob.Bernoulli{Logits: scalar(c)}, 1)
						h = h.Add(w.Mul(v.Shift(.5)))
					}
					t.Draw("z", prob.Bernoulli{Logits: h})
				},
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{.3}, 1)})
					x := t.Given("x").Add(z.Mul(b))
					prior := prob.Normal{Mean: s.Tensor([]float64{.2}, 1), LogStd: s.Tensor([]float64{.1}, 1)}
					var h *graph.Node
					if noise == "global" {
						h = graph.MatMul(x, t.Global("w", prior, 1))
						h = h.Add(t.Global("v", prob.Bernoulli{Logits: s.Tensor([]float64{-.5}, 1)}, 1))
					} else {
						h = t.Product("w", prior, x, vi.MatMul{}).Add(c)
					}
					t.Draw("y", prob.Bernoulli{Logits: h})
				},
			}
		},
		params: map[string]float64{"m": .6, "l": -.6, "a": .5, "c": -.3, "b": .8},
		data:   map[string][]float64{"x": {.7}, "y": {1}},
	}
	p.noise = func(par map[string]float64, k int) []dimension {
		x := p.data["x"][0]
		ds := []dimension{{"w/noise", 0, hermite(24)}}
		chance := func([]float64) []float64 { return []float64{logistic(x * par["a"])} }
		switch noise {
		case "local":
			ds = nil
			for i := range k {
				ds = append(ds, dimension{"w/local", i, hermite(16)})
			}
		case "separate":
			ds[0].input = "w/separate"
		case "global":
			q := logistic(par["c"])
			ds = append(ds, dimension{"v/noise", 0, cells(func([]float64) []float64 { return []float64{q} })})
			chance = func(before []float64) []float64 {
				w, v := par["m"]+math.Exp(par["l"])*before[0], .5
				if before[1] < q {
					v = 1.5
				}
				return []float64{logistic(x*par["a"] + w*v)}
			}
		}
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, cells(chance)})
		}
		return ds
	}
	return p
}

// summed has a bit y that the guide leaves to the joint to sum out, and a
// normal z around it.
func summed() problem {
	return problem{
		model: func(s *graph.Scope) vi.Model {
			w, b, m := param(s, "w"), param(s, "b"), param(s, "m")
			a, c, l := param(s, "a"), param(s, "c"), param(s, "l")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 1)})
					z := t.Draw("z", normal1(y.Mul(w), s.Const(0)))
					t.Draw("x", normal1(z.Add(y.Mul(b)), s.Const(-.1)))
				},
				Guide: func(t *vi.Trace) {
					t.Draw("z", normal1(t.Given("x").Mul(a).Add(c), l))
				},
			}
		},
		joint:  []string{"w", "b", "m"},
		params: map[string]float64{"w": .8, "b": .4, "m": .2, "a": .3, "c": .1, "l": -.4},
		data:   map[string][]float64{"x": {.7}},
		noise:  gaussian1().noise,
	}
}

// TestEveryCellOfTheMatrix holds the support matrix to its word: the mean
// gradient of what is called unbiased is that of the mean value, and what is
// called biased differs from that of the bound it stands for.
func TestEveryCellOfTheMatrix(t *testing.T) {
	known := estimators()
	for _, c := range matrix() {
		if c.verdict == "-" {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s/%s", c.objective, c.kind, c.estimator), func(t *testing.T) {
			t.Parallel()
			if strings.HasSuffix(c.objective, "WakeSleep") {
				phases(t, c)
				return
			}
			e := known[c.estimator]
			ts, ways := trials(c, e), column(c.objective)
			if e == nil || ts == nil || ways == nil {
				t.Fatalf("no problem covers %v", c)
			}
			sign := -1.
			if c.objective == "Chi" {
				sign = 1
			}
			for _, tr := range append(ts, besideTrials(c, e)...) {
				if tr.fails != "" {
					for _, o := range ways {
						if err := tr.p.fails(o(tr.k, tr.sites)); err == nil || !strings.Contains(err.Error(), tr.fails) {
							t.Errorf("%s: error %v, want one that says %s", tr.name, err, tr.fails)
						}
					}
					continue
				}
				hard := tr.sites
				if c.kind == "discrete" {
					tr.p.params["m"], tr.value.params["m"] = -.6, -.6 // a divergence that counts
					if c.estimator == "GumbelSoftmax" {
						hard = maps.Clone(hard)
						hard["z"] = vi.StraightThrough{}
					}
				}
				if c.estimator == "Score{MovingAverage}" {
					for name := range tr.sites {
						if _, averages := tr.sites[name].(vi.Score); averages && (name != "z" || c.kind != "global") {
							tr.p.params[name+"/baseline"] = .7
						}
					}
				}
				for _, o := range ways {
					want := func(p problem, sites choice) map[string]float64 {
						exact := p.compile(t, o(tr.k, sites), tr.k, false).exact(t)
						if c.objective == "Chi" { // which trains the guide alone
							for _, name := range p.joint {
								exact[name] = 0
							}
						}
						return exact
					}
					got := tr.p.mean(t, o(tr.k, tr.sites), tr.k)
					judge(t, tr.name, c.verdict, got, want(tr.value, hard), sign)
					if c.estimator == "GumbelSoftmax" { // of another bound, but its gradient
						judge(t, tr.name, "unbiased", got, want(tr.p, tr.sites), sign)
					}
				}
			}
		})
	}
}

// fails returns the error of a build.
func (p problem) fails(o vi.Objective) error {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		m, d := p.model(s), vi.Data{}
		for name, v := range p.data {
			d[name] = s.Input(name, len(v), 1)
		}
		s.Output("value", o.Estimate(s, m, d).Value)
	})
	return err
}

// mean integrates the gradient of a problem.
func (p problem) mean(t *testing.T, o vi.Objective, k int) map[string]float64 {
	t.Helper()
	return p.compile(t, o, k, true).integrate(t, p.params).grad
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

// phases sees what trains joint and guide by different costs.
func phases(t *testing.T, c cell) {
	p, k, base := gaussian1(), 2, vi.IWAE{Config: vi.Config{K: 2}}
	prior := func(map[string]float64, int) []dimension { return []dimension{{"z/noise", 0, hermite(24)}} }
	var rws vi.Objective = vi.ReweightedWakeSleep{K: 2}
	switch {
	case c.estimator == "Enumerate":
		p, base, rws = summed(), vi.IWAE{Config: vi.Config{K: 2, Enumerate: []string{"y"}}}, vi.ReweightedWakeSleep{K: 2, Enumerate: []string{"y"}}
		prior = func(v map[string]float64, _ int) []dimension {
			return []dimension{bit("y/noise", logistic(v["m"])), {"z/noise", 0, hermite(24)}}
		}
	case c.kind == "discrete":
		p, base.Sites = bits(1), choice{"z": vi.Score{}}
		p.params["m"] = -.6
		prior = func(v map[string]float64, _ int) []dimension { return []dimension{bit("z/noise", logistic(v["m"]))} }
	case c.kind != "reparameterised":
		t.Fatalf("no problem covers %v", c)
	}
	joint := func(exact map[string]float64) map[string]float64 { return only(exact, "w", "b", "m") }
	guide := func(exact map[string]float64) map[string]float64 { return only(exact, "a", "c", "l") }
	switch {
	case c.objective == "ReweightedWakeSleep":
		got := p.mean(t, rws, k)
		judge(t, "", "unbiased", got, joint(p.compile(t, base, k, false).exact(t)), -1)
		q := p.with(prior)
		want := guide(q.compile(t, inclusive{true}, 1, false).exact(t))
		evidence := q.compile(t, inclusive{}, 1, false).integrate(t, p.params).value
		for name := range want {
			want[name] /= evidence
		}
		judge(t, "", c.verdict, got, want, -1)
	case c.objective == "WakeSleep" && c.verdict == "unbiased" && c.estimator == "(none)":
		base.K = 1
		want := joint(p.compile(t, base, 1, false).exact(t))
		dreams := func(v map[string]float64, _ int) []dimension {
			ds := prior(v, 1)
			ds[0].input = "sleep/" + ds[0].input
			return append(ds, dimension{"sleep/x/noise", 0, hermite(20)})
		}
		maps.Copy(want, guide(p.with(dreams).compile(t, asleep{}, 1, false).exact(t)))
		both := p.with(func(v map[string]float64, _ int) []dimension { return append(p.noise(v, 1), dreams(v, 1)...) })
		judge(t, "", c.verdict, both.mean(t, vi.WakeSleep{}, 1), want, -1)
	default:
		t.Fatalf("no problem covers %v", c)
	}
}

func only(m map[string]float64, names ...string) map[string]float64 {
	out := map[string]float64{}
	for _, name := range names {
		if x, ok := m[name]; ok {
			out[name] = x
		}
	}
	return out
}

// bit is the noise of a bit that is 1 with probability q.
func bit(input string, q float64) dimension {
	return dimension{input, 0, cells(func([]float64) []float64 { return []float64{q} })}
}

// inclusive has p(x|z)·log q(z|x) as its value, with z from the prior: the mean
// is p(x)·E[log q(z|x)] under the posterior. Without the score it is p(x|z).
type inclusive struct{ score bool }

func (o inclusive) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	r := vi.Run(s, vi.Model{Joint: m.Joint}, d, vi.Config{})
	given, value := maps.Clone(d), graph.Exp(graph.Sum(r.Site("x").LogP))
	if !o.score {
		return &vi.Estimate{Value: value}
	}
	for _, z := range r.Sites() {
		given[z.Name] = graph.Reshape(z.Value, 1, 1)
	}
	q := vi.Run(s.In("guide"), m, given, vi.Config{}).Site("z")
	return &vi.Estimate{Value: value.Mul(graph.Sum(q.LogQ))}
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
			if strings.HasSuffix(objective, "WakeSleep") { // which take no estimators
				var o vi.Objective = vi.WakeSleep{}
				if objective != "WakeSleep" {
					o = vi.ReweightedWakeSleep{K: 2}
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
