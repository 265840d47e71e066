package op

import "math"

// quadrature returns I/k and the derivatives of I by a and b over k, as
// integrals over the logit s from −∞ to l of e^(h(s)−h(l)) times 1,
//
//	∂/∂a: log σ(s) + ψ(a+b) − ψ(a)      ∂/∂b: log σ(−s) + ψ(a+b) − ψ(b)
//
// where h(s) = a·log σ(s) + b·log σ(−s) is the logarithm of the density, less a
// constant. It is concave and smooth, so that below the mode, for any shapes,
// two panels of Gauss and Legendre's rule reach to e⁻³⁸ of the integrand.
func (p betaPoint) quadrature() (i, ia, ib float64) {
	la, lb := p.scores()
	width := p.reach()
	from := 0.0
	for _, to := range [...]float64{width / 4, width} {
		half, mid := (to-from)/2, (to+from)/2
		for n, z := range gaussNodes {
			for _, v := range [...]float64{mid - half*z, mid + half*z} {
				e, rise, fall := p.below(v)
				w := half * gaussWeights[n] * math.Exp(e)
				i += w
				ia += w * (la - rise)
				ib += w * (lb - fall)
			}
		}
		from = to
	}
	return i, ia, ib
}

// below returns h(l−v) − h(l), and by how much log σ(s) and log σ(−s) are
// smaller at l−v than at l.
func (p betaPoint) below(v float64) (e, rise, fall float64) {
	up, down := math.Expm1(v), math.Expm1(-v)
	rise, fall = math.Log1p(p.y*up), math.Log1p(p.x*down)
	switch {
	case v > 1:
		return -p.a*rise - p.b*fall, rise, fall
	case v < 1e-100: // squares would be too small
		return -v * (p.d + (p.a*p.x*p.y+p.b*p.x*p.y)*v/2), rise, fall
	}
	// the linear terms taken together
	c := math.Sinh(v / 2)
	c *= 2 * c
	e = -p.d*math.Sinh(v) - (p.a*p.y+p.b*p.x)*c - p.a*log1pmx(p.y*up) - p.b*log1pmx(p.x*down)
	return e, rise, fall
}

// scores are log x + ψ(a+b) − ψ(a) and log y + ψ(a+b) − ψ(b), in which near the
// mode the logarithms of the mode, a/(a+b) and b/(a+b), cancel.
func (p betaPoint) scores() (byA, byB float64) {
	if math.Abs(p.u) > 1 {
		return p.logx + digammaRise(p.a, p.b), p.logy + digammaRise(p.b, p.a)
	}
	byA = digammaExcess(p.a, p.b) - math.Log1p(math.Expm1(-p.u)/(1+p.a/p.b))
	byB = digammaExcess(p.b, p.a) - math.Log1p(math.Expm1(p.u)/(1+p.b/p.a))
	return byA, byB
}

// reach is how far below l the integrand has fallen to between e⁻³⁸ and e⁻⁵⁰.
func (p betaPoint) reach() float64 {
	lo, hi := 0.0, 1/(max(p.d, 0)+math.Sqrt(p.a*p.x*p.y+p.b*p.x*p.y))
	for range 100 {
		e, _, _ := p.below(hi)
		switch {
		case e > -38:
			if lo, hi = hi, 2*hi; lo == hi {
				return hi
			}
			continue
		case e > -50:
			return hi
		}
		for range 20 {
			mid := (lo + hi) / 2
			switch e, _, _ := p.below(mid); {
			case e > -38:
				lo = mid
			case e > -50:
				return mid
			default:
				hi = mid
			}
		}
		break
	}
	return hi
}

// The positive half of the nodes and weights of Gauss and Legendre's rule of 24
// points (DLMF 3.5(v)).
var (
	gaussNodes   = [...]float64{0.06405689286260563, 0.1911188674736163, 0.3150426796961634, 0.4337935076260451, 0.5454214713888396, 0.6480936519369755, 0.7401241915785544, 0.820001985973903, 0.8864155270044011, 0.9382745520027328, 0.9747285559713095, 0.9951872199970213}
	gaussWeights = [...]float64{0.12793819534675216, 0.1258374563468283, 0.12167047292780339, 0.1155056680537256, 0.10744427011596563, 0.09761865210411388, 0.08619016153195327, 0.0733464814110803, 0.05929858491543678, 0.04427743881741981, 0.028531388628933663, 0.0123412297999872}
)
