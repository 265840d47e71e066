package vi

import (
	"slices"
	"strconv"

	"github.com/latentgo/latent/graph"
)

// IWVI is the importance-weighted bound of a model whose draws are globals,
//
//	L_K = E (1/N) log (1/K) Σ_k p(x,θ_k)/q(θ_k) ≤ (1/N) log p(x)
//
// with x all N data (importance weighted variational inference; Domke and Sheldon,
// arXiv 1808.09034), which rises with K and is the Monte Carlo ELBO at K = 1. Where IWAE
// keeps globals outside of the logarithm, here they are the draws in it: so no bound can
// be had from a part of the data, and Total is the number of rows. Each of the K draws
// takes a run of the model, in the scope "draws/k" from the second on; at most 64.
//
// Latents of single data are enumerated, or given as data, and summed within a weight.
// Pathwise, DReG, Score and VIMCO are unbiased; DReG, of all globals or none, is
//
//	∂/∂φ = (1/N) Σ_k w̃_k² · ∂log w_k/∂θ_k · ∂θ_k/∂φ
//
// and STL the same with w̃_k. Terms: "elbo" of the same draws, "ess" (the effective number
// of draws), and for each global "kl/NAME", estimated by all draws. Record is the first run.
type IWVI struct{ Config }

var _ Objective = IWVI{}

// Estimate implements Objective.
func (o IWVI) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if o.K > maxDraws {
		graph.Fail("vi: IWVI runs the model once for each draw, and there are %d, more than %d", o.K, maxDraws)
	}
	w, one := whole{}, o.Config
	one.K = min(o.K, 1)
	for k := range max(o.K, 1) {
		at := s
		if k > 0 {
			at = s.In("draws").In(strconv.Itoa(k + 1))
		}
		r := trace(at, m, d, one)
		r.observes(iwvi)
		r.K = max(o.K, 1)
		w.add(r, assign(r, iwvi))
	}
	w.weigh()
	r := w.runs[0].r
	e := newEstimate(r)
	e.Value = w.value
	e.Terms["elbo"] = graph.Mean(w.logs).Scale(1 / float64(r.Total))
	e.Terms["ess"] = graph.Reshape(EffectiveSampleSize(w.logs, 0))
	for _, l := range w.runs[0].latents {
		if l.Global && l.Q != nil {
			e.divergence(l.Name, graph.Mean(w.each(l, func(l latent) *graph.Node { return l.LogQ.Sub(l.LogP) })).Scale(1/float64(r.Total)), true)
		}
	}
	e.Costs = w.costs()
	return e
}

// whole is a bound whose importance weights are of all data.
type whole struct {
	runs  []wholeRun
	logs  *graph.Node // log w_k, [K]
	parts *graph.Node // w̃_k, constant: [K]
	value *graph.Node
}

type wholeRun struct {
	r       *Record
	latents latents
	log     *graph.Node // log w, with the scores that are dropped constant
}

func (w *whole) add(r *Record, ls latents) {
	(particles{of: iwvi}).fits(r, ls)
	if r.Total != r.Rows {
		graph.Fail("vi: IWVI of %d rows with a Total of %d: its weights are of all data at once, so Total is the number of rows; with a part of them use vi.ELBO", r.Rows, r.Total)
	}
	w.runs = append(w.runs, wholeRun{r, ls, logWhole(r, ls)})
}

// logWhole returns the logarithm of a run's weight, a scalar; of no latents with all
// scores live.
func logWhole(r *Record, ls latents) *graph.Node {
	sum := r.Scope.Const(0)
	if rows := (particles{beta: 1}).powers(r, ls, nil); rows != nil {
		sum = graph.Sum(rows)
	}
	for _, s := range r.sites {
		switch {
		case !s.Global:
		case s.Observed && s.P != nil:
			sum = sum.Add(s.LogP)
		case drawn(s) && s.Q != nil:
			sum = sum.Add(s.LogP).Sub(ls.guideScore(s))
		}
	}
	return sum
}

func (w *whole) weigh() {
	var logs []*graph.Node
	for _, run := range w.runs {
		logs = append(logs, graph.Reshape(run.log, 1))
	}
	w.logs = graph.Concat(0, logs...)
	w.parts = graph.StopGrad(graph.Softmax(w.logs))
	w.value = w.perDatum(logSum(w.logs, 0).Shift(-logOf(len(logs))))
}

func (w *whole) perDatum(x *graph.Node) *graph.Node {
	return x.Scale(1 / float64(w.runs[0].r.Total))
}

// each lists a scalar of a latent by run, [K].
func (w *whole) each(l latent, of func(l latent) *graph.Node) *graph.Node {
	var all []*graph.Node
	for _, run := range w.runs {
		all = append(all, graph.Reshape(of(latent{run.r.Site(l.Name), l.estimator}), 1))
	}
	return graph.Concat(0, all...)
}

// costs are those of the value; of the draws whose estimator drops the score, which are
// constant in that; and those of the estimators that have their own, once for all runs.
func (w *whole) costs() []Cost {
	var hold, along []*graph.Node // along: held in the cost of the value alone
	for _, run := range w.runs {
		hold = append(hold, run.latents.held()...)
		along = append(along, valuesOf(run.dropping())...)
	}
	costs := []Cost{{Name: iwvi.name, Node: w.value.Neg(), Hold: append(along, hold...)}}
	for k, run := range w.runs {
		if len(run.dropping()) > 0 {
			costs = append(costs, Cost{Name: "draws", Node: w.along(k), Hold: hold})
		}
	}
	g := &gradient{r: w.runs[0].r, lower: true, bound: w}
	for _, l := range w.runs[0].latents {
		if l.costs == nil {
			continue
		}
		all := *l.Site
		all.LogQ = w.each(l, func(l latent) *graph.Node { return l.logq() })
		l.Site = &all
		for _, c := range append(l.costs(g, l), g.centre(l)...) {
			c.Hold = append(c.Hold, hold...)
			costs = append(costs, c)
		}
	}
	return costs
}

// dropping lists the sites of a run whose estimator drops the score.
func (run wholeRun) dropping() (sites []*Site) {
	for _, l := range run.latents {
		if l.drops {
			sites = append(sites, l.Site)
		}
	}
	return sites
}

// along returns Σ ⟨stop(s·∂log w/∂θ), θ⟩ over those of one run, with s = w̃² where their
// gradient is scaled, else w̃.
func (w *whole) along(k int) *graph.Node {
	run := w.runs[k]
	share := graph.Reshape(graph.Slice(w.parts, 0, k, k+1))
	by := graph.Grad(logWhole(run.r, nil), valuesOf(run.dropping()), valuesOf(run.r.valued())...)
	var sum []*graph.Node
	for _, l := range run.latents {
		if l.drops {
			s := share
			if l.scaled {
				s = share.Square()
			}
			sum, by = append(sum, graph.Sum(graph.StopGrad(by[0].Mul(s)).Mul(l.Value))), by[1:]
		}
	}
	return w.perDatum(graph.AddN(sum...)).Neg()
}

// signal: every draw is judged by the bound, without the factors of all weights that
// depend on no draw.
func (w *whole) signal(r *Record, _ *Site) *graph.Node {
	draws, below := r.valued(), r.dependence()
	same := slices.DeleteFunc(r.factors(w.runs[0].latents), func(t term) bool {
		return r.varies(t.node.Shape()) || slices.ContainsFunc(draws, func(s *Site) bool { return below.On(t.node, s.Value) })
	})
	return w.value.Sub(graph.Mean(r.sum(same, nil)))
}

func (w *whole) share(*Site) (*graph.Node, float64) { return w.runs[0].r.Scope.Const(1), 1 }

func (w *whole) own(l latent) *graph.Node {
	if l.Q == nil {
		return nil
	}
	return w.runs[0].r.Scope.Const(1 / float64(len(w.runs)*w.runs[0].r.Total))
}

func (w *whole) without(s *Site) *graph.Node {
	k := len(w.runs)
	l := w.perDatum(graph.Reshape(logMeanOthers(graph.Reshape(w.logs, k, 1)).Shift(-logOf(k)), k))
	// Where no other draw has a weight there is no baseline.
	return graph.Where(graph.IsFinite(l), l.Sub(w.value).Add(w.signal(w.runs[0].r, s)), graph.Const(0))
}

// dropped and scale are not asked for: costs sees to those draws.
func (w *whole) dropped(bool) *graph.Node { return w.runs[0].r.Scope.Const(0) }
func (w *whole) scale() *graph.Node       { return nil }
