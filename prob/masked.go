package prob

import "github.com/latentgo/latent/graph"

// Masked returns base with entries missing: where mask, […, D] or what
// broadcasts to it, is 0 the entry is not counted, whatever it holds, NaN
// included, and no derivative passes. LogProb is the log density of the
// entries present, their marginal since they are independent. Draws and moments
// are those of base, whole. What it returns is a Sampler, Pathwise or Moments if
// base is.
func Masked(base Factored, mask *graph.Node) Factored {
	d := masked{base, mask}
	_, moments := base.(Moments)
	switch base.(type) {
	case Pathwise:
		if moments {
			return pathMeansMasked{pathMasked{drawMasked{d}}}
		}
		return pathMasked{drawMasked{d}}
	case Sampler:
		if moments {
			return drawMeansMasked{drawMasked{d}}
		}
		return drawMasked{d}
	}
	if moments {
		return meansMasked{d}
	}
	return d
}

type masked struct {
	base Factored
	mask *graph.Node
}

// LogProbs returns 0 for each missing element.
func (d masked) LogProbs(x *graph.Node) *graph.Node {
	return graph.Where(d.mask, d.base.LogProbs(d.filled(x)), graph.Const(0))
}

// filled returns x with a number that base can take for each missing element.
func (d masked) filled(x *graph.Node) *graph.Node {
	complete(d)
	fit("Masked", x, d.mask)
	number := graph.Const(0)
	if s, ok := d.base.(Supported); ok {
		number = s.Support().harmless(x.Shape()[len(x.Shape())-1])
	}
	return graph.Where(d.mask, x, number)
}

// checked is Checked for the elements that are not missing.
func (d masked) checked(site string, x *graph.Node) *graph.Node {
	return graph.Where(d.mask, Checked(site, d.base, d.filled(x)), x)
}

// LogProb implements Dist.
func (d masked) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

func (d masked) unwrap() masked { return d }

type drawMasked struct{ masked }

// Sample implements Sampler.
func (d drawMasked) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d.masked)
	return d.base.(Sampler).Sample(s, lead...)
}

type pathMasked struct{ drawMasked }

// Pathwise marks Sample as reparameterised.
func (pathMasked) Pathwise() {}

// moments returns those of base, which has them.
func (d masked) moments() (mean, variance *graph.Node) {
	complete(d)
	return d.base.(Moments).Moments()
}

// What is Moments besides.
type (
	meansMasked     struct{ masked }
	drawMeansMasked struct{ drawMasked }
	pathMeansMasked struct{ pathMasked }
)

// Moments implements the interface of that name.
func (d meansMasked) Moments() (mean, variance *graph.Node) { return d.moments() }

// Moments implements the interface of that name.
func (d drawMeansMasked) Moments() (mean, variance *graph.Node) { return d.moments() }

// Moments implements the interface of that name.
func (d pathMeansMasked) Moments() (mean, variance *graph.Node) { return d.moments() }
