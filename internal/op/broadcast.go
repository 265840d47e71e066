package op

import (
	"slices"
	"sync"

	"github.com/pkg/errors"
)

// Broadcast returns the shape of an element-wise result. Axes of size 1
// stretch. Operands of lower rank align at the last axis and never enlarge the
// others: [N] fits [M,N], but [N] with [N,1] is an error, not an outer product.
func Broadcast(in ...[]int) ([]int, error) {
	rank := 0
	for _, s := range in {
		rank = max(rank, len(s))
	}
	out := make([]int, rank)
	for i := range out {
		out[i] = 1
	}
	for _, s := range in {
		for i, d := range s {
			if len(s) == rank && out[i] == 1 {
				out[i] = d
			}
		}
	}
	for _, s := range in {
		for i, d := range s {
			if d != 1 && d != out[rank-len(s)+i] {
				return nil, errors.Errorf("shapes %v do not broadcast", in)
			}
		}
	}
	return out, nil
}

// strides returns the row-major strides of shape seen as out: 0 on the axes
// that stretch.
func strides(out, shape []int) []int { return stridesIn(make([]int, len(out)), out, shape) }

// stridesIn writes them to st.
func stridesIn(st, out, shape []int) []int {
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 {
			st[len(out)-len(shape)+i] = step
		}
		step *= shape[i]
	}
	return st
}

// offsets lists, in row-major order over shape, the sums of coordinate×stride.
func offsets(shape []int, stride []int) []int {
	return appendOffsets(make([]int, 0, Size(shape)), shape, stride)
}

func appendOffsets(at []int, shape []int, stride []int) []int {
	if Size(shape) == 0 {
		return at
	}
	var few [ranks]int
	pos := few[:]
	if len(shape) > ranks {
		pos = make([]int, len(shape))
	}
	for off := 0; ; {
		at = append(at, off)
		i := len(shape) - 1
		for ; i >= 0; i-- {
			pos[i]++
			off += stride[i]
			if pos[i] < shape[i] {
				break
			}
			off -= stride[i] * shape[i]
			pos[i] = 0
		}
		if i < 0 {
			return at
		}
	}
}

// elementwise evaluates f at every element of out, the operands stretched.
func elementwise(out Array, in []Array, f func(x []float64) float64) {
	w := evalScratches.Get().(*evalScratch)
	defer evalScratches.Put(w)
	n := len(in)
	for from := 0; from < out.Len(); from += gatherRows {
		m := min(gatherRows, out.Len()-from)
		x := w.x[:m*n]
		for k, a := range in {
			if from == 0 {
				w.at[k] = w.operandOffsets(k, out.Shape, a.Shape)
			}
			switch {
			case w.at[k] != nil:
				for i, j := range w.at[k][from : from+m] {
					x[i*n+k] = a.At(j)
				}
			case a.F64 != nil:
				for i, v := range a.F64[from : from+m] {
					x[i*n+k] = v
				}
			default:
				for i, v := range a.F32[from : from+m] {
					x[i*n+k] = float64(v)
				}
			}
		}
		for i := range m {
			out.Set(from+i, f(x[i*n:i*n+n]))
		}
	}
	clear(w.at[:])
}

// operandOffsets returns, for each element of a shape, the offset of the element
// of operand k that it is computed from; nil if they have the same shape.
func (w *evalScratch) operandOffsets(k int, out, shape []int) []int {
	if slices.Equal(shape, out) {
		return nil
	}
	var few [ranks]int
	st := few[:]
	if len(out) > ranks {
		st = make([]int, len(out))
	}
	w.offsets[k] = appendOffsets(w.offsets[k][:0], out, stridesIn(st[:len(out)], out, shape))
	return w.offsets[k]
}

// offsetAt is element i of what operandOffsets returned.
func offsetAt(at []int, i int) int {
	if at == nil {
		return i
	}
	return at[i]
}

// An evalScratch is memory that elementwise and the draws reuse, so that they
// allocate nothing: some elements of all operands side by side, the offsets of
// operands that stretch, a row of an event and a shape.
type evalScratch struct {
	x       [gatherRows * maxOperands]float64
	at      [maxOperands][]int
	offsets [maxOperands][]int // the memory of at
	row     []float64
	shape   []int
}

// elementwise takes gatherRows elements at once. Up to ranks axes need no
// allocation.
const gatherRows, maxOperands, ranks = 128, 4, 8

var evalScratches = sync.Pool{New: func() any { return new(evalScratch) }}

// BroadcastTo stretches its operand to To by the rule of Broadcast.
type BroadcastTo struct{ To []int }

// Shape checks that the operand stretches to To.
func (r BroadcastTo) Shape(in [][]int) ([]int, error) {
	s, err := Broadcast(append(in, r.To)...)
	if err != nil || !slices.Equal(s, r.To) {
		return nil, errors.Errorf("shape %v does not broadcast to %v", in[0], r.To)
	}
	return s, nil
}

// Eval copies.
func (BroadcastTo) Eval(out Array, in []Array) error {
	elementwise(out, in, func(x []float64) float64 { return x[0] })
	return nil
}

// Diff sums over the stretched axes.
func (BroadcastTo) Diff(in []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{Fit(grad, in[0].Shape())}
}

// SumTo sums its operand down to To, the adjoint of BroadcastTo.
type SumTo struct{ To []int }

// Shape checks that To broadcasts to the operand.
func (r SumTo) Shape(in [][]int) ([]int, error) {
	s, err := Broadcast(r.To, in[0])
	if err != nil || !slices.Equal(s, in[0]) {
		return nil, errors.Errorf("shape %v does not sum to %v", in[0], r.To)
	}
	return r.To, nil
}

// Eval adds with pairwise summation.
func (r SumTo) Eval(out Array, in []Array) error {
	st := strides(in[0].Shape, r.To)
	var axes []int
	for i, d := range in[0].Shape {
		if st[i] == 0 && d != 1 {
			axes = append(axes, i)
		}
	}
	reduce(out, in[0], axes, pairwise)
	return nil
}

// Diff stretches.
func (SumTo) Diff(in []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{Stretch(grad, in[0].Shape())}
}

// Fit sums n down to shape, or returns it if it already has it.
func Fit(n *Node, shape []int) *Node {
	if slices.Equal(n.Shape(), shape) {
		return n
	}
	return Apply(SumTo{shape}, n)
}

// Stretch broadcasts n to shape, or returns it if it already has it.
func Stretch(n *Node, shape []int) *Node {
	if slices.Equal(n.Shape(), shape) {
		return n
	}
	return Apply(BroadcastTo{shape}, n)
}

// ElementAt returns which element of an operand, of a shape that broadcasts to
// out, element i of an element-wise result is computed from.
func ElementAt(out, operand []int, i int) int {
	at := 0
	st := strides(out, operand)
	for a := len(out) - 1; a >= 0; a-- {
		at += i % out[a] * st[a]
		i /= out[a]
	}
	return at
}

// Position returns the indices of element i in row-major order.
func Position(shape []int, i int) []int { return position(shape, i) }
