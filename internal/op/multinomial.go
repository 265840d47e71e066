package op

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// Multinomial draws counts [lead…, V] that add up to n: operands are noise
// [lead…, StreamNoise], n and weights, both broadcasting to [lead…, V], n with
// 1 on the last axis. Each class takes a binomial share of what is left.
type Multinomial struct{}

// Shape is the noise's with V for StreamNoise.
func (Multinomial) Shape(in []tensor.Shape) (tensor.Shape, error) {
	rows, err := streamShape(in[:1])
	if err != nil {
		return nil, err
	}
	p := in[2]
	if len(p) == 0 || rows[len(rows)-1] != 1 {
		return nil, errors.Errorf("noise of shape %v and weights of shape %v", in[0], p)
	}
	out := rows.Clone()
	out[len(out)-1] = p[len(p)-1]
	for i, s := range []tensor.Shape{rows, out} {
		if _, err := (BroadcastTo{s}).Shape(in[1+i : 2+i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Eval draws.
func (Multinomial) Eval(out Array, in []Array) error {
	v := out.Shape[len(out.Shape)-1]
	rows := append(out.Shape[:len(out.Shape)-1:len(out.Shape)-1], 1)
	n := offsets(rows, strides(rows, in[1].Shape))
	p := offsets(out.Shape, strides(out.Shape, in[2].Shape))
	rest := make([]float64, v+1) // weight of a class and those after it
	for r := range Size(rows) {
		s := stream(in[0], r)
		for i := v - 1; i >= 0; i-- {
			rest[i] = rest[i+1] + in[2].At(p[r*v+i])
		}
		left := in[1].At(n[r])
		for i := range v {
			k := left
			if w := in[2].At(p[r*v+i]); w < rest[i] {
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
