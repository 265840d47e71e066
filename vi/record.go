package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Record is what a run of a model found: its sites with their laws, values and
// scores. Nothing changes it afterwards, and it knows nothing of how a gradient
// is taken.
type Record struct {
	Scope *graph.Scope
	K     int // draws a datum
	Rows  int // data
	Total int // size of the data set, as Config says

	axes
	of    *plan
	over  Data              // values that With put in place of draws
	sites []*Site           // in the order drawn, the guide's first
	below *graph.Dependence // of nodes on the values of sites, made when it is first asked for
}

// Site is one random variable of a run. One that a Scan draws has the values of all
// times and the sum of their scores, and laws that stand for those of its steps.
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

	prior   bool        // drawn from P, for want of a guide
	soft    bool        // the value may lie between those of the law
	product bool        // a weight used by Product
	weight  *graph.Node // its value where the product's noise replaces that
	shape   graph.Shape // of the value of a global
	order   int         // number of latents with a value that were drawn before
	block   *block      // that it is a part of, or that it is itself; nil of others

	subset    *subset     // of an enumerated site that has some of its values
	logWeight *graph.Node // the logarithm of their weights, constant
}

// law returns the distribution that a latent was drawn from.
func (s *Site) law() prob.Dist {
	if s.Q != nil {
		return s.Q
	}
	return s.P
}

// logq returns the log density of a latent under the law it was drawn from.
func (s *Site) logq() *graph.Node {
	if s.LogQ != nil {
		return s.LogQ
	}
	return s.LogP
}

// summed tells whether only the joint enumerates a site, and so sums it out.
func (s *Site) summed() bool { return s.Enumerated && s.Q == nil }

// Sites returns the sites in the order drawn, those of the guide first.
func (r *Record) Sites() []*Site {
	r.alive()
	return slices.Clone(r.sites)
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

// dependence tells which sites' values nodes are computed from.
func (r *Record) dependence() *graph.Dependence {
	if r.below == nil {
		r.below = graph.NewDependence(valuesOf(r.valued())...)
	}
	return r.below
}

// valued returns the latents that have a value, in the order drawn: all but
// weights whose product has noise of its own.
func (r *Record) valued() []*Site {
	return r.filter(func(s *Site) bool { return drawn(s) && s.Value != nil })
}

func valuesOf(sites []*Site) []*graph.Node {
	var vs []*graph.Node
	for _, s := range sites {
		vs = append(vs, s.Value)
	}
	return vs
}

func (r *Record) find(name string) *Site {
	for _, s := range r.sites {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// drawn tells whether a site is a latent of its own: neither data nor a function
// of a vector that the guide draws.
func drawn(s *Site) bool { return !s.Observed && !s.isPart() }

// observed returns the sites of the joint whose value is data, row by row.
func (r *Record) observed() []*Site {
	return r.filter(func(s *Site) bool { return s.Observed && s.P != nil && !s.Global })
}

// globals returns the latents that are shared by all data.
func (r *Record) globals() []*Site {
	return r.filter(func(s *Site) bool { return s.Global && drawn(s) })
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

// noise returns the scope of the noise of a local site, whose rows are the data.
func (r *Record) noise(name string) *graph.Scope {
	return r.Scope.In(name).RowAxis(r.rowAxis())
}
