package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Own is an estimator of one's own: no derivative passes the draw, and Gradient adds what stands for it. Everything else is as with
// the estimators here: what the draws are judged by, the score whose mean is 0 and is
// taken out, the costs of the other sites and the refusals.
//
// It is unbiased if Draw draws from the law and Gradient adds, in expectation,
// the derivative of what the draws are judged by through their law. Nothing here can
// see that; vitest.Unbiased does. Config takes Own as it takes any Estimator.
type Own struct {
	Name string                 // in messages and rows
	Laws func(d prob.Dist) bool // of sites; nil means all that have a density

	// Draws is the least K that it compares draws of; 0 means 1.
	Draws int
	// Weights says that it is sound under bounds of importance weights too, under
	// which each draw is judged by the whole of its row. There it can neither draw by
	// itself nor compare draws or values.
	Weights bool
	// Globals says that it takes globals too, which the whole batch is judged by: Signal
	// is a number, there is one draw and none to compare it with, and Draw is nil.
	Globals bool

	// Draw draws the site from its law, [1…, K, B, event]; nil means as the law
	// does. Noise gives random numbers, [1…, K, B, event…]; At.Noise gives the same
	// ones again. The draws of different rows must be independent.
	Draw func(noise func(name string, law graph.Noise, event ...int) *graph.Node, d prob.Dist) *graph.Node
	// Gradient adds the gradient by the parameters of the site's law.
	Gradient func(a *At)
}

// OwnBaseline is a baseline of one's own for Score.
type OwnBaseline struct {
	Name    string // in messages and rows
	Weights bool   // sound under bounds of importance weights too; there it cannot compare draws
	Globals bool   // takes globals too, as an Own of Globals does

	// Of returns what is subtracted from the signal f of each draw, which may have
	// axes of 1. It may depend on what is known before the draw and, by
	// At.OtherDraws, on the other draws; a baseline that depends on its own draw is
	// refused.
	Of func(a *At, f *graph.Node) *graph.Node
}

// At is a latent as an estimator or a baseline of one's own sees it. All that it
// returns is constant: no derivative passes it. What belongs to draws has the shape
// of a score, [E…, K, B], of a global that of a number.
type At struct {
	Record *Record
	Site   *Site

	g       *gradient
	l       latent
	weights bool
	base    bool // of a baseline
	others  []*graph.Node
	costs   []Cost
}

func (e Own) describe() estimator {
	d := estimator{name: e.Name, needs: signals | elsewhere | scores | density | localUnless(e.Globals), held: true, laws: e.Laws, apart: e.Draw == nil}
	if !e.Weights {
		d.needs |= averages
	}
	if e.Draw != nil {
		d.draw = func(r *Record, site string, law prob.Dist) *graph.Node {
			x := e.Draw(func(name string, n graph.Noise, event ...int) *graph.Node { return r.again(site, name, n, event...) }, law)
			if x == nil {
				graph.Fail("vi: site %s: %s has a Draw that returns nil", site, e.Name)
			}
			return x
		}
	}
	d.check = func(r *Record, _ latents, l latent) {
		if r.K < e.Draws {
			graph.Fail("vi: site %s: %s compares draws with each other and needs K of %d or more, not %d", l.Name, e.Name, e.Draws, r.K)
		}
	}
	d.costs = func(g *gradient, l latent) []Cost {
		a := &At{Record: g.r, Site: l.Site, g: g, l: l, weights: e.Weights}
		e.Gradient(a)
		return a.costs
	}
	return d
}

// complete refuses what is missing.
func (e Own) complete(site string) {
	switch {
	case e.Name == "" || e.Gradient == nil:
		graph.Fail("vi: the estimator of %s is an Own without Name or Gradient", site)
	case e.Draws < 0:
		graph.Fail("vi: the estimator of %s, %s, needs %d Draws, want 1 or more, or 0 for one", site, e.Name, e.Draws)
	case e.Globals && e.Draw != nil:
		graph.Fail("vi: the estimator of %s, %s, has a Draw and Globals, which their law draws", site, e.Name)
	case e.Weights && e.Draw != nil:
		graph.Fail("vi: the estimator of %s, %s, has a Draw and Weights: bounds of importance weights are of independent draws", site, e.Name)
	}
}

func localUnless(globals bool) facts {
	if globals {
		return 0
	}
	return local
}

func (b OwnBaseline) describe() (string, facts) {
	if b.Weights {
		return b.Name, elsewhere | localUnless(b.Globals)
	}
	return b.Name, localUnless(b.Globals) | averages
}

func (b OwnBaseline) baseline(g *gradient, l latent, f *graph.Node) (*graph.Node, []Cost) {
	a := &At{Record: g.r, Site: l.Site, g: g, l: l, weights: b.Weights, base: true}
	f = graph.StopGrad(f)
	base := b.Of(a, f)
	switch {
	case base == nil:
		graph.Fail("vi: site %s: the baseline %s is nil", l.Name, b.Name)
	case a.ownDraw(base):
		graph.Fail("vi: site %s: the baseline %s depends on the draw that it is subtracted at: compare with the other draws by At.OtherDraws", l.Name, b.Name)
	}
	base = graph.BroadcastTo(base, f.Shape()...)
	return graph.StopGrad(base), a.costs
}

func (b OwnBaseline) complete(site string) {
	if b.Name == "" || b.Of == nil {
		graph.Fail("vi: the estimator of %s has an OwnBaseline without Name or Of", site)
	}
}

// ownDraw tells whether a node is computed from the site's value otherwise than by
// OtherDraws.
func (a *At) ownDraw(n *graph.Node) bool {
	seen := map[*graph.Node]bool{}
	for _, other := range a.others {
		seen[other] = true
	}
	for stack := []*graph.Node{n}; len(stack) > 0; {
		n, stack = stack[len(stack)-1], stack[:len(stack)-1]
		if n == a.Site.Value {
			return true
		}
		if !seen[n] {
			seen[n] = true
			stack = append(stack, op.Inputs(n)...)
		}
	}
	return false
}

// alive aborts unless an At is one that a run made.
func (a *At) alive() {
	if a == nil || a.g == nil {
		graph.Fail("vi: the At is nil or zero, want the one that an Own or an OwnBaseline is given")
	}
}

func (a *At) name() string {
	if a.base {
		return "the baseline of " + a.l.name
	}
	return a.l.name
}

// draws refuses what compares draws or values under importance weights.
func (a *At) draws(what string) {
	a.alive()
	if a.weights && !a.Site.Global {
		graph.Fail("vi: site %s: %s asks for %s and says Weights: under importance weights each draw is judged by the others too", a.l.Name, a.name(), what)
	}
}

// Law returns the law that the site was drawn from.
func (a *At) Law() prob.Dist {
	a.alive()
	return a.l.law()
}

// Signal returns what each draw is judged by: the bound without the terms that do
// not depend on it, with the share of the draw and the row in the bound.
func (a *At) Signal() *graph.Node {
	a.alive()
	return a.g.signal(a.l)
}

// Share returns what Signal would be if the bound were 1 whatever the draws.
func (a *At) Share() *graph.Node {
	a.alive()
	share, _ := a.g.bound.share(a.l.Site)
	return graph.StopGrad(share)
}

// SignalAt returns the signal as it would be with another value of the site, of the
// shape of Site.Value, all other draws on the same noise. It runs once more what
// depends on the site.
func (a *At) SignalAt(value *graph.Node) *graph.Node {
	a.draws("SignalAt")
	if y := a.Record.summedIn(a.l.Value.Shape()); y != "" && !a.Site.Global {
		graph.Fail("vi: site %s: %s moves the draws of all values of %s at once, which the joint sums over inside a logarithm; use vi.Score", a.l.Name, a.l.name, y)
	}
	return graph.StopGrad(a.g.at(a.l, value))
}

// SignalGrad returns the derivative of each draw's signal by its value, of the shape
// of Site.Value, where the densities are extended between the values of a discrete
// law and the draws that are held do not move. It takes a backward pass of what
// depends on the site, and no run.
func (a *At) SignalGrad() *graph.Node {
	a.draws("SignalGrad")
	return a.g.slope(a.l)
}

// OtherDraws returns, at every draw, the mean of x over the other draws of the same
// datum. X has an axis of K draws, each a function of that draw alone.
func (a *At) OtherDraws(x *graph.Node) *graph.Node {
	a.draws("OtherDraws")
	r := a.Record
	if a.Site.Global {
		graph.Fail("vi: %s is a global of one draw, and %s asks for OtherDraws", a.l.Name, a.name())
	}
	if r.K < 2 {
		graph.Fail("vi: site %s: %s compares draws with each other and needs K of 2 or more, not %d", a.l.Name, a.name(), r.K)
	}
	if x == nil || len(x.Shape()) < r.eventAxis() || x.Shape()[r.drawAxis()] != r.K {
		graph.Fail("vi: site %s: %s asks for the other draws of what has no axis of %d draws", a.l.Name, a.name(), r.K)
	}
	other := graph.StopGrad(r.otherDraws(x))
	a.others = append(a.others, other)
	return other
}

// Noise returns random numbers of the site, [1…, K, B, event…], of a global [event…].
// A name that its Draw has drawn gives the same numbers.
func (a *At) Noise(name string, law graph.Noise, event ...int) *graph.Node {
	a.alive()
	if a.Site.Global {
		return a.Record.replayed(a.Scope().RowAxis(-1), name, law, event)
	}
	return a.Record.again(a.l.Name, name, law, event...)
}

// Scope returns the scope of what the estimator learns at the site.
func (a *At) Scope() *graph.Scope {
	a.alive()
	return a.Record.Scope.In(a.l.Name)
}

// Score adds the gradient Σ f·∂log q of the draws, [E…, K, B].
func (a *At) Score(f *graph.Node) {
	a.alive()
	a.adds(f, a.l.logq())
	a.costs = append(a.costs, a.g.score(a.l, f))
}

// Toward adds the gradient Σ d·∂x of a function x of the parameters of the law, such
// as its logits; d has the shape of x.
func (a *At) Toward(x, d *graph.Node) {
	a.alive()
	a.adds(d, x)
	a.costs = append(a.costs, a.g.toward(a.l, "toward", d, x))
}

// adds refuses a gradient of another shape.
func (a *At) adds(d, by *graph.Node) {
	if a.base {
		graph.Fail("vi: site %s: a baseline adds no gradient", a.l.Name)
	}
	op.Check(d, "gradient of an estimator")
	op.Check(by, "gradient of an estimator")
	if !slices.Equal(d.Shape(), by.Shape()) {
		graph.Fail("vi: site %s: %s adds a gradient of another shape than what it is by", a.l.Name, a.name())
	}
}

// Learn makes a scalar small by the parameters named alone, which are declared in
// Scope.
func (a *At) Learn(loss *graph.Node, params ...*graph.Node) {
	a.alive()
	if loss == nil || len(loss.Shape()) != 0 || len(params) == 0 {
		graph.Fail("vi: site %s: %s learns by a loss that is no scalar, or by no parameters", a.l.Name, a.name())
	}
	a.costs = append(a.costs, a.g.learn(a.l, "learn", loss, params))
}
