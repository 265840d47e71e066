package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Global names one random variable for the whole data set, such as the weights
// of a layer: drawn once a run, shared by all draws and rows. Its value has the
// shape [lead…, event], with the same lead in the joint and in the guide, its
// score is one number. Its divergence counts once a data set, so bounds per datum
// divide it by Config.Total, which they require. The levels of G groups are one
// Global with lead G, from which graph.Gather takes that of each row's group.
func (t *Trace) Global(name string, d prob.Dist, lead ...int) *graph.Node {
	t.outsideSteps("Global of " + name)
	defer graph.Enter("global " + name)()
	if op.Nil(d) {
		graph.Fail("vi: %s is drawn from no distribution", name)
	}
	if _, ok := t.r.of.data[name]; ok {
		graph.Fail("vi: %s is Global: it cannot be data, which have one value a row; give it in Config.Globals", name)
	}
	s := t.site(name)
	if s.Q != nil && !s.Global {
		graph.Fail("vi: %s is Global in the joint and not in the guide", name)
	}
	if s.isBlock() {
		graph.Fail("vi: %s is the name of a vector that the guide draws for other sites: give that another", name)
	}
	s.Global = true
	var score *graph.Node
	if x := t.r.of.given[name]; x != nil {
		s.Value, s.Observed = x, true
	}
	if over := t.r.over[name]; over != nil && s.Value == nil {
		s.Value = over
	}
	if s.Value == nil {
		if t.joint && t.guided && s.Q == nil && !t.r.of.predicts {
			graph.Fail("vi: %s has no value: the guide draws %v; draw it in the guide too, or give it in Config.Globals", name, t.r.names(func(s *Site) bool { return s.isPart() || s.Q != nil && !s.isBlock() }))
		}
		s.prior = t.joint
		s.Value, score = t.r.drawGlobal(s, d, lead)
	}
	if sh := s.Value.Shape(); len(sh) != len(lead)+1 || !slices.Equal([]int(sh[:len(lead)]), lead) {
		graph.Fail("vi: %s: value of shape %v, want the leading axes that Global is given, %v, and one event axis behind them", name, sh, lead)
	}
	s.shape = s.Value.Shape()
	if score == nil {
		score = d.LogProb(s.Value)
	}
	t.record(s, d, graph.Sum(score))
	return s.Value
}

// drawGlobal draws a global, with its score where that is cheaper and log q at
// other values is not needed.
func (r *run) drawGlobal(s *Site, d prob.Dist, lead []int) (value, score *graph.Node) {
	at := r.Scope.In(s.Name).RowAxis(-1)
	if both, ok := d.(prob.SampleScorer); ok && !r.of.asked.latent(s.Name).needs.has(density) {
		return both.SampleScore(at, lead...)
	}
	src, ok := d.(prob.Sampler)
	if !ok {
		undrawn(s.Name, d)
	}
	return src.Sample(at, lead...), nil
}
