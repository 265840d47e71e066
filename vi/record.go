package vi

import (
	"fmt"
	"maps"
	"slices"

	"github.com/latentgo/latent/internal/door"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Record is what a run of a model left.
type Record struct {
	Scope *graph.Scope
	K     int // draws a datum
	Rows  int // data
	Total int // size of the data set, as Config says

	model  Model
	config Config
	enum   []string // enumerated sites, one axis each
	sizes  []int    // their numbers of values, 0 before they are met
	sites  []*Site  // in the order drawn, the guide's first
	data   Data     // lifted to [1…, 1, B, event…]
	over   Data     // values that With put in place of draws
	used   map[string]bool
	below  *graph.Dependence // of nodes on the values of sites, in their order
}

// Site is one random variable of a run.
type Site struct {
	Name       string
	P          prob.Dist   // in the joint
	Q          prob.Dist   // in the guide; nil if it does not have the site
	Value      *graph.Node // [E…, K or 1, B or 1, event…]; of a global [lead…, event], nil where its noise is Local
	LogP       *graph.Node // [E…, K or 1, B or 1]; of a global a scalar
	LogQ       *graph.Node // likewise; nil without Q
	Observed   bool        // the value is data
	Global     bool        // one value for all data
	Enumerated bool        // the value is every value there is, along an axis

	axis        int         // of an enumeration, else −1
	prior       bool        // drawn from P, for want of a guide
	product     bool        // a weight used by Product
	weight      *graph.Node // its value where the product's noise replaces that
	globalShape []int       // of the value of a global
	drawn       *graph.Node // score that came with the draw
	soft        bool        // the value lies between those of the law
	estimator   Estimator
	order       int // latents with a value that were drawn before, as soon as there is a dependence
}

func newRecord(s *graph.Scope, d Data, c Config) *Record {
	if c.Default != nil {
		c.Default = plain("every local latent", c.Default)
	}
	c.Sites = maps.Clone(c.Sites)
	for name, e := range c.Sites {
		if e != nil {
			c.Sites[name] = plain(name, e)
		}
	}
	r := &Record{Scope: s, K: max(c.K, 1), Rows: c.Rows, Total: c.Total, config: c, data: Data{}, used: map[string]bool{}}
	for _, n := range []struct {
		name, zero string
		is         int
	}{{"K", "one draw", c.K}, {"Rows", "as many as the data have", c.Rows}, {"Total", "no globals", c.Total}} {
		if n.is < 0 {
			graph.Fail("vi: %s is %d, want 1 or more, or 0 for %s", n.name, n.is, n.zero)
		}
	}
	for _, name := range c.Enumerate {
		if slices.Contains(r.enum, name) {
			graph.Fail("vi: Enumerate names %s twice", name)
		}
		r.enum = append(r.enum, name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		if _, ok := c.Sites[name].(Enumerate); ok && !slices.Contains(r.enum, name) {
			r.enum = append(r.enum, name)
		}
	}
	r.sizes = make([]int, len(r.enum))
	from := "Config.Rows"
	for _, name := range d.names() {
		x := d[name]
		if x == nil {
			graph.Fail("vi: data %s is nil", name)
		}
		sh := x.Shape()
		if len(sh) < 2 {
			graph.Fail("vi: data %s has shape %v, want rows and an event axis, such as [%d 1]", name, sh, max(r.Rows, 1))
		}
		if r.Rows == 0 {
			r.Rows, from = sh[0], name
		}
		if sh[0] != r.Rows {
			graph.Fail("vi: data %s has %d rows, %s has %d", name, sh[0], from, r.Rows)
		}
		r.data[name] = graph.Reshape(x, append(ones(len(r.enum)+1), sh...)...)
	}
	if r.Rows == 0 {
		graph.Fail("vi: no data and no Config.Rows: how many rows to draw?")
	}
	door.Note(s, r) // for who looks into a run afterwards
	return r
}

// With runs the model again with other values for some sites, full-rank nodes
// [E…, K or 1, B or 1, event…]; the sites after them are drawn again from the
// same noise. It is a graph.Scope.Replay: layers with noise of their own have the
// same too, and states are assigned once. It is what estimators that compare
// values of a latent stand on.
func (r *Record) With(values Data) *Record {
	r.alive()
	out := &Record{
		Scope: r.Scope, K: r.K, Rows: r.Rows, Total: r.Total, model: r.model, config: r.config,
		enum: r.enum, sizes: make([]int, len(r.enum)), data: r.data, over: maps.Clone(r.over), used: map[string]bool{},
	}
	if out.over == nil {
		out.over = Data{}
	}
	for _, name := range values.names() {
		s := r.Site(name)
		if values[name] == nil || s.Value == nil {
			graph.Fail("vi: With a value of %s that is nil, or in place of one that has none", name)
		}
		if s.Enumerated || s.Global {
			graph.Fail("vi: With another value of %s, which is %s; only latents and data of single rows can be replaced", name, s.kind())
		}
		if _, ok := s.Q.(setDist); ok {
			graph.Fail("vi: With another value of %s, which the guide Set: its density is known at its own value only", name)
		}
		if got, want := len(values[name].Shape()), len(s.Value.Shape()); got != want {
			graph.Fail("vi: With a value of %s of shape %v, want the axes of %v", name, []int(values[name].Shape()), s.Value.Shape())
		}
		out.over[name] = values[name]
	}
	leave := graph.Enter(fmt.Sprintf("the run for other values of %v", values.names()))
	door.Replay(r.Scope, out.trace)
	leave()
	for _, s := range r.sites {
		out.Site(s.Name).estimator = s.estimator
	}
	return out
}

// lead returns the leading axes of a draw.
func (r *Record) lead() []int { return append(ones(len(r.enum)), r.K, r.Rows) }

func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// Sites returns the sites in the order drawn, those of the guide first.
func (r *Record) Sites() []*Site {
	r.alive()
	return append([]*Site(nil), r.sites...)
}

// Site returns a site by name; there must be one.
func (r *Record) Site(name string) *Site {
	r.alive()
	s := r.find(name)
	if s == nil {
		graph.Fail("vi: no site %s; the model has %v", name, r.names(nil))
	}
	return s
}

// dependence tells which sites' values nodes are computed from. It is for after
// the trace, when all have theirs.
func (r *Record) dependence() *graph.Dependence {
	if r.below == nil {
		n := 0
		for _, s := range r.sites {
			if s.order = n; !s.Observed && s.Value != nil {
				n++
			}
		}
		r.below = graph.NewDependence(valuesOf(r.valued())...)
	}
	return r.below
}

// valued returns the latents that have a value, in the order drawn: all but
// weights with local noise.
func (r *Record) valued() []*Site {
	return r.filter(func(s *Site) bool { return !s.Observed && s.Value != nil })
}

func (r *Record) find(name string) *Site {
	for _, s := range r.sites {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// latents returns the sites whose value was drawn or enumerated.
func (r *Record) latents() []*Site { return r.filter(latent) }

func latent(s *Site) bool { return !s.Observed }

// observed returns the sites of the joint whose value is data.
func (r *Record) observed() []*Site {
	return r.filter(func(s *Site) bool { return s.Observed && s.P != nil })
}

func inJoint(s *Site) bool { return s.P != nil }

func (r *Record) filter(f func(*Site) bool) []*Site {
	var out []*Site
	for _, s := range r.sites {
		if f(s) {
			out = append(out, s)
		}
	}
	return out
}

// names lists the names of the sites that f chooses, of all if it is nil.
func (r *Record) names(f func(*Site) bool) []string {
	out := []string{}
	for _, s := range r.sites {
		if f == nil || f(s) {
			out = append(out, s.Name)
		}
	}
	return out
}

// enter makes errors name the role.
func (r *Record) enter(role string) (leave func()) {
	if r.Scope.Path() != "" {
		role = r.Scope.Path() + "/" + role
	}
	return graph.Enter(role)
}

// noise returns the scope of the noise of a local site, whose rows are the data.
func (r *Record) noise(name string) *graph.Scope {
	return r.Scope.In(name).RowAxis(len(r.lead()) - 1)
}
