package guide

import (
	"cmp"
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Config says what guide to make. The zero value is a Normal of every global.
type Config struct {
	Family Family   // of the globals; nil means Normal{}
	Sites  []string // the latents that it draws; nil means all that are left when it is called
	Init   Init     // where it starts; nil means Uniform{}
	Scale  float64  // standard deviation that it starts with, before the map to the support; 0 means .1

	// Index names the array of the data that has the number of each row in the
	// data set, [1] a row, counted from 0, and Rows is how many there are: needed
	// where latents are of single rows. Each row then has parameters of its own,
	// so that a row which the guide was not trained on has none.
	Index string
	Rows  int

	Name string // of the vector that a Family draws for all globals at once; "" means guide
}

// New returns a guide for the latents of a joint, whose parameters are declared
// in s. It finds them by running the joint once, before anything is drawn; it
// draws neither what has a value by the data, nor what is enumerated, nor what the
// guide function around it has drawn before. So guides are combined in a function:
//
//	byHand, rest := encoder(s), guide.New(s.In("guide"), joint, guide.Config{})
//	vi.Model{Joint: joint, Guide: func(t *vi.Trace) { byHand(t); rest(t) }}
//
// Refused by name when the graph is built: a discrete latent, a law that does
// not say its support or cannot be drawn from, such as an improper prior, a latent
// of single rows without Index, a start outside of the support.
func New(s *graph.Scope, joint vi.Func, c Config) vi.Func {
	return func(t *vi.Trace) {
		g := &making{Config: c, s: s, t: t, joint: joint}
		g.check()
		var globals []*site
		for _, l := range g.latents() {
			if l.Global {
				globals = append(globals, l)
			} else {
				g.row(l)
			}
		}
		if len(globals) > 0 {
			g.Family.globals(g, globals)
		}
	}
}

// making is a guide that is being made in a run.
type making struct {
	Config
	s     *graph.Scope
	t     *vi.Trace
	joint vi.Func
}

func (g *making) check() {
	switch {
	case g.joint == nil:
		graph.Fail("guide: no joint to make a guide for")
	case !(g.Scale >= 0) || math.IsInf(g.Scale, 1):
		graph.Fail("guide: a Scale of %v, want a number above 0, or 0 for .1", g.Scale)
	case g.Rows < 0:
		graph.Fail("guide: Rows is %d, want the number of rows of the data set", g.Rows)
	case g.Family != nil && op.Nil(g.Family):
		graph.Fail("guide: the Family is a nil %T", g.Family)
	case g.Init != nil && op.Nil(g.Init):
		graph.Fail("guide: Init is a nil %T", g.Init)
	}
	g.Scale, g.Name = cmp.Or(g.Scale, .1), cmp.Or(g.Name, "guide")
	if g.Family == nil {
		g.Family = Normal{}
	}
	if g.Init == nil {
		g.Init = Uniform{}
	}
}

// site is a latent as a function of numbers without bounds, θ = f(u).
type site struct {
	*vi.Site
	f     prob.Inverter
	shape []int // of u; without rows
	rows  int   // axes of a value before its event, 0 of a global
}

// lead returns the axes of a global before its event.
func (l *site) lead() []int { return l.shape[:len(l.shape)-1] }

// latents finds what the guide draws.
func (g *making) latents() []*site {
	var all []*site
	var names []string
	trained := g.t.Predicting()
	for _, l := range g.t.Latents(g.joint) {
		names = append(names, l.Name)
		switch {
		case g.Sites != nil && !slices.Contains(g.Sites, l.Name):
		case trained && !door.Stored(g.s.In(l.Name), "mean"):
		case trained && !l.Global && !g.t.Has(g.Index):
		default:
			all = append(all, g.unbound(l))
		}
	}
	for _, name := range g.Sites {
		if !slices.Contains(names, name) && !trained {
			graph.Fail("guide: Sites has %s, which is no latent that is left to draw; these are %v", name, names)
		}
	}
	for _, name := range named(g.Init) {
		if !slices.Contains(names, name) && !trained {
			graph.Fail("guide: Values has a start of %s, which is no latent that is left to draw; these are %v", name, names)
		}
	}
	if trained && !door.Stored(g.s, "") {
		graph.Fail("guide: a prediction by a guide without parameters in scope %q: train it first; a model without a guide predicts by its prior", g.s.Path())
	}
	return all
}

// unbound finds the map from the reals to the support of a latent.
func (g *making) unbound(l *vi.Site) *site {
	support := l.Reals()
	x := &site{Site: l, f: prob.Constrain(support)}
	if x.shape = x.f.Inverse(l.Value).Shape(); !l.Global {
		x.rows = len(g.t.Given(g.index(l)).Shape()) - 1
		x.shape = x.shape[x.rows:]
	}
	if graph.Size(x.shape) == 0 {
		graph.Fail("guide: site %s: an event of %v has nothing that is free", l.Name, support)
	}
	return x
}

// index returns the name of the array of row numbers.
func (g *making) index(l *vi.Site) string {
	way := "or draw " + l.Name + " in a guide function of your own, by an encoder"
	switch {
	case g.Index == "":
		graph.Fail("guide: site %s is drawn for each row, and rows have parameters of their own: name the array of the data that has their numbers in Index, %s", l.Name, way)
	case !g.t.Has(g.Index):
		graph.Fail("guide: site %s: the data have no array %s, which is to have the numbers of the rows (data.Index makes it), %s", l.Name, g.Index, way)
	case g.Rows == 0:
		graph.Fail("guide: site %s is drawn for each row: set Rows, the number of rows of the data set", l.Name)
	}
	return g.Index
}

// mean declares where u is: of every row its own for a latent of rows.
func (g *making) mean(l *site) *graph.Node { return g.param(l, "mean", g.start(l)) }

// logStd declares log standard deviations of u.
func (g *making) logStd(l *site) *graph.Node {
	return g.param(l, "log_std", graph.Constant(math.Log(g.Scale)))
}

func (g *making) param(l *site, name string, init graph.Init) *graph.Node {
	at := g.s.In(l.Name)
	if l.Global {
		return at.Param(name, init, l.shape...)
	}
	index := g.t.Given(g.index(l.Site))
	if sh := index.Shape(); sh[len(sh)-1] != 1 {
		graph.Fail("guide: site %s: rows of %s have shape %v, want one number", l.Name, g.Index, sh[len(sh)-1:])
	}
	table := at.Param(name, init, append([]int{g.Rows}, l.shape...)...)
	return graph.Gather(table, graph.Squeeze(index, -1))
}

// row draws a latent of single rows: a Normal, or where the family is Delta that.
func (g *making) row(l *site) {
	g.t.Draw(l.Name, prob.Independent(g.Family.law(g, l), l.shape[:len(l.shape)-1]...))
}
