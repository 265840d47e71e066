package vi

import "github.com/latentgo/latent/prob"

// facts is a set of what an estimator may need: of the objective, of the kind of
// its site, and of the site itself. A combination is taken if objective and kind
// offer what is needed; what only the site tells is looked at when the graph is
// built.
type facts uint32

const (
	// Of the objective.
	derivatives facts = 1 << iota // its gradient passes draws
	signals                       // it knows what each draw is judged by, so that a score can be multiplied by that
	averages                      // it averages draws outside of any logarithm: each adds to the value by itself
	sums                          // it sums over the values of enumerated sites
	normalises                    // the gradient by all that draws depend on is by normalised importance weights
	shares                        // it takes globals, and divides their divergences by the size of the data set
	holds                         // its costs hold all values that were drawn
	locals                        // it takes draws for each datum
	elsewhere                     // it knows what another value of a latent would be judged by

	// Of the kind of the site.
	local     // it has draws of its own for each datum
	scores    // its law has a density whose derivative by the parameters is a score
	pathwise  // its draws pass derivatives
	countable // its values are discrete
	weight    // it is the weight of a product

	// Of the site itself.
	density   // log q is known as a function of the value, not only at the draw
	guided    // the guide has it
	listed    // the run has an axis for its values
	separable // no term that it moves stands inside a sum over what only the joint enumerates
	several   // it has two draws or more
	relaxable // its law is prob.Bernoulli or prob.OneHot
	normal    // its law is prob.Normal

	ofKinds = density - 1 // all that the objective and the kind of the site offer
)

func (f facts) has(g facts) bool { return f&g == g }

// objective is a column of the support matrix, and what it offers.
type objective struct {
	name    string
	offers  facts
	biased  bool   // whatever the estimator
	bare    bool   // a run without an objective, which adds no costs
	inside  bool   // globals stand inside of its logarithm, and are drawn K times
	oneDraw string // what becomes of it with one draw of a latent; "" if it means something
}

var (
	elbo          = objective{name: "ELBO", offers: derivatives | signals | averages | sums | shares | locals | elsewhere}
	capacity      = objective{name: "Capacity", offers: derivatives | averages | shares | locals}
	freeBits      = objective{name: "FreeBits", offers: derivatives | averages | shares | locals}
	iwae          = objective{name: "IWAE", offers: derivatives | signals | normalises | sums | shares | locals | elsewhere}
	renyi         = objective{name: "Renyi", offers: derivatives | signals | normalises | sums | shares | locals | elsewhere, oneDraw: "is the ELBO whatever its order, which is vi.ELBO"}
	chi           = objective{name: "Chi", offers: derivatives | signals | sums | locals | elsewhere, oneDraw: "is the ELBO, which lies below log p(x)"}
	expectation   = objective{name: "Expectation", offers: derivatives | signals | averages | sums | shares | locals | elsewhere}
	iwvi          = objective{name: "IWVI", inside: true, offers: derivatives | signals | sums | shares | local}
	wakeSleep     = objective{name: "WakeSleep", offers: holds | locals}
	reweighted    = objective{name: "ReweightedWakeSleep", offers: sums | holds | locals, biased: true, oneDraw: "has the weight 1 and trains the guide by noise of mean 0"}
	thermodynamic = objective{name: "TVO", offers: sums | holds | locals, biased: true, oneDraw: "has no covariance to train the guide by"}

	alone = objective{name: "vi.Run", bare: true, offers: derivatives | averages | sums | shares | locals}
)

// objectives are the columns of the support matrix.
var objectives = []objective{elbo, capacity, freeBits, iwae, renyi, chi, iwvi, expectation, wakeSleep, reweighted, thermodynamic}

// siteKind is what an estimator sees of a site.
type siteKind uint8

const (
	reparameterised siteKind = iota // a local latent whose law is prob.Pathwise
	discrete                        // any other local latent
	global
	product
	siteKinds
)

var kindNames = [siteKinds]string{"a reparameterised", "a discrete", "a global", "a product"}

func (k siteKind) String() string { return kindNames[k] }

// offers is what sites of a kind have. A global is drawn once a run and stands
// outside of the logarithm of any bound, unless that has it inside.
func (k siteKind) offers() facts {
	return [siteKinds]facts{local | scores | pathwise, local | scores | countable, scores | pathwise | averages, weight}[k]
}

// needs is what sites of a kind ask of an objective.
func (k siteKind) needs() facts {
	return [siteKinds]facts{locals, locals, shares, shares | locals}[k]
}

func (s *Site) kind() siteKind {
	switch {
	case s.product:
		return product
	case s.Global:
		return global
	case isPathwise(s.law()):
		return reparameterised
	}
	return discrete
}

func isPathwise(d prob.Dist) bool {
	_, ok := lawOf(d).(prob.Pathwise)
	return ok
}

// verdict says whether a combination is taken.
type verdict string

const (
	refused  verdict = "-"
	unbiased verdict = "unbiased"
	biased   verdict = "biased"
)

// support returns the verdict on an estimator under an objective at a kind of
// site.
func support(e estimator, o objective, k siteKind) verdict {
	offered, needs := o.offers|k.offers(), k.needs()
	if o.inside {
		offered &^= averages
	}
	if e.needs.has(listed) { // no draws
		needs &^= locals
	}
	switch {
	case !offered.has(e.needs&ofKinds | needs):
		return refused
	case e.biased || o.biased || !offered.has(e.fair):
		return biased
	}
	return unbiased
}
