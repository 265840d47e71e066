package op

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/kernel"
)

// Variate draws by rejection, in float64, from uniform noise
// [lead…, StreamNoise·D] and parameters; noise and parameters broadcast, so
// that parameters with an axis on which the noise has size 1 share the random
// numbers along it. It has no derivative; Implicit gives one to its draws.
//
// Draws are finite: those further from 0 than the dtype has room for (see
// MaxDraw) lie there, as do those of a law that degenerates, such as the
// logarithm of a gamma number of shape 0.
type Variate struct{ Law ImplicitLaw }

func (r Variate) String() string {
	return [...]string{"loggamma", "logitbeta", "student", "dirichlet"}[r.Law] + " draw"
}

// Shape is that of noise and parameters, with D for StreamNoise·D.
func (Variate) Shape(in [][]int) ([]int, error) { return streamShape(in) }

// MaxDraw returns how large a drawn number may be, 2¹⁰⁰ in float32 and 2⁹⁶⁰ in
// float64: it and its reciprocal leave room for factors of 2²⁶ and 2⁶².
func MaxDraw(dt Dtype) float64 {
	if dt == Float64 {
		return 0x1p960
	}
	return 0x1p100
}

// Eval draws.
func (r Variate) Eval(out Array, in []Array) error {
	var at [3][]int
	w := evalScratches.Get().(*evalScratch)
	defer evalScratches.Put(w)
	at[0] = w.streams(out.Shape, in[0].Shape)
	for k := 1; k < len(in); k++ {
		at[k] = w.operandOffsets(k, out.Shape, in[k].Shape)
	}
	room := MaxDraw(Float64)
	if out.F64 == nil {
		room = MaxDraw(Float32)
	}
	if r.Law == Student { // its density has the square
		room = min(room, 0x1p500)
	}
	set := func(i int, v float64) {
		switch {
		case v > room:
			v = room
		case v < -room:
			v = -room
		}
		out.Set(i, v)
	}
	if r.Law != Dirichlet {
		for i := range out.Len() {
			s := stream(in[0], offsetAt(at[0], i))
			a := in[1].At(offsetAt(at[1], i))
			switch r.Law {
			case LogGamma:
				set(i, logGamma(&s, a))
			case LogitBeta:
				set(i, logitBeta(&s, a, in[2].At(offsetAt(at[2], i))))
			case Student:
				set(i, student(&s, a))
			}
		}
		return nil
	}
	event := out.Shape[len(out.Shape)-1]
	w.row = slices.Grow(w.row[:0], event)
	row := w.row[:event]
	for from := 0; from < out.Len(); from += event {
		for k := range row {
			s := stream(in[0], offsetAt(at[0], from+k))
			row[k] = logGamma(&s, in[1].At(offsetAt(at[1], from+k)))
		}
		level(row, func(k int) kernel.Substream { return stream(in[0], offsetAt(at[0], from+k)) })
		for k, v := range row {
			set(from+k, v)
		}
	}
	return nil
}

// level takes out what the logarithms of gamma numbers have in common where
// that is so large that their differences would be rounded away: a point of a
// simplex depends on these alone. Where every shape is 0, the point is a
// corner, each with the same probability.
func level(l []float64, stream func(k int) kernel.Substream) {
	top := math.Inf(-1)
	for _, v := range l {
		top = max(top, v)
	}
	switch {
	case math.IsInf(top, -1):
		best := -1.0
		corner := 0
		for k := range l {
			s := stream(k)
			if u := s.Uniform(); u > best {
				best, corner = u, k
			}
		}
		l[corner] = 0
	case top < -1e9:
		for k := range l {
			l[k] -= top
		}
	}
}

// logitBeta draws log x/(1−x) of a beta number x; where both parameters are 0,
// one of the two ends with probability ½ each.
func logitBeta(s *kernel.Substream, a, b float64) float64 {
	if a == 0 && b == 0 {
		return math.Copysign(math.Inf(1), s.Uniform()-.5)
	}
	x := logGamma(s, a)
	return x - logGamma(s, b)
}

// student draws a normal number over the root of a mean square.
func student(s *kernel.Substream, nu float64) float64 {
	z := s.FastNormal()
	switch {
	case math.IsInf(nu, 1):
		return z
	case nu == 0:
		return math.Copysign(math.Inf(1), z)
	}
	return z * math.Exp((math.Log(nu/2)-logGamma(s, nu/2))/2)
}

// Diff is zero.
func (Variate) Diff(in []*Node, _, _ *Node, _ []bool) []*Node { return make([]*Node, len(in)) }
