package graph

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/safetensors"
)

// lay gives an array the layout of the parameter.
func (r Rename) lay(a op.Array) (op.Array, error) {
	var err error
	if r.View != nil {
		if a.Shape, err = shaped(a.Shape, r.View); err != nil {
			return a, errors.WithMessage(err, "View")
		}
	}
	if r.Perm != nil {
		t := op.Transpose{Perm: r.Perm}
		shape, err := t.Shape([][]int{a.Shape})
		if err != nil {
			return a, errors.WithMessage(err, "Perm")
		}
		moved := op.NewArray(a.Dtype(), shape)
		if err := t.Eval(moved, []op.Array{a}); err != nil {
			return a, err
		}
		a = moved
	}
	if r.Shape != nil {
		a.Shape, err = shaped(a.Shape, r.Shape)
	}
	return a, errors.WithMessage(err, "Shape")
}

// shaped is the shape to, in which −1 is what is left of the size of from.
func shaped(from, to []int) ([]int, error) {
	size, free, rest := 1, -1, op.Size(from)
	for i, d := range to {
		switch {
		case d == -1 && free < 0:
			free = i
		case d < 0 || d > 0 && size > math.MaxInt/d:
			return nil, errors.Errorf("%v of an array of shape %v", safetensors.Shape(to), safetensors.Shape(from))
		default:
			size *= d
		}
	}
	shape := slices.Clone(to)
	if free >= 0 && size > 0 && rest%size == 0 {
		shape[free] = rest / size
		size = rest
	}
	if slices.Contains(shape, -1) || size != rest {
		return nil, errors.Errorf("%v of an array of shape %v", safetensors.Shape(to), safetensors.Shape(from))
	}
	return shape, nil
}

// read gives what a file has for a parameter its layout and the dtype dt, to which
// numbers of others are rounded if cast is set.
func (a found) read(dt Dtype, cast bool) (op.Array, error) {
	if err := finite(a.Array); err != nil {
		return a.Array, err
	}
	v, err := a.as.lay(a.Array)
	if err != nil {
		return v, err
	}
	if a.dtype == safetensors.F32 && dt == Float32 || a.dtype == safetensors.F64 && dt == Float64 {
		return v, nil
	}
	if !cast {
		return v, errors.Errorf("dtype %s, want %v; Mapping.Cast converts", a.dtype, dt)
	}
	to := op.NewArray(dt, v.Shape)
	for i := range to.Len() {
		if to.Set(i, v.At(i)); math.IsInf(to.At(i), 0) {
			return to, errors.Errorf("element %d is %v, beyond what %v can hold", i, v.At(i), dt)
		}
	}
	return to, nil
}
