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
	t.alive()
	defer graph.Enter("global " + name)()
	if op.Nil(d) {
		graph.Fail("vi: %s is drawn from no distribution", name)
	}
	if _, ok := t.r.of.data[name]; ok {
		graph.Fail("vi: %s is Global: it cannot be data, which have one value a row", name)
	}
	s := t.site(name)
	if s.Q != nil && !s.Global {
		graph.Fail("vi: %s is Global in the joint and not in the guide", name)
	}
	s.Global = true
	if s.Value == nil {
		if t.joint && t.guided && s.Q == nil {
			graph.Fail("vi: %s has no value: the guide draws %v", name, t.r.names(func(s *Site) bool { return s.Q != nil }))
		}
		src, ok := d.(prob.Sampler)
		if !ok {
			graph.Fail("vi: %s has no value and %s cannot be drawn from: it has no Sample method", name, prob.NameOf(d))
		}
		s.prior = t.joint
		s.Value = src.Sample(t.r.Scope.In(name).RowAxis(-1), lead...)
	}
	if sh := s.Value.Shape(); len(sh) != len(lead)+1 || !slices.Equal([]int(sh[:len(lead)]), lead) {
		graph.Fail("vi: %s: value of shape %v, want the leading axes that Global is given, %v, and one event axis behind them", name, sh, lead)
	}
	s.shape = s.Value.Shape()
	t.record(s, d, graph.Sum(d.LogProb(s.Value)))
	return s.Value
}
