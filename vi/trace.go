package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Trace is the run of a joint or a guide: the model's functions name their
// random variables to it.
type Trace struct {
	r      *Record
	joint  bool // else the guide
	guided bool // the model has a guide
}

// Rows returns the number of data.
func (t *Trace) Rows() int {
	t.alive()
	return t.r.Rows
}

// Given returns data or an earlier value by name, [E…, K or 1, B, event…], of a
// global [lead…, event].
func (t *Trace) Given(name string) *graph.Node {
	t.alive()
	if s := t.r.find(name); s != nil {
		if s.Value == nil {
			graph.Fail("vi: the weight %s has no value: its noise is Local", name)
		}
		return s.Value
	}
	if x, ok := t.r.data[name]; ok {
		t.r.used[name] = true
		return x
	}
	graph.Fail("vi: %s is given by neither data %v nor an earlier site %v", name, t.r.data.names(), t.r.names(nil))
	return nil
}

// Noise returns random numbers for the value of a site to Set, [1…, K, B,
// event…]. Where an estimator runs the functions again to compare values of a
// latent, it returns the same ones.
func (t *Trace) Noise(site string, law graph.Noise, event ...int) *graph.Node {
	t.alive()
	return t.r.noise(site).Noise("noise", law, append(t.r.lead(), event...)...)
}

// Draw names one random variable for each datum and returns its value: the one
// it has, which is scored, or else a draw from d.
func (t *Trace) Draw(name string, d prob.Dist) *graph.Node {
	t.alive()
	defer graph.Enter("site " + name)()
	if op.Nil(d) {
		graph.Fail("vi: %s is drawn from no distribution", name)
	}
	s := t.site(name)
	if s.Global {
		graph.Fail("vi: %s is Global in the guide and not in the joint", name)
	}
	if s.Value == nil {
		t.value(s, d)
	}
	score := s.drawn
	switch s.drawn = nil; {
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
	t.alive()
	defer graph.Enter("site " + name)()
	if t.joint {
		graph.Fail("vi: %s is Set in the joint; only the guide sets values", name)
	}
	if value == nil || logq == nil {
		graph.Fail("vi: %s is Set without a value or without its log density", name)
	}
	s := t.site(name)
	if _, given := t.r.data[name]; given {
		graph.Fail("vi: %s is Set by the guide and given as data", name)
	}
	s.Value = value
	t.check(s, setDist{}, logq)
	e := len(t.r.enum)
	if sh := value.Shape(); !t.full(sh) || len(sh) == e+2 {
		graph.Fail("vi: %s is Set to a value of shape %v, want [%s%d %d event…]", name, sh, dots(e), t.r.K, t.r.Rows)
	}
	if sh := logq.Shape(); !t.full(sh) {
		graph.Fail("vi: %s is Set with a log density of shape %v, want [%s%d %d]", name, sh, dots(e), t.r.K, t.r.Rows)
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
		s = &Site{Name: name, axis: -1}
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

// value finds or draws the value of a new site.
func (t *Trace) value(s *Site, d prob.Dist) {
	r, name := t.r, s.Name
	x, given := r.data[name]
	s.Observed = given
	switch over := r.over[name]; {
	case over != nil:
		s.Value, s.soft = over, !given
		r.used[name] = true
		return
	case given:
		s.Value = x
		r.used[name] = true
		return
	case r.enumerate(s, d):
		return
	case t.joint && t.guided:
		r.sites = r.sites[:len(r.sites)-1]
		graph.Fail("vi: %s has no value: the guide draws %v and the data are %v; draw it in the guide too, or give it as data of this name", name, r.names(nil), r.data.names())
	}
	s.prior = t.joint
	if f, ok := d.(prob.Transformed); ok && explicit(r.asked(name)) {
		if _, ok := f.Bijector.(prob.Inverter); !ok {
			graph.Fail("vi: site %s: %s, and %T has no inverse to compute it with%s", name, needs(r.asked(name)), f.Bijector, instead(r.asked(name)))
		}
	}
	if drawn, ok := r.asked(name).(drawer); ok {
		s.Value = drawn.draw(r, s, d)
	} else if both, ok := d.(prob.SampleScorer); ok && !explicit(r.asked(name)) {
		s.Value, s.drawn = both.SampleScore(r.noise(name), r.lead()...)
	} else if src, ok := d.(prob.Sampler); ok {
		s.Value = r.draw(name, src)
	} else {
		graph.Fail("vi: %s has no value and %T cannot be drawn from: it has no Sample method", name, d)
	}
	e := len(r.enum)
	if sh := s.Value.Shape(); !t.full(sh) || len(sh) == e+2 {
		graph.Fail("vi: %s: %T draws shape %v, want [%s%d %d event…]", name, d, sh, dots(e), r.K, r.Rows)
	}
}

// draw draws a local latent. All values of an enumerated site that its law
// depends on share its noise, unless its estimator takes the score of the draws:
// the score of several is that of independent ones.
func (r *Record) draw(name string, d prob.Sampler) *graph.Node {
	x := d.Sample(r.noise(name), r.lead()...)
	e := len(r.enum)
	sh := x.Shape()
	switch r.asked(name).(type) {
	case Score, VIMCO:
	default:
		return x
	}
	if len(sh) <= e || graph.Size(sh[:e]) == 1 {
		return x
	}
	return d.Sample(r.noise(name).In("each"), append(slices.Clone([]int(sh[:e])), r.K, r.Rows)...)
}

// full tells whether a shape has all draws and all data on its leading axes.
func (t *Trace) full(sh graph.Shape) bool {
	e := len(t.r.enum)
	return len(sh) >= e+2 && sh[e] == t.r.K && sh[e+1] == t.r.Rows
}

// dots stands for the enumerated axes in a message.
func dots(e int) string {
	if e == 0 {
		return ""
	}
	return "E… "
}

// check aborts unless a score is one number for each enumerated value, draw
// and datum.
func (t *Trace) check(s *Site, d prob.Dist, score *graph.Node) {
	sh, e := score.Shape(), len(t.r.enum)
	bad := len(sh) != e+2
	for i, want := range append(append([]int(nil), t.r.sizes...), t.r.K, t.r.Rows) {
		bad = bad || sh[i] != 1 && sh[i] != want
	}
	if bad {
		graph.Fail("vi: %s: value of shape %v scores %v under %T, want [%s%d %d]", s.Name, s.Value.Shape(), sh, d, dots(e), t.r.K, t.r.Rows)
	}
}
