package op

import "math"

// The distribution functions of a location and a scale, by those of the
// standard laws: standard returns F, its density f and f′ at z.
type standard func(z float64) (f, pdf, slope float64)

func normalStd(z float64) (f, pdf, slope float64) {
	pdf = math.Exp(-0.5*z*z - halfLog2Pi)
	return ndtr(z), pdf, -times(z, pdf)
}

func logisticStd(z float64) (f, pdf, slope float64) {
	f = sigmoid(z)
	pdf = f * sigmoid(-z)
	return f, pdf, -pdf * math.Tanh(z/2)
}

func cauchyStd(z float64) (f, pdf, slope float64) {
	w := 1 / math.Hypot(1, z)
	pdf = w * w / math.Pi
	return math.Atan2(1, -z) / math.Pi, pdf, -2 * pdf * (w * times(z, w))
}

func laplaceStd(z float64) (f, pdf, slope float64) {
	pdf = 0.5 * math.Exp(-math.Abs(z))
	if z < 0 {
		return pdf, pdf, pdf
	}
	return 1 - pdf, pdf, -pdf
}

func gumbelStd(z float64) (f, pdf, slope float64) {
	w := math.Exp(-z)
	f = math.Exp(-w)
	pdf = math.Exp(-z - w)
	if math.IsInf(w, 1) {
		pdf = 0
	}
	return f, pdf, times(w-1, pdf)
}

func halfNormalStd(z float64) (f, pdf, slope float64) {
	_, pdf, slope = normalStd(z)
	return math.Erf(z / math.Sqrt2), 2 * pdf, 2 * slope
}

func halfCauchyStd(z float64) (f, pdf, slope float64) {
	_, pdf, slope = cauchyStd(z)
	return 2 / math.Pi * math.Atan(z), 2 * pdf, 2 * slope
}

func exponentialStd(z float64) (f, pdf, slope float64) {
	pdf = math.Exp(-z)
	return -math.Expm1(-z), pdf, -pdf
}

// located is a law of location, log scale and x.
func located(std standard) func(by [2]uint8, v []float64) float64 {
	return func(by [2]uint8, v []float64) float64 {
		return placedCDF(std, by, v[2]-v[0], v[1])
	}
}

// scaled is a law of log scale and x, of positive numbers.
func scaled(std standard) func(by [2]uint8, v []float64) float64 {
	return func(by [2]uint8, v []float64) float64 {
		if v[1] <= 0 && !math.IsNaN(v[0]) {
			return 0
		}
		for i := range by {
			if by[i] > 0 {
				by[i]++
			}
		}
		return placedCDF(std, by, v[1], v[0])
	}
}

// placedCDF is F(z) or a derivative of it by the location (1), the log scale
// (2) and x (3), with z = by/scale.
func placedCDF(std standard, by [2]uint8, from, logScale float64) float64 {
	z := from
	if from != 0 {
		z = ratio(from, logScale)
	}
	f, pdf, slope := std(z)
	per := func(v float64) float64 { return ratio(v, logScale) }
	switch by {
	case [2]uint8{}:
		return f
	case [2]uint8{1}:
		return -per(pdf)
	case [2]uint8{2}:
		return -times(z, pdf)
	case [2]uint8{3}:
		return per(pdf)
	case [2]uint8{1, 1}, [2]uint8{3, 3}:
		return per(per(slope))
	case [2]uint8{1, 3}:
		return -per(per(slope))
	case [2]uint8{1, 2}:
		return per(pdf + times(z, slope))
	case [2]uint8{2, 3}:
		return -per(pdf + times(z, slope))
	}
	return times(z, pdf+times(z, slope)) // by the log scale twice
}

// ratio is v·e⁻ˢ, also where the exponential alone is too large.
func ratio(v, s float64) float64 {
	if math.Abs(s) < 700 {
		return v * math.Exp(-s)
	}
	h := math.Exp(-s / 2)
	return times(h, times(h, v))
}

// logNormalCDF is that of the logarithm, as a function of x.
func logNormalCDF(by [2]uint8, v []float64) float64 {
	x := v[2]
	if x <= 0 && !math.IsNaN(v[0]+v[1]) {
		return 0
	}
	at := math.Log(x) - v[0]
	y := placedCDF(normalStd, by, at, v[1])
	if by == [2]uint8{3, 3} {
		y -= placedCDF(normalStd, [2]uint8{3}, at, v[1])
	}
	for _, i := range by {
		if i == 3 {
			y /= x
		}
	}
	return y
}

// relaxedBernoulliCDF is σ(τx − l).
func relaxedBernoulliCDF(by [2]uint8, v []float64) float64 {
	l, t, x := v[0], v[1], v[2]
	f, pdf, slope := logisticStd(t*x - l)
	d := [...]float64{0, -1, x, t} // of τx − l
	switch {
	case by[0] == 0:
		return f
	case by[1] == 0:
		return times(d[by[0]], pdf)
	case by == [2]uint8{2, 3}:
		return pdf + times(x*t, slope)
	}
	return times(d[by[0]]*d[by[1]], slope)
}

// gridLogisticCDF is the logistic function at the upper edge of a bin.
func gridLogisticCDF(by [2]uint8, v []float64) float64 {
	m, s, n, k := v[0], v[1], v[2], v[3]
	return placedCDF(logisticStd, by, math.FMA(-m, n, k+0.5)/n, s)
}

// uniformCDF is (x−l)/(h−l), from 0 to 1.
func uniformCDF(by [2]uint8, v []float64) float64 {
	l, h, x := v[0]/2, v[1]/2, v[2]/2 // so that the width does not overflow
	w := h - l
	up, down := (x-l)/w, (h-x)/w // F and 1−F
	if by[0] == 0 {
		return min(max(up, 0), 1)
	}
	if up < 0 || down < 0 {
		return 0
	}
	w *= 2
	switch by {
	case [2]uint8{1}:
		return -down / w
	case [2]uint8{2}:
		return -up / w
	case [2]uint8{3}:
		return 1 / w
	case [2]uint8{1, 1}:
		return -2 * down / w / w
	case [2]uint8{1, 2}:
		return (down - up) / w / w
	case [2]uint8{2, 2}:
		return 2 * up / w / w
	case [2]uint8{1, 3}:
		return 1 / w / w
	case [2]uint8{2, 3}:
		return -1 / w / w
	}
	return 0
}
