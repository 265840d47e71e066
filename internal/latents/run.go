package latents

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Scored is a joint at values of its latents.
type Scored struct {
	Record   *vi.Record
	LogJoint *graph.Node   // log p(x, z), of all data, a scalar
	LogDet   *graph.Node   // log |det ∂z/∂u|, likewise
	Values   []*graph.Node // of each site, of its Shape
}

// Run scores a joint, with u the reals of each site, of its Free shape.
func (sp *Space) Run(s *graph.Scope, joint vi.Func, d vi.Data, u []*graph.Node) Scored {
	out := Scored{LogDet: s.Const(0)}
	for i, site := range sp.Sites {
		b := prob.Constrain(site.Support)
		out.Values = append(out.Values, b.Forward(u[i]))
		out.LogDet = out.LogDet.Add(graph.Sum(b.LogDet(u[i])))
	}
	guide := func(t *vi.Trace) {
		for i, site := range sp.Sites {
			if at := (point{out.Values[i], site.Global}); site.Global {
				t.Global(site.Name, at, site.Shape[:len(site.Shape)-1]...)
			} else {
				t.Draw(site.Name, at)
			}
		}
	}
	r := vi.Run(s, vi.Model{Joint: joint, Guide: guide}, d, vi.Config{Rows: sp.Rows, Enumerate: sp.Enumerated})
	out.Record = r
	out.LogJoint = graph.Sum(r.LogWeights()) // log q of a point is 0
	for _, site := range r.Sites() {
		if site.Global {
			out.LogJoint = out.LogJoint.Add(site.LogP)
		}
	}
	return out
}

// Free returns the reals of values of each site, of their Shape, of their Free
// shape.
func (sp *Space) Free(values []*graph.Node) []*graph.Node {
	u := make([]*graph.Node, len(values))
	for i, site := range sp.Sites {
		u[i] = prob.Constrain(site.Support).Inverse(values[i])
	}
	return u
}

// point puts a value where a site is drawn.
type point struct {
	value  *graph.Node
	global bool
}

// LogProb is 0, of a datum whose event has any number of axes.
func (p point) LogProb(x *graph.Node) *graph.Node {
	sh, event := x.Shape(), 1
	if !p.global {
		event = len(p.value.Shape()) - 1
	}
	return graph.BroadcastTo(graph.Const(0), sh[:len(sh)-event]...)
}

// Sample returns the value, of a global as it is, of others with the axes lead in
// the place of the rows.
func (p point) Sample(_ *graph.Scope, lead ...int) *graph.Node {
	if p.global {
		return p.value
	}
	return graph.Reshape(p.value, append(slices.Clone(lead), p.value.Shape()[1:]...)...)
}
