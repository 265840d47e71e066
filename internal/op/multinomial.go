package op

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Multinomial draws counts [lead…, V] that add up to n: operands are noise
// [lead…, StreamNoise], n with 1 on the last axis and weights [lead…, V],
// which broadcast. Each class takes a binomial share of what is left.
type Multinomial struct{}

// Shape is that of noise and parameters, with V for StreamNoise.
func (Multinomial) Shape(in [][]int) ([]int, error) {
	rows, err := streamsShape(in[0])
	if err != nil {
		return nil, err
	}
	n, p := in[1], in[2]
	if len(p) == 0 || rows[len(rows)-1] != 1 || len(n) > 0 && n[len(n)-1] != 1 {
		return nil, errors.Errorf("noise of shape %v, total of shape %v and weights of shape %v", in[0], n, p)
	}
	lead := len(rows) - 1
	rows = slices.Clone(rows)
	rows[lead] = p[len(p)-1] // the noise is for all of them
	return Broadcast(rows, n, p)
}

// Eval draws.
func (Multinomial) Eval(out Array, in []Array) error {
	v := out.Shape[len(out.Shape)-1]
	w := evalScratches.Get().(*evalScratch)
	defer evalScratches.Put(w)
	var few [ranks]int
	rows := append(append(few[:0], out.Shape[:len(out.Shape)-1]...), 1)
	key, n, p := w.streams(rows, in[0].Shape), w.operandOffsets(1, rows, in[1].Shape), w.operandOffsets(2, out.Shape, in[2].Shape)
	w.row = slices.Grow(w.row[:0], v+1)
	rest := w.row[:v+1] // weight of a class and those after it
	rest[v] = 0
	for r := range Size(rows) {
		s := stream(in[0], offsetAt(key, r))
		for i := v - 1; i >= 0; i-- {
			rest[i] = rest[i+1] + in[2].At(offsetAt(p, r*v+i))
		}
		left := in[1].At(offsetAt(n, r))
		for i := range v {
			k := left
			if w := in[2].At(offsetAt(p, r*v+i)); w < rest[i] {
				k = binomial(&s, left, math.Log(w)-math.Log(rest[i+1]))
			}
			out.Set(r*v+i, k)
			left -= k
		}
	}
	return nil
}

// Diff is zero.
func (Multinomial) Diff([]*Node, *Node, *Node, []bool) []*Node { return make([]*Node, 3) }
