package op

import "math"

// Between moves its first operand, element by element, between the two others,
// which broadcast to it: no nearer to either than the next number of the dtype
// and the smallest that MaxDraw allows, which counts near 0; to the lower one
// where there is no room. A lower end of −∞, an upper one of ∞ and NaN are
// none. The derivative is that of the value also where it was moved; the ends
// have none.
type Between struct{}

// Shape is the value's.
func (Between) Shape(in [][]int) ([]int, error) { return Implicit{}.Shape(in) }

// Eval moves.
func (Between) Eval(out Array, in []Array) error {
	next, tiny := math.Nextafter, 1/MaxDraw(Float64)
	if out.F64 == nil {
		next, tiny = func(x, to float64) float64 { return float64(math.Nextafter32(float32(x), float32(to))) }, 1/MaxDraw(Float32)
	}
	elementwise(out, in, func(x []float64) float64 {
		lo, hi := x[1], x[2]
		if math.IsNaN(lo) {
			lo = math.Inf(-1)
		}
		low, top := lo, math.Inf(1)
		if !math.IsInf(lo, -1) {
			low = next(lo, math.Inf(1)) + tiny
		}
		if hi < math.Inf(1) {
			top = next(hi, math.Inf(-1)) - tiny
		}
		top = max(top, lo)
		return max(min(x[0], top), min(low, top))
	})
	return nil
}

// Diff passes the adjoint to the value.
func (Between) Diff(_ []*Node, _, g *Node, _ []bool) []*Node { return []*Node{g, nil, nil} }
