package vi

import (
	"maps"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// Prediction says what Predict draws.
//
// Draws are of globals by another way than the guide, such as by Markov chain
// Monte Carlo: the k-th of each goes with the k-th of all others, and K is their
// number. Of adds values of its own, of a run with one draw: each has the axes of
// a value, [1, B or 1, event…], such as the mean of a site's law.
type Prediction struct {
	K       int                                    // draws; 0 means 1, or the number of Draws
	Rows    int                                    // number of data where Data is empty; otherwise 0 or its number
	Sites   []string                               // whose draws are wanted; nil means all that are drawn
	Globals Data                                   // values of global sites, [lead…, event], the same in all draws
	Draws   Data                                   // draws of global sites, [K, lead…, event]
	Of      func(r *Record) map[string]*graph.Node // more values by name; nil means none
}

// Predicted has draws by name.
type Predicted struct {
	Rows    map[string]*graph.Node // of sites of rows, and what Of adds: [K, B, event…]
	Globals map[string]*graph.Node // [K, lead…, event]
}

// Predict returns K draws of the sites of a model. The guide draws the latents that it has, and a site
// that has a value neither by it nor by the data is drawn by the joint: what is
// left out of the data is predicted. So one model gives posterior draws of its
// latents, posterior predictive draws of what it observes, for old data or new,
// and without a guide those of the prior.
//
// Globals are drawn anew in each of the K draws, which are passes over one graph,
// as is what follows them; the results are outputs, from which nothing more can
// be computed in the graph. A model without globals makes all draws at once. The
// first draws are the same whatever K is, and a global's do not depend on the
// rows.
func Predict(s *graph.Scope, m Model, d Data, c Prediction) Predicted {
	for _, name := range c.Draws.names() {
		x := c.Draws[name]
		switch sh := shapeOf(x); {
		case x == nil:
			graph.Fail("vi: the draws of %s are nil", name)
		case len(sh) < 2:
			graph.Fail("vi: the draws of %s have shape %v, want [K lead… event]", name, sh)
		case c.Globals[name] != nil:
			graph.Fail("vi: Prediction has a value of %s in Globals and draws of it in Draws", name)
		case c.K == 0:
			c.K = sh[0]
		case c.K != sh[0]:
			graph.Fail("vi: Predict of %d draws, and %d of %s are given", c.K, sh[0], name)
		}
	}
	if c.K < 0 {
		graph.Fail("vi: Predict of %d draws, want 1 or more, or 0 for 1", c.K)
	}
	c.K = max(c.K, 1)
	run := func(s *graph.Scope, k int, given Data) *run {
		r := begin(s, m, d, Config{K: k, Rows: c.Rows, Globals: given})
		r.of.predicts = true
		return r
	}
	given := maps.Clone(c.Globals)
	for _, name := range c.Draws.names() {
		if given == nil {
			given = Data{}
		}
		x := c.Draws[name]
		given[name] = graph.Reshape(graph.Slice(x, 0, 0, 1), x.Shape()[1:]...)
	}
	look := run(s.In("look"), 1, given)
	door.Probe(look.Scope, look.trace)
	if c.Of == nil && c.K > 1 && len(look.filter(func(s *Site) bool { return s.Global })) == 0 {
		r := run(s, c.K, given)
		door.Run(r.Scope, r.trace)
		return r.draws(c, func(_ string, x *graph.Node) *graph.Node { return x })
	}
	s = door.Repeats(s, c.K).(*graph.Scope)
	if len(c.Draws) > 0 {
		at := door.Carry(s, "draw", 0, 1)
		door.HandOn(s, at, at.Shift(1))
		for _, name := range c.Draws.names() {
			x := c.Draws[name]
			given[name] = graph.Reshape(graph.Gather(x, at), x.Shape()[1:]...)
		}
	}
	r := run(s, 1, given)
	door.Run(r.Scope, r.trace)
	return r.draws(c, func(name string, x *graph.Node) *graph.Node { return door.Collect(s, "predict/"+name, x) })
}

func shapeOf(x *graph.Node) []int {
	if x == nil {
		return nil
	}
	return x.Shape()
}

// draws returns the values that are wanted of a run, as out makes them of a value
// [K, B, event…], of one draw [B, event…], or of a global's.
func (r *run) draws(c Prediction, out func(name string, x *graph.Node) *graph.Node) Predicted {
	drawn := func(s *Site) bool { return !s.Observed && !s.isBlock() && s.Value != nil }
	for _, name := range c.Sites {
		switch s := r.find(name); {
		case s == nil:
			graph.Fail("vi: Predict is to return %s, which is no site; the model draws %v", name, r.names(drawn))
		case s.Observed:
			graph.Fail("vi: Predict is to return %s, which is given; leave it out of the data to draw it", name)
		case !drawn(s):
			graph.Fail("vi: Predict is to return %s, which has no draw of its own; the model draws %v", name, r.names(drawn))
		}
	}
	wide := func(x *graph.Node) *graph.Node {
		if x = graph.BroadcastTo(x, append([]int{r.K, r.Rows}, r.event(x.Shape())...)...); r.K == 1 {
			return graph.Squeeze(x, 0)
		}
		return x
	}
	all := Predicted{map[string]*graph.Node{}, map[string]*graph.Node{}}
	for _, s := range r.filter(drawn) {
		switch {
		case c.Sites != nil && !slices.Contains(c.Sites, s.Name):
		case s.Global:
			all.Globals[s.Name] = out(s.Name, s.Value)
		default:
			all.Rows[s.Name] = out(s.Name, wide(s.Value))
		}
	}
	more := map[string]*graph.Node{}
	if c.Of != nil {
		more = c.Of(r.Record)
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		x := more[name]
		switch {
		case x == nil:
			graph.Fail("vi: Predict: the value %s is nil", name)
		case r.find(name) != nil:
			graph.Fail("vi: Predict: the value %s has the name of a site", name)
		case !r.isValue(x.Shape()):
			graph.Fail("vi: Predict: the value %s has shape %v, want %s", name, x.Shape(), r.text(" event…"))
		}
		all.Rows[name] = out(name, wide(x))
	}
	if len(all.Rows)+len(all.Globals) == 0 {
		graph.Fail("vi: Predict draws nothing: every site of the model is given")
	}
	return all
}
