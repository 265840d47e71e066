package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Record is what a run of a model left.
type Record struct {
	Scope *graph.Scope
	K     int // draws a datum
	Rows  int // data

	sites []*Site // in the order drawn, the guide's first
	data  Data    // lifted to [1, B, event…]
	used  map[string]bool
}

// Site is one random variable of a run.
type Site struct {
	Name     string
	P        prob.Dist   // in the joint
	Q        prob.Dist   // in the guide; nil if it does not have the site
	Value    *graph.Node // [K or 1, B or 1, event…]
	LogP     *graph.Node // [K or 1, B or 1]
	LogQ     *graph.Node // likewise; nil without Q
	Observed bool        // the value is data
}

func newRecord(s *graph.Scope, d Data, c Config) *Record {
	r := &Record{Scope: s, K: max(c.K, 1), Rows: c.Rows, data: Data{}, used: map[string]bool{}}
	if c.K < 0 || c.Rows < 0 {
		graph.Fail("vi: run with K %d and %d rows", c.K, c.Rows)
	}
	from := "Config.Rows"
	for _, name := range d.names() {
		x := d[name]
		sh := x.Shape()
		if len(sh) < 2 {
			graph.Fail("vi: data %s has shape %v, want rows and an event axis, such as [%d 1]", name, []int(sh), max(r.Rows, 1))
		}
		if r.Rows == 0 {
			r.Rows, from = sh[0], name
		}
		if sh[0] != r.Rows {
			graph.Fail("vi: data %s has %d rows, %s has %d", name, sh[0], from, r.Rows)
		}
		r.data[name] = graph.ExpandDims(x, 0)
	}
	if r.Rows == 0 {
		graph.Fail("vi: no data and no Config.Rows: how many rows to draw?")
	}
	return r
}

// Sites returns the sites in the order drawn, those of the guide first.
func (r *Record) Sites() []*Site { return append([]*Site(nil), r.sites...) }

// Site returns a site by name; there must be one.
func (r *Record) Site(name string) *Site {
	s := r.find(name)
	if s == nil {
		graph.Fail("vi: no site %s; the model has %v", name, r.names(nil))
	}
	return s
}

func (r *Record) find(name string) *Site {
	for _, s := range r.sites {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// latents returns the sites that the guide drew, in its order.
func (r *Record) latents() []*Site {
	return r.filter(func(s *Site) bool { return s.Q != nil && !s.Observed })
}

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
