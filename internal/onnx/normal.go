package onnx

import "math"

// The error function and what is made of it, in float64, as package math has them:
// erf and erfc by FreeBSD's msun (s_erf.c, Sun Microsystems, 1993), the inverse by
// Wichura's algorithm AS 241 (Applied Statistics 37, 1988).

var (
	erx = 8.45062911510467529297e-01 // erf(1) as a number of few bits

	erfNear  = [2][]float64{{1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03, -2.37630166566501626084e-05}, {1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04, -3.96022827877536812320e-06}}
	erfOne   = [2][]float64{{-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03}, {1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02}}
	erfcFar  = [2][]float64{{-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00}, {1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02}}
	erfcLast = [2][]float64{{-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02}, {1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01}}

	erfinvNear = [2][]float64{{1.1975323115670912564578e0, 4.7072688112383978012285e1, 6.9706266534389598238465e2, 4.8548868893843886794648e3, 1.6235862515167575384252e4, 2.3782041382114385731252e4, 1.1819493347062294404278e4, 8.8709406962545514830200e2}, {1.0000000000000000000e0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3}}
	erfinvFar  = [2][]float64{{1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4}, {1.4142135623730950488016887e0, 2.9036514445419946173133295e0, 2.3707661626024532365971225e0, 9.7547832001787427186894837e-1, 2.0945065210512749128288442e-1, 2.1494160384252876777097297e-2, 7.7441459065157709165577218e-4, 1.4859850019840355905497876e-9}}
	erfinvLast = [2][]float64{{6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7}, {1.414213562373095048801689e0, 8.482908416595164588112026e-1, 1.936480946950659106176712e-1, 2.103693768272068968719679e-2, 1.112800997078859844711555e-3, 2.611088405080593625138020e-5, 2.010321207683943062279931e-7, 2.891024605872965461538222e-15}}
)

// ratio is a quotient of polynomials.
func (a value) ratio(c [2][]float64) value { return a.poly(c[0]...).div(a.poly(c[1]...)) }

// erfParts are erf near 0 less x, erf near 1 less erx, and erfc above that.
func (a value) erfParts() (near, one, tail value) {
	x := a.abs()
	near = a.mul(a.square().ratio(erfNear))
	one = x.shift(-1).ratio(erfOne)
	y := x.square()
	s := y.recip()
	r := a.w.where(x.below(1/.35), s.ratio(erfcFar), s.ratio(erfcLast))
	tail = r.sub(y).shift(-.5625).exp().div(x)
	return near, one, tail
}

func (a value) erf() value {
	near, one, tail := a.erfParts()
	x := a.abs()
	far := a.w.where(x.below(1.25), one.shift(erx), tail.neg().shift(1))
	return a.w.where(x.below(.84375), a.add(near), a.op("Sign").mul(far))
}

// erfc is 1 − erf.
func (a value) erfc() value {
	near, one, tail := a.erfParts()
	x := a.abs()
	far := a.w.where(x.below(1.25), one.neg().shift(1-erx), tail)
	far = a.w.where(a.below(0), far.neg().shift(2), far)
	return a.w.where(x.below(.84375), a.shift(-.5).add(near).neg().shift(.5), far)
}

func (a value) erfinv() value {
	x := a.abs()
	near := x.mul(x.square().scale(-.25).shift(.180625).ratio(erfinvNear))
	r := x.neg().shift(1).log().neg().shift(math.Ln2).sqrt()
	far := a.w.where(r.above(5), r.shift(-5).ratio(erfinvLast), r.shift(-1.6).ratio(erfinvFar))
	y := a.w.where(x.above(.85), far, near)
	return a.op("Sign").mul(a.w.where(x.is(1), x.num(math.Inf(1)), y))
}

// ndtr is Φ(x).
func (a value) ndtr() value { return a.scale(-1 / math.Sqrt2).erfc().scale(.5) }

// millsSeries is −x·Φ(x)/φ(x) for x ≤ −12 (DLMF 7.12.1).
func (a value) millsSeries() value {
	c := []float64{1}
	for k := 1.; k < 24; k += 2 {
		c = append(c, -k*c[len(c)-1])
	}
	return a.square().recip().poly(c...)
}

// logNdtr is log Φ(x).
func (a value) logNdtr() value {
	low := a.min(a.num(-12))
	far := low.square().scale(-.5).shift(-halfLog2Pi).sub(low.neg().log()).add(low.millsSeries().log())
	up := a.scale(1 / math.Sqrt2).erfc().scale(-.5).log1p()
	y := a.w.where(a.above(0), up, a.ndtr().log())
	return a.w.where(a.below(-12), far, y)
}

// mills is φ(x)/Φ(x).
func (a value) mills() value {
	low := a.min(a.num(-12))
	near := a.square().scale(-.5).shift(-halfLog2Pi).exp().div(a.ndtr())
	return a.w.where(a.below(-12), low.neg().div(low.millsSeries()), near)
}
