package engine

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// index returns element i of x as an index below n.
func index[T kernel.Float](x []T, i, n int) (int, error) {
	v := float64(x[i])
	if v != math.Trunc(v) || v < 0 || v >= float64(n) {
		return 0, errors.Errorf("index %v at position %d, want a whole number in [0,%d)", v, i, n)
	}
	return int(v), nil
}

func gatherRows[T kernel.Float](out, table, at []T, rows, w int) error {
	for i := range at {
		row, err := index(at, i, rows)
		if err != nil {
			return err
		}
		copy(out[i*w:(i+1)*w], table[row*w:])
	}
	return nil
}

func scatterAdd[T kernel.Float](out, x, at []T, rows, w int) error {
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

func oneHot[T kernel.Float](out, at []T, classes int) error {
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
