package op

import (
	"math"

	"github.com/latentgo/latent/internal/kernel"
)

// Law names a distribution of counts.
type Law uint8

// The laws, with the operands of Count after the noise.
const (
	Poisson          Law = iota // log rate
	Binomial                    // number of trials, logit of success
	NegativeBinomial            // log of the number of failures, logit of success
)

// Count draws whole numbers from uniform noise [lead…, StreamNoise·D] and
// parameters, which broadcast, so that parameters with an axis on which the
// noise has size 1 share the random numbers along it. The arithmetic is
// float64; a parameter that is NaN, or trials below 0, give NaN. A count above
// LargestCount, as of an infinite rate, is LargestCount. There is no
// derivative.
type Count struct{ Law Law }

// LargestCount bounds counts that have no bound.
const LargestCount = math.MaxFloat32

func (r Count) String() string {
	return [...]string{"poisson", "binomial", "negativebinomial"}[r.Law]
}

// Shape is that of noise and parameters, with D for StreamNoise·D.
func (Count) Shape(in [][]int) ([]int, error) { return streamShape(in) }

// Eval draws.
func (r Count) Eval(out Array, in []Array) error {
	var at [3][]int
	w := evalScratches.Get().(*evalScratch)
	defer evalScratches.Put(w)
	at[0] = w.streams(out.Shape, in[0].Shape)
	for k := 1; k < len(in); k++ {
		at[k] = w.operandOffsets(k, out.Shape, in[k].Shape)
	}
	for i := range out.Len() {
		s := stream(in[0], offsetAt(at[0], i))
		a := in[1].At(offsetAt(at[1], i))
		k := 0.0
		switch r.Law {
		case Poisson:
			k = poisson(&s, math.Exp(a))
		case Binomial:
			k = binomial(&s, a, in[2].At(offsetAt(at[2], i)))
		case NegativeBinomial:
			k = negativeBinomial(&s, a, in[2].At(offsetAt(at[2], i)))
		}
		out.Set(i, min(k, LargestCount))
	}
	return nil
}

// negativeBinomial draws a Poisson number whose rate has a Gamma law. Without
// failures to wait for, or with no chance of success, it is 0.
func negativeBinomial(s *kernel.Substream, logTotal, logit float64) float64 {
	if math.IsInf(logTotal, -1) && !math.IsNaN(logit) || math.IsInf(logit, -1) && !math.IsNaN(logTotal) {
		return 0
	}
	return poisson(s, math.Exp(logGamma(s, math.Exp(logTotal))+logit))
}

// Diff is zero.
func (Count) Diff(in []*Node, _, _ *Node, _ []bool) []*Node { return make([]*Node, len(in)) }

// poisson draws a Poisson number. Below rate 10 it multiplies uniforms; above,
// it is the transformed rejection PTRS of Hörmann (The transformed rejection
// method for generating Poisson random variables, 1993).
func poisson(s *kernel.Substream, rate float64) float64 {
	switch {
	case math.IsNaN(rate) || math.IsInf(rate, 1):
		return rate
	case rate > 1e15: // the normal limit, exact to the resolution of a double
		return math.Floor(rate + math.Sqrt(rate)*s.Normal())
	case rate < 10:
		k, limit := 0.0, math.Exp(-rate)
		for p := s.Uniform(); p > limit; p *= s.Uniform() {
			k++
		}
		return k
	}
	b := 0.931 + 2.53*math.Sqrt(rate)
	a := -0.059 + 0.02483*b
	invAlpha := 1.1239 + 1.1328/(b-3.4)
	vr := 0.9277 - 3.6224/(b-2)
	for {
		u, v := s.Uniform()-.5, s.Uniform()
		us := .5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + rate + 0.43)
		if us >= 0.07 && v <= vr {
			return k
		}
		if k < 0 || us < 0.013 && v > us {
			continue
		}
		lg, _ := math.Lgamma(k + 1)
		if math.Log(v*invAlpha/(a/(us*us)+b)) <= k*math.Log(rate)-rate-lg {
			return k
		}
	}
}

// binomial draws the number of successes in n trials. With fewer than 10
// expected it adds geometric waiting times; else it is the transformed
// rejection BTRS of Hörmann (The generation of binomial random variates, 1993).
func binomial(s *kernel.Substream, n, logit float64) float64 {
	n = math.Floor(n)
	switch {
	case math.IsNaN(logit) || !(n >= 0) || math.IsInf(n, 1):
		return math.NaN()
	case logit > 0:
		return n - binomial(s, n, -logit)
	}
	p := sigmoid(logit)
	if n*p < 10 {
		k, sum, logQ := 0.0, 0.0, -softplus(logit)
		for {
			sum += math.Ceil(math.Log(s.Uniform()) / logQ)
			if !(sum <= n) { // also where p is 0
				return k
			}
			k++
		}
	}
	std := math.Sqrt(n * p * (1 - p))
	b := 1.15 + 2.53*std
	a := -0.0873 + 0.0248*b + 0.01*p
	vr := 0.92 - 4.2/b
	alpha := (2.83 + 5.1/b) * std
	mode := math.Floor((n + 1) * p)
	log := func(k float64) float64 { // of the probability, up to a constant
		x, _ := math.Lgamma(k + 1)
		y, _ := math.Lgamma(n - k + 1)
		return k*logit - x - y
	}
	for {
		u, v := s.Uniform()-.5, s.Uniform()
		us := .5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + n*p + .5)
		if us >= 0.07 && v <= vr {
			return k
		}
		if k < 0 || k > n {
			continue
		}
		if math.Log(v*alpha/(a/(us*us)+b)) <= log(k)-log(mode) {
			return k
		}
	}
}

// logGamma draws the logarithm of a standard Gamma number by the method of
// Marsaglia and Tsang (A simple method for generating gamma variables, 2000);
// shapes below 1 are raised by 1 and multiplied by a power of a uniform.
func logGamma(s *kernel.Substream, shape float64) float64 {
	switch {
	case shape == 0:
		return math.Inf(-1)
	case !(shape >= 0):
		return math.NaN()
	case math.IsInf(shape, 1):
		return shape
	case shape < 1:
		return logGamma(s, shape+1) + math.Log(s.Uniform())/shape
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := s.FastNormal()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := s.Uniform()
		if u < 1-0.0331*(x*x)*(x*x) || math.Log(u) < .5*x*x+d-d*v+d*math.Log(v) {
			return math.Log(d * v)
		}
	}
}
