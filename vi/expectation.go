package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// Expectation is an objective of one's own terms, to be raised,
//
//	L = E_q[Σ_i f_i]
//
// with the mean over the K draws and over the rows. It takes every estimator that
// ELBO takes; ELBO with all divergences by Monte Carlo is the case that the f_i are
// the log p and −log q of the sites. The model may have no observed site; without
// data Rows says how many rows there are.
//
// Of returns the f_i of a run: at least one, in nats if they are to be compared
// with others. Each has the shape of a score, [E…, K or 1, B or 1], with an axis
// for all that it depends on: the weights of the guide's enumerated values and
// the means are taken afterwards. Of itself sums out what only the joint
// enumerates, as log Σ exp. A scalar counts once for every datum; it may depend on
// globals alone, whose divergence is to be divided by Record.Total. The finer the
// f_i, the less noise: what does not depend on a latent is left out of what its
// draws are judged by.
//
// Of is called for the run, and again for replays with other values of a latent,
// as estimators want them. It may declare parameters, which the replays share. An
// estimator that drops the score of the guide (STL, DReG) drops it where Of reads
// LogQ of the Record that it is given. That score has mean 0 only if the sum holds
// log q times what does not depend on the draw; all else is refused.
//
// Term: "expectation", the value.
type Expectation struct {
	Config
	Of func(r *Record) []*graph.Node
}

var _ Objective = Expectation{}

// Estimate implements Objective.
func (o Expectation) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if o.Of == nil {
		graph.Fail("vi: Expectation without its function Of")
	}
	r := trace(s, m, d, o.Config)
	ls := assign(r, expectation)
	b := averaged{r: r, latents: ls}
	door.Run(r.Scope, func() { b.local, b.shared = o.terms(r, ls) })
	b.of = func(r *Record) (local, shared []term) {
		door.Replay(r.Scope, func() { local, shared = o.terms(r, ls.in(r)) })
		return local, shared
	}

	e := newEstimate(r)
	e.PerRow = zeros(r)
	for _, t := range b.local {
		e.PerRow = e.PerRow.Add(r.perRow(t.node))
	}
	for _, t := range b.shared {
		e.PerRow = e.PerRow.Add(t.node)
	}
	e.Value = graph.Mean(e.PerRow)
	e.Terms["expectation"] = e.Value
	b.coefficient = func(l latent) *graph.Node { return b.derived(l, e.Value) }
	e.Costs = (&gradient{r: r, latents: ls, name: expectation.name, value: e.Value, lower: true, bound: b}).costs()
	return e
}

// terms returns the summands of a run, those of single rows and the scalars.
func (o Expectation) terms(r *Record, ls latents) (local, shared []term) {
	fs := o.Of(ls.shown(r))
	if len(fs) == 0 {
		graph.Fail("vi: Expectation of nothing: Of returned no summand")
	}
	for i, f := range fs {
		if f == nil {
			graph.Fail("vi: Expectation: summand %d is nil", i)
		}
		sh := f.Shape()
		if len(sh) == 0 {
			shared = append(shared, term{node: f})
		} else if local = append(local, term{node: f}); !r.isScore(sh) {
			graph.Fail("vi: Expectation: summand %d has shape %v, want that of a score, %s, or a scalar", i, sh, r.text(""))
		} else if y := r.summedIn(sh); y != "" {
			graph.Fail("vi: Expectation: summand %d has an axis of %s, which only the joint enumerates: sum over it, as log Σ exp", i, y)
		}
		for _, l := range ls {
			if l.Global || l.Value == nil || l.summed() || !r.dependence().On(f, l.Value) {
				continue
			}
			if len(sh) == 0 || !r.covers(sh, l.Value.Shape()) {
				graph.Fail("vi: Expectation: summand %d of shape %v depends on %s, whose value has shape %v, and lacks an axis of it: leave sums and means over values, draws and rows to Expectation", i, sh, l.Name, l.Value.Shape())
			}
		}
	}
	return local, shared
}

// shown returns a record with log q as Of is to read it: constant where the
// score is dropped, and of all draws where the derivative by it is wanted.
func (ls latents) shown(r *Record) *Record {
	out := *r
	out.sites = slices.Clone(r.sites)
	for i, s := range out.sites {
		for _, l := range ls {
			if l.Site == s && l.needs.has(density) && s.Q != nil {
				read := *s
				read.LogQ = l.read(r)
				out.sites[i] = &read
			}
		}
	}
	return &out
}

// read returns log q of a latent as Of reads it.
func (l latent) read(r *Record) *graph.Node {
	if l.Global {
		return l.guideScore()
	}
	return r.wide(l.guideScore())
}

// derived returns the coefficient of −log q of a latent in the value, by
// differentiation; nil if there is none that does not depend on the draw.
func (a averaged) derived(l latent, value *graph.Node) *graph.Node {
	logq, sum := l.read(a.r), value
	if !l.Global {
		sum = graph.Sum(a.r.sum(a.local, nil))
	}
	if !graph.DependsOn(sum, logq) {
		return nil
	}
	by := func(sum *graph.Node) *graph.Node { return graph.Grad(sum, []*graph.Node{logq})[0].Neg() }
	c, below := by(sum), a.r.dependence()
	varies := below.On(c, l.Value)
	if q := a.r.logWeight(); q != nil && !l.Global && !varies && below.On(q, l.Value) {
		// Values whose probability depends on the draw must all have the same.
		varies = c != by(graph.Sum(a.r.sum([]term{{node: logq, kl: true}}, nil)))
	}
	if varies && l.drops {
		graph.Fail("vi: site %s: Expectation of what log q of %s is multiplied by a function of the draw in, or is not linear in: %s drops a score whose mean is 0 only beside a constant; use vi.Pathwise", l.Name, l.Name, l.name)
	}
	if varies {
		return nil
	}
	return graph.StopGrad(c)
}
