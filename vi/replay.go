package vi

import (
	"fmt"
	"maps"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// With runs the model again with other values for some sites, full-rank nodes
// [E…, K or 1, B or 1, event…], of a global [lead…, event]; the sites after them
// are drawn again from the same noise. Layers with noise of their own have the same too, and states are
// assigned once. It is what estimators that compare values of a latent stand on.
func (r *Record) With(values Data) *Record {
	r.alive()
	out := *r
	out.enum, out.sites, out.below, out.over = slices.Clone(r.enum), nil, nil, Data{}
	maps.Copy(out.over, r.over)
	for i := range out.enum {
		out.enum[i].size = 0
	}
	for _, name := range values.names() {
		s := r.Site(name)
		if values[name] == nil || s.Value == nil {
			graph.Fail("vi: With a value of %s that is nil, or in place of one that has none", name)
		}
		switch {
		case s.Enumerated || s.product:
			graph.Fail("vi: With another value of %s, which is %s; only latents and data can be replaced", name, s.kind())
		case s.isPart():
			graph.Fail("vi: With another value of %s, which is a piece of %s; replace that", name, s.block.site.Name)
		case s.Global && s.Observed:
			graph.Fail("vi: With another value of %s, which is a global that is given: give another in Config.Globals", name)
		}
		if _, ok := s.Q.(setDist); ok {
			graph.Fail("vi: With another value of %s, which the guide Set: its density is known at its own value only", name)
		}
		if got, want := values[name].Shape(), s.Value.Shape(); len(got) != len(want) || s.Global && !slices.Equal(got, want) {
			graph.Fail("vi: With a value of %s of shape %v, want the axes of %v", name, []int(values[name].Shape()), s.Value.Shape())
		}
		out.over[name] = values[name]
	}
	leave := graph.Enter(fmt.Sprintf("the run for other values of %v", values.names()))
	door.Replay(r.Scope, (&run{Record: &out, used: map[string]bool{}}).trace)
	leave()
	return &out
}
