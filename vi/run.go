package vi

import (
	"maps"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// plan is what a record is a run of, the same for its replays.
type plan struct {
	model Model
	data  Data   // with the axes of values
	given Data   // of globals
	asked wishes // how latents are drawn

	predicts bool // a site that neither data nor the guide have is drawn by the joint
}

// run is a run under way, which a Trace works on.
type run struct {
	*Record                 // what it has found so far
	used    map[string]bool // names of data that a site or Given took
	looks   int             // number of times that Latents was called
}

// trace runs a model and returns its record.
func trace(s *graph.Scope, m Model, d Data, c Config) *Record {
	r := begin(s, m, d, c)
	door.Run(r.Scope, r.trace)
	return r.Record
}

// begin checks data and Config before a run of the model.
func begin(s *graph.Scope, m Model, d Data, c Config) *run {
	for _, n := range []struct {
		name, zero string
		is         int
	}{{"K", "one draw", c.K}, {"Rows", "as many as the data have", c.Rows}, {"Total", "no globals", c.Total}} {
		if n.is < 0 {
			graph.Fail("vi: %s is %d, want 1 or more, or 0 for %s", n.name, n.is, n.zero)
		}
	}
	asked := newWishes(c)
	at := axes{k: max(c.K, 1), b: c.Rows}
	for _, name := range c.Enumerate {
		if at.axisOf(name) >= 0 {
			graph.Fail("vi: Enumerate names %s twice", name)
		}
		at.enum = append(at.enum, enumeration{site: name})
	}
	for _, name := range slices.Sorted(maps.Keys(asked.sites)) {
		if e := asked.sites[name]; e != nil && e.describe().needs.has(listed) && at.axisOf(name) < 0 {
			at.enum = append(at.enum, enumeration{site: name})
		}
	}
	lifted, from := Data{}, "Config.Rows"
	for _, name := range c.Globals.names() {
		switch x := c.Globals[name]; {
		case x == nil:
			graph.Fail("vi: the global %s is given as nil", name)
		case len(x.Shape()) == 0:
			graph.Fail("vi: the global %s is given as a scalar, want an event axis, such as [1]", name)
		case d[name] != nil:
			graph.Fail("vi: %s is given among the data and among the globals", name)
		}
	}
	for _, name := range d.names() {
		x := d[name]
		if x == nil {
			graph.Fail("vi: data %s is nil", name)
		}
		sh := x.Shape()
		if len(sh) < 2 {
			graph.Fail("vi: data %s has shape %v, want rows and an event axis, such as [%d 1]", name, sh, max(at.b, 1))
		}
		if at.b == 0 {
			at.b, from = sh[0], name
		}
		if sh[0] != at.b {
			graph.Fail("vi: data %s has %d rows, %s has %d; an estimate is of one set of rows", name, sh[0], from, at.b)
		}
		lifted[name] = at.ofData(x)
	}
	if at.b == 0 {
		graph.Fail("vi: no data and no Config.Rows: how many rows to draw?")
	}
	if n := len(at.enum); n > 0 {
		s = door.Alternatives(s, n).(*graph.Scope)
	}
	r := &Record{Scope: s, K: at.k, Rows: at.b, Total: c.Total, axes: at, of: &plan{model: m, data: lifted, given: c.Globals, asked: asked}}
	door.Note(s, r) // for who looks into a run afterwards
	return &run{Record: r, used: map[string]bool{}}
}

// trace calls the model's functions, in a run or a replay of the scope.
func (r *run) trace() {
	m := r.of.model
	if m.Joint == nil {
		graph.Fail("vi: model has no joint")
	}
	if m.Guide != nil {
		leave := r.enter("guide")
		m.Guide(&Trace{r: r, guided: true})
		leave()
	}
	leave := r.enter("joint")
	m.Joint(&Trace{r: r, joint: true, guided: m.Guide != nil})
	leave()
	r.closeBlocks()
	r.complete()
	r.oneWeight()
	n := 0
	for _, s := range r.sites {
		if s.order = n; drawn(s) && s.Value != nil {
			n++
		}
	}
}

// enter makes errors name the role.
func (r *run) enter(role string) (leave func()) {
	if r.Scope.Path() != "" {
		role = r.Scope.Path() + "/" + role
	}
	return graph.Enter(role)
}

// complete refuses what was named and not met.
func (r *run) complete() {
	for _, site := range r.sites {
		if site.P == nil {
			graph.Fail("vi: the guide draws %s, which is no site of the joint; the joint has %v: draw it there too, from its prior, or not in the guide", site.Name, r.names(inJoint))
		}
	}
	for _, name := range r.of.data.names() {
		if !r.used[name] {
			graph.Fail("vi: data %s is used by neither joint nor guide; the model has sites %v: name a site after it, read it by Given, or leave it out of the data", name, r.names(nil))
		}
	}
	for _, name := range r.of.given.names() {
		if s := r.find(name); s == nil || !s.Global {
			graph.Fail("vi: Globals gives %s, which is no global site; the model has the globals %v", name, r.names(func(s *Site) bool { return s.Global }))
		}
	}
	for _, e := range r.enum {
		if e.size == 0 {
			why := "it is no site"
			if s := r.find(e.site); s != nil && s.Observed {
				why = "it has a value, given as data"
			}
			graph.Fail("vi: site %s is to be enumerated, but %s; the latents are %v", e.site, why, r.names(drawn))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.of.asked.sites)) {
		if s := r.find(name); s == nil || s.Observed {
			graph.Fail("vi: Sites has an estimator for %s, which is no latent site; the latents are %v", name, r.names(drawn))
		}
	}
}
