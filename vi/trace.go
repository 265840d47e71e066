package vi

import (
	"github.com/latentgo/latent/graph"
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
func (t *Trace) Rows() int { return t.r.Rows }

// Given returns data or an earlier value by name, [K or 1, B, event…].
func (t *Trace) Given(name string) *graph.Node {
	if x, ok := t.r.data[name]; ok {
		t.r.used[name] = true
		return x
	}
	if s := t.r.find(name); s != nil {
		return s.Value
	}
	graph.Fail("vi: %s is given by neither data %v nor an earlier site %v", name, t.r.data.names(), t.r.names(nil))
	return nil
}

// Draw names one random variable for each datum and returns its value: the one
// it has, which is scored, or else a draw from d.
func (t *Trace) Draw(name string, d prob.Dist) *graph.Node {
	defer graph.Enter("site " + name)()
	s := t.r.find(name)
	if s != nil && (!t.joint || s.P != nil) {
		graph.Fail("vi: %s is drawn twice", name)
	}
	if s == nil {
		s = &Site{Name: name}
		s.Value, s.Observed = t.value(name, d)
		t.r.sites = append(t.r.sites, s)
	}
	score := t.score(s, d)
	if t.joint {
		s.P, s.LogP = d, score
	} else {
		s.Q, s.LogQ = d, score
	}
	return s.Value
}

// value finds or draws the value of a new site.
func (t *Trace) value(name string, d prob.Dist) (v *graph.Node, observed bool) {
	if x, ok := t.r.data[name]; ok {
		t.r.used[name] = true
		return x, true
	}
	if t.joint && t.guided {
		graph.Fail("vi: %s has no value: the guide draws %v and the data are %v", name, t.r.names(nil), t.r.data.names())
	}
	src, ok := d.(prob.Sampler)
	if !ok {
		graph.Fail("vi: %s has no value and %T cannot be drawn from: it has no Sample method", name, d)
	}
	v = src.Sample(t.r.Scope.In(name), t.r.K, t.r.Rows)
	if sh := v.Shape(); len(sh) < 3 || sh[0] != t.r.K || sh[1] != t.r.Rows {
		graph.Fail("vi: %s: %T draws shape %v, want [%d %d event…]", name, d, []int(sh), t.r.K, t.r.Rows)
	}
	return v, false
}

// score returns the log density of a site's value under d and checks that it
// is one number for each draw and datum.
func (t *Trace) score(s *Site, d prob.Dist) *graph.Node {
	l := d.LogProb(s.Value)
	sh := l.Shape()
	if len(sh) != 2 || sh[0] != 1 && sh[0] != t.r.K || sh[1] != 1 && sh[1] != t.r.Rows {
		graph.Fail("vi: %s: value of shape %v scores %v under %T, want [%d %d]", s.Name, []int(s.Value.Shape()), []int(sh), d, t.r.K, t.r.Rows)
	}
	return l
}
