package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Trace is the run of a joint or a guide: the model's functions name their
// random variables to it.
type Trace struct {
	r      *run
	joint  bool   // else the guide
	guided bool   // the model has a guide
	steps  *steps // of the Scan that is under way; nil outside of one
}

// Rows returns the number of data.
func (t *Trace) Rows() int {
	t.alive()
	return t.r.Rows
}

// Given returns data or an earlier value by name, [E…, K or 1, B, event…], of a
// global [lead…, event]. Within a Scan a site that the step has drawn is that of the
// step; everything else is whole.
func (t *Trace) Given(name string) *graph.Node {
	t.alive()
	if t.steps != nil {
		if s := t.steps.at(name); s != nil {
			return s.value
		}
	}
	if s := t.r.find(name); s != nil {
		if s.Value == nil {
			graph.Fail("vi: the weight %s has no value: its noise is Local", name)
		}
		return s.Value
	}
	data := t.r.of.data
	if x, ok := data[name]; ok {
		t.r.used[name] = true
		return x
	}
	if x, ok := t.r.of.given[name]; ok {
		return x
	}
	graph.Fail("vi: %s is given by neither data %v nor an earlier site %v", name, data.names(), t.r.names(nil))
	return nil
}

// Has tells whether Given has a value of that name: data, or an earlier site.
func (t *Trace) Has(name string) bool {
	t.alive()
	s := t.r.find(name)
	return s != nil && s.Value != nil || t.r.of.data[name] != nil || t.r.of.given[name] != nil
}

// Predicting tells whether the run is one of Predict, in which the guide may
// leave latents to the joint, such as those of rows that it does not know.
func (t *Trace) Predicting() bool {
	t.alive()
	return t.r.of.predicts
}

// Noise returns random numbers for the value of a site to Set, [1…, K, B,
// event…]. Where an estimator runs the functions again to compare values of a
// latent, it returns the same ones.
func (t *Trace) Noise(site string, law graph.Noise, event ...int) *graph.Node {
	t.alive()
	return t.r.noise(site).Noise("noise", law, t.r.lead(event...)...)
}

// Draw names one random variable for each datum and returns its value: the one
// it has, which is scored, or else a draw from d.
func (t *Trace) Draw(name string, d prob.Dist) *graph.Node {
	t.alive()
	defer graph.Enter("site " + name)()
	if op.Nil(d) {
		graph.Fail("vi: %s is drawn from no distribution", name)
	}
	if t.inPlace(name); t.steps != nil {
		return t.drawStep(name, d)
	}
	s := t.site(name)
	if s.Global {
		graph.Fail("vi: %s is Global in the guide and not in the joint", name)
	}
	var score *graph.Node
	if s.Value == nil {
		score = t.value(s, d)
	}
	switch {
	case score != nil:
	case s.soft:
		score = linear(d, s.Value)
	default:
		score = d.LogProb(s.Value)
	}
	t.check(s, d, score)
	t.record(s, d, score)
	return s.Value
}

// Set names one random variable whose draw and log density the guide computed
// itself, such as a full-rank Gaussian or a flow without an inverse: value
// [E…, K, B, event…] and logq [E…, K, B].
func (t *Trace) Set(name string, value, logq *graph.Node) {
	t.outsideSteps("Set of " + name)
	defer graph.Enter("site " + name)()
	if t.joint {
		graph.Fail("vi: %s is Set in the joint; only the guide sets values", name)
	}
	if value == nil || logq == nil {
		graph.Fail("vi: %s is Set without a value or without its log density", name)
	}
	s := t.site(name)
	if _, given := t.r.of.data[name]; given {
		graph.Fail("vi: %s is Set by the guide and given as data", name)
	}
	s.Value = value
	t.check(s, setDist{}, logq)
	if !t.r.isDraw(value.Shape()) {
		graph.Fail("vi: %s is Set to a value of shape %v, want %s", name, value.Shape(), t.r.text(" event…"))
	}
	if !t.r.isFull(logq.Shape()) {
		graph.Fail("vi: %s is Set with a log density of shape %v, want %s", name, logq.Shape(), t.r.text(""))
	}
	t.record(s, setDist{}, logq)
}

// setDist stands for the law of a site that was Set.
type setDist struct{}

func (setDist) LogProb(*graph.Node) *graph.Node {
	graph.Fail("vi: the density of a site that the guide Set is known at its own value only")
	return nil
}

// Pathwise says that a set value is a function of the guide's parameters.
func (setDist) Pathwise() {}

// Sample is never called.
func (setDist) Sample(*graph.Scope, ...int) *graph.Node { return nil }

// site returns the site of a name, new or, in the joint, the guide's.
func (t *Trace) site(name string) *Site {
	s := t.r.find(name)
	if s != nil && (!t.joint || s.P != nil) {
		graph.Fail("vi: %s is drawn twice: give the second site a name of its own", name)
	}
	if s == nil {
		s = &Site{Name: name}
		t.r.sites = append(t.r.sites, s)
	}
	return s
}

// record notes the law and the score of a site.
func (t *Trace) record(s *Site, d prob.Dist, score *graph.Node) {
	if t.joint {
		s.P, s.LogP = d, score
	} else {
		s.Q, s.LogQ = d, score
	}
}

// value finds or draws the value of a new site. It returns the score that came
// with a draw; nil if none did.
func (t *Trace) value(s *Site, d prob.Dist) (score *graph.Node) {
	r, name := t.r, s.Name
	x, given := r.of.data[name]
	s.Observed = given
	switch over := r.over[name]; {
	case over != nil:
		s.Value, s.soft = over, !given
		r.used[name] = true
		return nil
	case given:
		s.Value = x
		r.used[name] = true
		return nil
	case t.enumerate(s, d):
		return nil
	case t.joint && t.guided && !r.of.predicts:
		r.sites = r.sites[:len(r.sites)-1]
		graph.Fail("vi: %s has no value: the guide draws %v and the data are %v; draw it in the guide too, or give it as data of this name", name, r.names(nil), r.of.data.names())
	}
	s.prior = t.joint
	s.Value, score = r.draw(s, d, r.of.asked.latent(name))
	if !r.isDraw(s.Value.Shape()) {
		graph.Fail("vi: %s: %s draws shape %v, want %s", name, prob.NameOf(d), s.Value.Shape(), r.text(" event…"))
	}
	return score
}

// draw draws a local latent as its estimator says: by itself, or from the law
// with its score where that is cheaper and log q at other values is not needed.
// The draws for all values of an enumerated site share their noise, unless the
// estimator wants them apart: the sum of their scores is the score of
// independent draws.
func (r *run) draw(s *Site, d prob.Dist, e estimator) (value, score *graph.Node) {
	e.suits(s.Name, d)
	if s.soft = e.soft; e.draw != nil {
		return e.draw(r.Record, s.Name, d), nil
	}
	if both, ok := d.(prob.SampleScorer); ok && !e.needs.has(density) {
		return both.SampleScore(r.noise(s.Name), r.lead()...)
	}
	law, ok := d.(prob.Sampler)
	if !ok {
		undrawn(s.Name, d)
	}
	x := law.Sample(r.noise(s.Name), r.lead()...)
	if sh, several := r.repeated(x.Shape()); several && e.apart {
		x = law.Sample(r.noise(s.Name).In("each"), sh...)
	}
	return x, nil
}

// undrawn refuses a law without draws, such as an improper prior.
func undrawn(name string, d prob.Dist) {
	graph.Fail("vi: %s has no value and %s cannot be drawn from: it has no Sample method; give it one, use a proper law, such as a wide prob.Normal, or draw %s in a guide function of your own", name, prob.NameOf(d), name)
}

// check aborts unless a score is one number for each enumerated value, draw
// and datum.
func (t *Trace) check(s *Site, d prob.Dist, score *graph.Node) {
	if sh := score.Shape(); !t.r.isScore(sh) {
		graph.Fail("vi: %s: value of shape %v scores %v under %s, want %s", s.Name, s.Value.Shape(), sh, prob.NameOf(d), t.r.text(""))
	}
}
