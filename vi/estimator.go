package vi

import (
	"reflect"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Estimator says how the gradient of a bound passes the draw of one latent. The
// set is closed: what is sound depends on the objective and on the other sites,
// and SupportMatrix lists what has been checked.
type Estimator interface {
	method() method // its row of the support matrix
}

// drawer is an estimator that draws the site itself.
type drawer interface {
	draw(r *Record, s *Site, d prob.Dist) *graph.Node
}

// holding is an estimator that does not differentiate through the draw, which
// every cost then holds, but adds a cost of its own.
type holding interface {
	Estimator
	cost(b *bound, s *Site) []Cost
}

// explicit tells whether an estimator needs log q as a function of the value:
// it holds the draw, or follows the score through it.
func explicit(e Estimator) bool {
	switch e.(type) {
	case STL, DReG, holding:
		return true
	}
	return false
}

// needs and instead are the two halves of a refusal of explicit estimators.
func needs(e Estimator) string {
	if e.method() == none {
		return "wake-sleep scores the guide at values that it did not draw"
	}
	return Name(e) + " needs log q as a function of the value"
}

func instead(e Estimator) string {
	if e.method() == none {
		return ""
	}
	return "; use vi.Pathwise"
}

// plain returns the estimator that a pointer points at, so that both do the
// same.
func plain(site string, e Estimator) Estimator {
	e = pointed(site, e)
	if s, ok := e.(Score); ok {
		s.Baseline = pointed(site, s.Baseline)
		return s
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

// STL, sticking the landing, is Pathwise without the score ∂log q(z;φ)/∂φ at
// fixed z, whose mean is zero under ELBO (Roeder, Wu and Duvenaud, arXiv
// 1703.09194): at the exact posterior the gradient then has zero
// variance. With importance weights the mean of that term is not zero: biased.
// Its divergences are estimated by Monte Carlo.
type STL struct{}

// DReG is the doubly reparameterised gradient. For bounds of the family
// (1/β) log mean_k w_k^β with weights w̃ ∝ w^β,
//
//	∂/∂φ = Σ_k [(1−β)·w̃_k + β·w̃_k²] · ∂log w_k/∂z_k · ∂z_k/∂φ
//
// β = 1 is IWAE (Tucker, Lawson, Gu and Maddison, arXiv 1810.04152),
// β → 0 ELBO, where it is STL. The gradient of the joint's parameters is the
// plain one, Σ w̃_k ∂log p. It is unbiased, but not always of less variance: far
// from the posterior Pathwise can be better.
type DReG struct{}

func (Pathwise) method() method  { return pathwise }
func (STL) method() method       { return stl }
func (DReG) method() method      { return dreg }
func (Enumerate) method() method { return enumerate }
func (Local) method() method     { return local }
func (Single) method() method    { return single }
func (Separate) method() method  { return separate }

// asked returns the estimator that Config names for a latent which is no
// product.
func (r *Record) asked(name string) Estimator {
	if e, ok := r.config.Sites[name]; ok {
		return e
	}
	if ofProducts(r.config.Default) {
		return nil
	}
	return r.config.Default
}

// ofProducts tells whether an estimator is the noise of a product.
func ofProducts(e Estimator) bool {
	switch e.(type) {
	case Local, Single, Separate:
		return true
	}
	return false
}

// assign gives every latent its estimator.
func (r *Record) assign() {
	latents, taken := r.latents(), false
	for _, s := range latents {
		_, own := r.config.Sites[s.Name]
		switch {
		case s.product:
			taken = taken || !own && ofProducts(r.config.Default)
			continue
		case s.Enumerated:
			if e := r.config.Sites[s.Name]; e != nil && e.method() != enumerate {
				graph.Fail("vi: site %s is enumerated and has the estimator %s: choose one", s.Name, Name(e))
			}
			s.estimator = Enumerate{}
			continue
		}
		if s.estimator = r.asked(s.Name); s.Global && s.estimator != nil && s.estimator.method() == none {
			s.estimator = nil
		}
		taken = taken || !own && s.estimator != nil
	}
	if d := r.config.Default; d != nil && !taken && len(latents) > 0 && d.method() != none {
		graph.Fail("vi: no site takes the Default %s: Local, Single and Separate are of products, others of latents that are neither products nor enumerated nor in Sites; the latents are %v", Name(d), r.names(latent))
	}
}

// choose gives every latent its estimator, refusing what the objective does
// not take.
func (r *Record) choose(o objective) {
	r.assign()
	for _, s := range r.latents() {
		asked := s.estimator != nil
		if !asked {
			s.estimator = Pathwise{}
		}
		switch m := s.estimator.method(); {
		case !s.passes(m) && (!asked || support(m, o, s.kind()) != refused):
			graph.Fail("vi: site %s is drawn from %T, whose draws have no pathwise derivative: %s takes %s there; or draw it from a reparameterised distribution (prob.Pathwise), or give it as data", s.Name, s.law(), o, ways(o, s))
		case support(m, o, s.kind()) == refused:
			graph.Fail("vi: site %s: %s does not take %s at %s site; it takes %s%s", s.Name, o, Name(s.estimator), s.kind(), ways(o, s), r.byDefault(s))
		}
		r.fits(s)
		if s.prior && !s.Enumerated {
			graph.Fail("vi: site %s: %s of a model without a guide would draw it from its prior, which is no inference; give the model a guide, or enumerate %s, or estimate log p(x) by vi.Evidence", s.Name, o, s.Name)
		}
		if s.Global && r.Total == 0 {
			graph.Fail("vi: %s has the global site %s: set Total, the size of the data set, by which its divergence is divided", o, s.Name)
		}
		if s.Global && r.Scope.Training() && r.Total < r.Rows {
			graph.Fail("vi: a step on %d rows with a Total of %d: Total is the size of the data set, by which the divergence of the global site %s is divided", r.Rows, r.Total, s.Name)
		}
	}
	r.manyDraws()
}

// byDefault says the way out where a refused estimator is the Default.
func (r *Record) byDefault(s *Site) string {
	if _, own := r.config.Sites[s.Name]; own || s.estimator != r.config.Default || s.estimator.method() == none {
		return ""
	}
	return "; the Default is of every latent: choose another for " + s.Name + " in Sites"
}

// alone refuses estimators that a run without an objective cannot realise: their
// gradient is not that of the values in a Record.
func (r *Record) alone() {
	r.assign()
	for _, s := range r.latents() {
		if s.estimator == nil {
			continue
		}
		m := s.estimator.method()
		switch {
		case explicit(s.estimator):
			graph.Fail("vi: site %s: %s has costs of its own, which only an objective adds: give it to one, such as vi.ELBO or vi.IWAE, and take the Record of its Estimate; vi.Run takes vi.Pathwise, GumbelSoftmax, StraightThrough, Enumerate and the noise of products", s.Name, Name(s.estimator))
		case !s.passes(m) || table[m][s.kind()] == "":
			graph.Fail("vi: site %s: %s is not for %s site drawn from %T", s.Name, Name(s.estimator), s.kind(), s.law())
		}
		r.fits(s)
	}
	r.manyDraws()
}

// fits checks what an estimator asks of its site beyond the matrix.
func (r *Record) fits(s *Site) {
	switch s.estimator.(type) {
	case STL, DReG:
		if s.Q == nil {
			graph.Fail("vi: site %s: %s drops the score of a guide, and the guide does not have the site; use vi.Pathwise", s.Name, Name(s.estimator))
		}
	case Enumerate:
		if !s.Enumerated {
			graph.Fail("vi: site %s: Enumerate as the Default gives the site no axis: name it in Enumerate, or choose vi.Enumerate for it in Sites", s.Name)
		}
	case DisARM, REBAR, RELAX, MeasureValued:
		for i, n := range s.Value.Shape()[:len(r.enum)] {
			if n > 1 && r.sumsOut(i) {
				graph.Fail("vi: site %s: %s moves the draws of all values of %s at once, which the joint sums over inside a logarithm; use vi.Score", s.Name, Name(s.estimator), r.enum[i])
			}
		}
	}
	if _, set := s.law().(setDist); set && explicit(s.estimator) {
		graph.Fail("vi: site %s: %s, and the guide Set a value whose density is known there only%s", s.Name, needs(s.estimator), instead(s.estimator))
	}
	if c, ok := s.estimator.(interface{ fits(r *Record, s *Site) }); ok {
		c.fits(r, s)
	}
}

// passes tells whether an estimator may be used where draws have the derivative
// of the site's law or none: those that differentiate the draw need one.
func (s *Site) passes(m method) bool {
	switch m {
	case pathwise, stl, dreg, local, single, separate:
		_, ok := s.law().(prob.Pathwise)
		return ok
	}
	return true
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

// held returns the values that no gradient may pass.
func (r *Record) held() []*graph.Node {
	var hold []*graph.Node
	for _, s := range r.latents() {
		if _, ok := s.estimator.(holding); ok {
			hold = append(hold, s.Value)
		}
	}
	return hold
}

// sticks returns the score of a guide site, held constant where its estimator
// drops its gradient by the parameters.
func sticks(s *Site) *graph.Node {
	if s.sticky() {
		return graph.StopGrad(s.LogQ)
	}
	return s.LogQ
}

// sticky tells whether a site's estimator drops the score.
func (s *Site) sticky() bool {
	switch s.estimator.(type) {
	case STL, DReG:
		return true
	}
	return false
}
