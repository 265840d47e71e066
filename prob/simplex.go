package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Softmax maps D numbers to the simplex of D+1, y = softmax([x, 0]): the
// centred softmax, which is a bijection.
type Softmax struct{}

// centred returns log softmax([x, 0]).
func centred(x *graph.Node) *graph.Node { return onLogSimplex(graph.Pad(x, -1, 0, 1)) }

// onLogSimplex is log softmax for logits of any size: with the largest taken
// out first the exponentials add up to 1 also where a rounding of the logits is
// not small.
func onLogSimplex(x *graph.Node) *graph.Node {
	top := graph.ExpandDims(graph.MaxOver(graph.StopGrad(x), -1), -1)
	return graph.LogSoftmax(x.Sub(top))
}

// differences returns a_i − a_C for i < C.
func differences(a *graph.Node) *graph.Node {
	n := eventSize("bijector to the simplex", a)
	return graph.Cols(a, 0, n-1).Sub(graph.Cols(a, n-1, n))
}

func (Softmax) inner(x *graph.Node) *graph.Node {
	return atEnd(x, centred(x), differences)
}

// atEnd returns x, or where a logarithm in y is at its end what from makes of
// y with all of them inside.
func atEnd(x, y *graph.Node, from func(y *graph.Node) *graph.Node) *graph.Node {
	out := y.Lt(graph.Const(-endsOf(y).log))
	return graph.Where(graph.ExpandDims(graph.MaxOver(out, -1), -1), from(boundLogSimplex(y)), x)
}

// Forward implements Bijector.
func (b Softmax) Forward(x *graph.Node) *graph.Node { return graph.Exp(centred(b.inner(x))) }

// Inverse returns log y_i − log y_C.
func (Softmax) Inverse(y *graph.Node) *graph.Node { return differences(graph.Log(y)) }

// LogDet returns Σ log y over all D+1 elements: with p the first D of y the
// Jacobian is diag(p) − p·pᵀ, of determinant Π p_i · (1 − Σ p_i).
func (Softmax) LogDet(x *graph.Node) *graph.Node { return total(centred(x)) }

// Range returns the simplex.
func (Softmax) Range() Support { return Support{Kind: Simplex} }

// LogSoftmax is the logarithm of Softmax, to the log simplex. Volume there is
// measured by the differences y_i − y_C, which is the same whichever element
// is taken for the last and is the measure of RelaxedOneHot's density; so the
// determinant is 1.
type LogSoftmax struct{}

// Forward implements Bijector.
func (LogSoftmax) Forward(x *graph.Node) *graph.Node { return centred(x) }

// Inverse returns y_i − y_C.
func (LogSoftmax) Inverse(y *graph.Node) *graph.Node { return differences(y) }

// LogDet returns 0.
func (LogSoftmax) LogDet(x *graph.Node) *graph.Node { return noChange(x) }

// Range returns the log simplex.
func (LogSoftmax) Range() Support { return Support{Kind: LogSimplex} }

// StickBreaking maps D numbers to the simplex of D+1 by breaking a part z_k off
// what is left of a stick,
//
//	z_k = sigmoid(x_k − log(D+1−k)),  y_k = z_k·Π_{j<k} (1−z_j),  k = 1 … D
//
// the last element being the rest; x = 0 is the centre (Stan Reference Manual,
// "Unit simplexes", 2.26).
type StickBreaking struct{}

// logits returns x_k − log(D+1−k).
func (StickBreaking) logits(x *graph.Node, sign float64) *graph.Node {
	d := eventSize("StickBreaking", x)
	c := make([]float64, d)
	for k := range c {
		c[k] = sign * -math.Log(float64(d-k))
	}
	return x.Add(graph.Tensor(c, d))
}

// parts returns log y and log (1−z).
func (b StickBreaking) parts(x *graph.Node) (logY, logRest *graph.Node) {
	l := b.logits(x, 1)
	logRest = graph.LogSigmoid(l.Neg())
	left := graph.Pad(graph.CumSum(logRest, -1), -1, 1, 0) // of the stick before each break
	return left.Add(graph.Pad(graph.LogSigmoid(l), -1, 0, 1)), logRest
}

func (b StickBreaking) inner(x *graph.Node) *graph.Node {
	y, _ := b.parts(x)
	return atEnd(x, y, func(y *graph.Node) *graph.Node { return b.Inverse(graph.Exp(y)) })
}

// Forward implements Bijector.
func (b StickBreaking) Forward(x *graph.Node) *graph.Node {
	y, _ := b.parts(x)
	return graph.Exp(boundLogSimplex(y))
}

// Inverse returns log y_k − log Σ_{j>k} y_j + log(D+1−k).
func (b StickBreaking) Inverse(y *graph.Node) *graph.Node {
	n := eventSize("StickBreaking", y)
	after := graph.Reverse(graph.CumSum(graph.Reverse(y, -1), -1), -1)
	l := graph.Log(graph.Cols(y, 0, n-1)).Sub(graph.Log(graph.Cols(after, 1, n)))
	return b.logits(l, -1)
}

// LogDet returns Σ log y_k + log(1−z_k): the Jacobian is triangular with
// ∂y_k/∂x_k = z_k(1−z_k)·Π_{j<k} (1−z_j) on its diagonal.
func (b StickBreaking) LogDet(x *graph.Node) *graph.Node {
	y, rest := b.parts(x)
	n := y.Shape()[len(y.Shape())-1]
	return total(graph.Cols(y, 0, n-1).Add(rest))
}

// Range returns the simplex.
func (StickBreaking) Range() Support { return Support{Kind: Simplex} }
