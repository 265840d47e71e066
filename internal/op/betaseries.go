package op

import "math"

// maxTerms bounds the terms of a series and the steps of a fraction. One that
// would need more gives way to another method.
const maxTerms = 250

// series returns s = Σ (a+b)ₙ/(a+1)ₙ·xⁿ (DLMF 8.17.8), with I = k/a·s, and its
// derivatives by a, with a+b moving along, and by b; not ok if it is too long.
func (p *betaPoint) series() (s, sa, sb float64, ok bool) {
	if p.a > 4 && p.b > 4 {
		if max(p.a, p.b) > 1e4 { // it takes √(a+b) steps, or 1−x is lost in them
			return 0, 0, 0, false
		}
		return p.fraction()
	}
	b, x := p.b, p.x
	s = 1
	t, h, hb := 1.0, 0.0, 0.0
	c, q := p.a+b, p.a+1
	for range maxTerms {
		r := 1 / (c * q)
		ratio := x * c * c * r
		t *= ratio
		hb += q * r
		h += (1 - b) * r // 1/(a+b+n) − 1/(a+1+n)
		s += t
		sa += t * h
		sb += t * hb
		// what is left is at most that of a geometric series
		rest := x
		if ratio > x {
			rest = ratio
		}
		if t*hb <= 0x1p-53*(1-rest)*sb {
			return s, sa, sb, !math.IsNaN(sb)
		}
		c++
		q++
	}
	return s, sa, sb, false
}

// fraction is series as the continued fraction DLMF 8.17.22, evaluated forwards
// with the derivatives of numerator and denominator by a and b.
func (p *betaPoint) fraction() (s, sa, sb float64, ok bool) {
	type dual struct{ v, a, b float64 }
	// y·0 + d·z, differentiated
	next := func(y, z, d dual) dual {
		return dual{y.v + d.v*z.v, y.a + d.a*z.v + d.v*z.a, y.b + d.b*z.v + d.v*z.b}
	}
	a, b, x := p.a, p.b, p.x
	n0, n1 := dual{v: 0}, dual{v: 1} // numerators
	d0, d1 := dual{v: 1}, dual{v: 1} // denominators
	for i := range maxTerms / 2 {
		m := float64(i)
		// −(a+m)(a+b+m)x/((a+2m)(a+2m+1))
		p, q, r, t := a+m, a+b+m, a+2*m, a+2*m+1
		w := 1 / (r * t)
		c := -x * w
		odd := dual{v: c * p * q}
		odd.b = c * p
		odd.a = c*(p+q) - odd.v*(r+t)*w
		n0, n1 = n1, next(n1, n0, odd)
		d0, d1 = d1, next(d1, d0, odd)
		// (m+1)(b−m−1)x/((a+2m+1)(a+2m+2))
		m1 := m + 1
		r, t = t, t+1
		w = 1 / (r * t)
		even := dual{v: m1 * (b - m1) * x * w, b: m1 * x * w}
		even.a = -even.v * (r + t) * w
		n0, n1 = n1, next(n1, n0, even)
		d0, d1 = d1, next(d1, d0, even)
		f := 1 / d1.v
		scale := func(z *dual) { z.v *= f; z.a *= f; z.b *= f }
		scale(&n0)
		scale(&n1)
		scale(&d0)
		scale(&d1)
		u, ua, ub := n1.v, n1.a-n1.v*d1.a, n1.b-n1.v*d1.b
		if math.Abs(u-s) <= 0x1p-51*math.Abs(u) && math.Abs(ua-sa) <= 0x1p-48*math.Abs(ua) && math.Abs(ub-sb) <= 0x1p-48*math.Abs(ub) {
			return u, ua, ub, true
		}
		s, sa, sb = u, ua, ub
	}
	return s, sa, sb, false
}
