package vi

import (
	"reflect"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Estimator says how the gradient of a bound passes the draw of one latent. What is
// sound depends on the objective and on the other sites, and SupportMatrix lists
// what has been checked; Own is an estimator of one's own.
type Estimator interface {
	describe() estimator
}

// estimator is the one description of an Estimator.
type estimator struct {
	name   string // in the support matrix
	needs  facts  // without one of them it is refused
	fair   facts  // without one of them its gradient is biased
	biased bool   // by design
	held   bool   // no derivative passes the draw, in any cost
	drops  bool   // log q has no derivative by the parameters of the guide
	scaled bool   // the gradient that passes the draws is scaled as the bound says
	soft   bool   // draws may lie between the values of the law
	apart  bool   // draws are independent for the values of an enumerated site
	perRow bool   // of a product: every one of the K draws has noise of its own

	// laws tells which it takes, besides what needs says; nil for all.
	laws func(d prob.Dist) bool

	// draw draws a local latent; nil where its law does.
	draw func(r *Record, site string, d prob.Dist) *graph.Node
	// multiply draws a product of x and a weight of the law q instead of the weight;
	// nil where it is of the weight's own draw.
	multiply func(r *Record, name string, q NormalLaw, shape graph.Shape, x *graph.Node, f Bilinear) *graph.Node
	// list gives an enumerated site some of its values; nil where it has all.
	list func(v *values) *subset
	// costs returns the costs that it adds; nil for none.
	costs func(g *gradient, l latent) []Cost
	// check refuses what its options or the other latents do not allow; nil for
	// nothing.
	check func(r *Record, all latents, l latent)
}

// passes tells whether the draws of a site have the derivative that an estimator
// takes.
func (e estimator) passes(s *Site) bool {
	return !e.needs.has(pathwise) && !e.needs.has(weight) || isPathwise(s.law())
}

// suits refuses a law that an estimator cannot draw from, or whose density it
// could not compute.
func (e estimator) suits(site string, d prob.Dist) {
	_, bit := d.(prob.Bernoulli)
	_, class := d.(prob.OneHot)
	switch {
	case e.laws != nil && !e.laws(d):
		graph.Fail("vi: site %s: %s does not take %s", site, e.name, prob.NameOf(d))
	case e.needs.has(relaxable) && !bit && !class:
		way := "vi.Score, or vi.Enumerate where the values are few"
		if isPathwise(d) {
			way = "vi.Pathwise"
		}
		graph.Fail("vi: site %s: %s is for prob.Bernoulli and prob.OneHot, not %s; use %s", site, e.name, prob.NameOf(d), way)
	}
	if f, ok := d.(prob.Transformed); ok && e.needs.has(density) {
		if b := prob.WithoutInverse(f.Bijector); b != nil {
			graph.Fail("vi: site %s: %s, and %T has no inverse to compute it with%s", site, e.wants(), b, e.instead())
		}
	}
}

// wants and instead are the two halves of a refusal for want of a density.
func (e estimator) wants() string {
	if e.needs.has(holds) {
		return "wake-sleep scores the guide at values that it did not draw"
	}
	return e.name + " needs log q as a function of the value"
}

func (e estimator) instead() string {
	if e.needs.has(holds) {
		return ""
	}
	return "; use vi.Pathwise"
}

// plain returns the estimator that a pointer points at, so that both do the
// same.
func plain(site string, e Estimator) Estimator {
	e = pointed(site, e)
	switch e := e.(type) {
	case Score:
		e.Baseline = pointed(site, e.Baseline)
		if b, ok := e.Baseline.(OwnBaseline); ok {
			b.complete(site)
		}
		return e
	case Own:
		e.complete(site)
	}
	return e
}

func pointed[T any](site string, x T) T {
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Pointer {
		return x
	}
	if v.IsNil() {
		graph.Fail("vi: the estimator of %s is a nil %T", site, x)
	}
	return v.Elem().Interface().(T)
}

// Pathwise differentiates through the draw z = g(ε; φ) (Kingma and Welling,
// arXiv 1312.6114, 2.4). It is the default.
type Pathwise struct{}

func (Pathwise) describe() estimator {
	return estimator{name: "Pathwise", needs: derivatives | pathwise}
}

// STL, sticking the landing, is Pathwise without the score ∂log q(z;φ)/∂φ at
// fixed z, whose mean is zero under ELBO (Roeder, Wu and Duvenaud, arXiv
// 1703.09194): at the exact posterior the gradient then has zero
// variance. With importance weights the mean of that term is not zero: biased.
// Its divergences are estimated by Monte Carlo.
type STL struct{}

func (STL) describe() estimator {
	return estimator{name: "STL", needs: derivatives | signals | pathwise | density | guided, fair: averages, drops: true}
}
