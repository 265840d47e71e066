package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/lanes"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Scan is graph.Scan within a model: step draws, by the Trace that it is given, one
// random variable for each datum and time under each name. What lies outside has the
// axis of time behind the rows: sequences and what is kept of the steps
// [E…, K or 1, B or 1, T, event…], a site's value [E…, K, B, T, event…], and data
// [B, T, event…] in Data. The score of a site is the sum over time. A state that
// starts as [event…] is one for each draw and datum, [1…, K, B, event…]; what starts
// with more axes has those that it starts with.
//
//	guide: t.Scan(graph.Loop{}, nodes{z0}, nodes{h}, func(t *vi.Trace, z, h nodes) (next, outs nodes) {
//		return nodes{t.Draw("z", combine(z[0], h[0]))}, nil
//	})
//	joint: t.Scan(graph.Loop{Steps: T}, nodes{z0}, nil, func(t *vi.Trace, z, _ nodes) (next, outs nodes) {
//		now := t.Draw("z", transition(z[0]))
//		t.Draw("x", emission(now))
//		return nodes{now}, nil
//	})
//
// Where the states after a step are values that are given, as a joint finds those that
// the guide has drawn, all steps are computed at once, unless the Loop says Recompute.
//
// A latent within a Scan is drawn by Pathwise; another estimator there is refused, as
// are sites that are enumerated, global or Set, products, blocks and a Scan within a
// Scan. Its divergence is estimated by Monte Carlo: a law at one time has no closed
// form outside of its step.
func (t *Trace) Scan(c graph.Loop, init, seqs []*graph.Node, step func(t *Trace, states, in []*graph.Node) (next, outs []*graph.Node)) (last, all []*graph.Node) {
	t.outsideSteps("Scan")
	if step == nil {
		graph.Fail("vi: Scan: the step is nil")
	}
	var front []*graph.Node
	for i, x := range seqs {
		op.Check(x, "sequence of a Scan")
		if len(x.Shape()) <= t.r.eventAxis() {
			graph.Fail("vi: Scan: sequence %d of shape %v, want %s", i, x.Shape(), t.r.text(" T event…"))
		}
		front = append(front, t.r.timeFirst(x))
	}
	var states []*graph.Node
	for _, x := range init {
		op.Check(x, "state of a Scan")
		if sh := x.Shape(); len(sh) < t.r.eventAxis() {
			x = op.Stretch(x, t.r.lead(sh...))
		}
		states = append(states, x)
	}
	now := *t
	kept := 0
	var before, after, results []*graph.Node
	last, all = graph.Scan(c, states, front, func(states, in []*graph.Node) (next, outs []*graph.Node) {
		now.steps = &steps{body: op.Current().InBody()}
		next, outs = step(&now, states, in)
		kept = len(outs)
		for i, x := range next {
			if len(next) == len(states) && x != nil { // values that are given may be one for all draws
				if sh, err := op.Broadcast(x.Shape(), states[i].Shape()); err == nil && slices.Equal(sh, states[i].Shape()) {
					next[i] = op.Stretch(x, sh)
				}
			}
		}
		before, after, results = states, next, append(slices.Clone(outs), now.steps.results()...)
		return next, results
	})
	if l, a, ok := now.steps.atOnce(c, states, before, after, results); ok {
		last, all = l, a
	}
	for i, x := range all {
		all[i] = t.r.timeBehind(x)
	}
	now.collect(all[kept:])
	return last, all[:kept]
}

// steps is what a Scan under way draws at each step.
type steps struct {
	body  *op.Body
	sites []stepSite
}

// stepSite is a site at one step.
type stepSite struct {
	*Site
	law          prob.Dist
	value, score *graph.Node
	own          bool // drawn here, not given
}

// atOnce computes all steps at once if the states after each are given, as those of a
// joint are that are drawn by the guide: then none waits for another.
func (q *steps) atOnce(c graph.Loop, init, before, after, results []*graph.Node) (last, all []*graph.Node, ok bool) {
	n := q.body.Steps()
	if n == 0 || c.Recompute {
		return nil, nil, false
	}
	with := map[*graph.Node]*graph.Node{}
	places, from := q.body.Places()
	for i, at := range places {
		with[at] = from[i]
	}
	for i, at := range after {
		k := slices.Index(places, at)
		if k < 0 {
			return nil, nil, false
		}
		x, start := from[k], graph.ExpandDims(init[i], 0)
		if c.Reverse {
			with[before[i]] = graph.Concat(0, graph.Slice(x, 0, 1, n), start)
			x = graph.Slice(x, 0, 0, 1)
		} else {
			with[before[i]] = graph.Concat(0, start, graph.Slice(x, 0, 0, n-1))
			x = graph.Slice(x, 0, n-1, n)
		}
		last = append(last, graph.Squeeze(x, 0))
	}
	all, ok = lanes.AtOnce(n, results, with)
	return last, all, ok
}

// outsideSteps refuses what no step of a Scan can do.
func (t *Trace) outsideSteps(what string) {
	if t.alive(); t.steps != nil {
		graph.Fail("vi: %s within a Scan, whose steps can Draw: do it outside", what)
	}
}

// inPlace refuses a site in a loop that the trace knows nothing of.
func (t *Trace) inPlace(name string) {
	var body *op.Body
	if t.steps != nil {
		body = t.steps.body
	}
	if op.Current().InBody() != body {
		graph.Fail("vi: %s is drawn within a graph.Scan that is not the Trace's: use Trace.Scan, and the Trace that it gives to the step", name)
	}
}

// drawStep is Draw within a step.
func (t *Trace) drawStep(name string, d prob.Dist) *graph.Node {
	r := t.r
	if t.steps.at(name) != nil {
		graph.Fail("vi: %s is drawn twice: give the second site a name of its own", name)
	}
	s := t.site(name)
	e := r.of.asked.latent(name)
	switch {
	case s.Global:
		graph.Fail("vi: %s is Global in the guide and not in the joint", name)
	case r.axisOf(name) >= 0:
		graph.Fail("vi: %s is enumerated and drawn within a Scan, whose steps have no axis for its values: write the loop out", name)
	case r.of.data[name] == nil && e.name != Pathwise{}.describe().name:
		graph.Fail("vi: site %s: %s is not for a latent that is drawn within a Scan, which takes vi.Pathwise", name, e.name)
	}
	at := stepSite{Site: s, law: d, own: s.Value == nil && r.of.data[name] == nil && r.over[name] == nil}
	if s.Value == nil {
		at.score = t.value(s, d)
	}
	if at.value = s.Value; !at.own {
		at.value = t.place(s)
	}
	if at.score == nil {
		at.score = d.LogProb(at.value)
	}
	t.check(s, d, at.score)
	t.steps.sites = append(t.steps.sites, at)
	return at.value
}

// place returns the value of a site at the step.
func (t *Trace) place(s *Site) *graph.Node {
	sh, axis := s.Value.Shape(), t.r.eventAxis()
	if n := t.steps.body.Steps(); len(sh) < axis+2 || sh[axis] != n {
		graph.Fail("vi: %s is drawn at %d steps of a Scan and has a value of shape %v, want %s with T = %d", s.Name, n, sh, t.r.text(" T event…"), n)
	}
	return t.steps.body.Seq(t.r.timeFirst(s.Value))
}

// at returns a site that the step has drawn, nil if there is none.
func (q *steps) at(name string) *stepSite {
	for i := range q.sites {
		if q.sites[i].Name == name {
			return &q.sites[i]
		}
	}
	return nil
}

// results are what is kept of the sites at all steps: scores, and values that were
// drawn.
func (q *steps) results() (all []*graph.Node) {
	for _, s := range q.sites {
		if all = append(all, s.score); s.own {
			all = append(all, s.value)
		}
	}
	return all
}

// collect records the sites, with results of all steps.
func (t *Trace) collect(all []*graph.Node) {
	axis := t.r.eventAxis()
	for _, s := range t.steps.sites {
		score := graph.Sum(all[0], axis)
		if all = all[1:]; s.own {
			s.Value, all = all[0], all[1:]
		}
		t.record(s.Site, overTime{s.law}, score)
	}
}

// timeFirst moves the axis of time, behind the rows, to the front; timeBehind moves
// it back.
func (a axes) timeFirst(x *graph.Node) *graph.Node {
	perm := append([]int{a.eventAxis()}, first(len(x.Shape()))...)
	return graph.Transpose(x, slices.Delete(perm, a.eventAxis()+1, a.eventAxis()+2)...)
}

func (a axes) timeBehind(x *graph.Node) *graph.Node {
	n := len(x.Shape())
	at := min(a.eventAxis(), n-1)
	return graph.Transpose(x, slices.Insert(first(n)[1:], at, 0)...)
}

// overTime stands for the laws that a site has at the steps of a Scan.
type overTime struct{ law prob.Dist }

func (d overTime) LogProb(*graph.Node) *graph.Node {
	graph.Fail("vi: the density of a site within a Scan, %s at each step, is known at its own value only", prob.NameOf(d.law))
	return nil
}

// lawOf is the law of a site, or that of each step.
func lawOf(d prob.Dist) prob.Dist {
	if d, ok := d.(overTime); ok {
		return d.law
	}
	return d
}
