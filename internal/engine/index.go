package engine

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// index returns element i of x as an index below n.
func index[T kernel.Float](x []T, i, n int) (int, error) {
	v := float64(x[i])
	if v != math.Trunc(v) || v < 0 || v >= float64(n) {
		return 0, errors.Errorf("index %v at position %d, want a whole number in [0,%d)", v, i, n)
	}
	return int(v), nil
}

func gather[T kernel.Float](a *arrays[T]) func() error {
	out, table, at := a.out, a.in[0], a.in[1]
	rows, w := a.from[0][0], op.Size(a.from[0][1:])
	return func() error {
		for i := range at {
			row, err := index(at, i, rows)
			if err != nil {
				return err
			}
			copy(out[i*w:(i+1)*w], table[row*w:])
		}
		return nil
	}
}

func scatterAdd[T kernel.Float](a *arrays[T]) func() error {
	out, x, at := a.out, a.in[0], a.in[1][:op.Size(a.from[1])]
	rows, w := a.rule.(op.ScatterAdd).V, op.Size(a.shape[1:])
	return func() error {
		clear(out)
		for i := range at {
			row, err := index(at, i, rows)
			if err != nil {
				return err
			}
			d := out[row*w : (row+1)*w]
			kernel.Zip(kernel.OpAdd, d, d, x[i*w:(i+1)*w])
		}
		return nil
	}
}

func oneHot[T kernel.Float](a *arrays[T]) func() error {
	out, at, classes := a.out, a.in[0][:op.Size(a.from[0])], a.rule.(op.OneHot).C
	return func() error {
		clear(out)
		for i := range at {
			k, err := index(at, i, classes)
			if err != nil {
				return err
			}
			out[i*classes+k] = 1
		}
		return nil
	}
}
