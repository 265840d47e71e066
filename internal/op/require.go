package op

import (
	"slices"

	"github.com/pkg/errors"
)

// Require is its first operand, and an error where the second, a mask that
// broadcasts to it, is not 0. What describes the operand, Want what it should
// be; the text is not part of what the operation is.
type Require struct{ What, Want string }

func (r Require) String() string { return "require " + r.What }

// Shape is the first operand's.
func (r Require) Shape(in [][]int) ([]int, error) {
	if _, err := (BroadcastTo{in[0]}).Shape(in[1:]); err != nil {
		return nil, err
	}
	return slices.Clone(in[0]), nil
}

// Eval copies, or names the first offending element.
func (r Require) Eval(out Array, in []Array) error {
	at := offsets(out.Shape, strides(out.Shape, in[1].Shape))
	for i := range out.Len() {
		if in[1].At(at[i]) != 0 {
			return errors.Errorf("%s is %v at %v, want %s", r.What, in[0].At(i), position(out.Shape, i), r.Want)
		}
	}
	out.Copy(in[0])
	return nil
}

// position returns the indices of element i in row-major order.
func position(shape []int, i int) []int {
	at := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		at[a] = i % shape[a]
		i /= shape[a]
	}
	return at
}

// Diff passes the adjoint on.
func (Require) Diff(_ []*Node, _, g *Node, _ []bool) []*Node { return []*Node{g, nil} }
