package engine

import (
	"math"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// reduce folds the middle axis of [outer, n, inner].
func reduce[T kernel.Float](a *arrays[T]) func() error {
	r := a.rule.(op.Reduce)
	outer, n, inner, _ := splitFold(r.Axes, a.from[0])
	block := min(inner, blockElems)
	tmp := make([]T, 2*block)
	return func() error {
		for o := range outer {
			row := a.in[0][o*n*inner : (o+1)*n*inner]
			to := a.out[o*inner : (o+1)*inner]
			switch {
			case r.Fold == op.ArgMax:
				argMax(to, row, n, inner)
			case inner == 1 && r.Fold == op.Largest:
				to[0] = kernel.MaxOf(row)
			case inner == 1 && r.Fold == op.Smallest:
				to[0] = kernel.MinOf(row)
			case inner == 1 && r.Fold == op.LogSumExp:
				kernel.RowLogSumExp(to, row, n)
			default:
				for c := 0; c < inner; c += block {
					w := min(block, inner-c)
					foldColumns(r.Fold, to[c:c+w], row[c:], n, inner, tmp[:w], tmp[block:block+w])
				}
			}
		}
		return nil
	}
}

// foldColumns folds n rows, ld elements apart, element by element.
func foldColumns[T kernel.Float](f op.Fold, out, x []T, n, ld int, a, b []T) {
	w := len(out)
	fold := kernel.OpMax
	if f == op.Smallest {
		fold = kernel.OpMin
	}
	copy(out, x[:w])
	for k := 1; k < n; k++ {
		kernel.Zip(fold, out, out, x[k*ld:k*ld+w])
	}
	if f != op.LogSumExp {
		return
	}
	// Where the largest element is infinite or NaN, it is the result and must not be
	// subtracted.
	for i, m := range out {
		if m*0 != 0 {
			out[i] = 0
		}
	}
	clear(a)
	for k := range n {
		kernel.Zip(kernel.OpSub, b, x[k*ld:k*ld+w], out)
		kernel.Map(kernel.OpExp, b, b)
		kernel.Zip(kernel.OpAdd, a, a, b)
	}
	kernel.Map(kernel.OpLog, a, a)
	kernel.Zip(kernel.OpAdd, out, out, a)
}

// argMax writes the position of the first largest of n rows; a NaN is largest.
func argMax[T kernel.Float](out, x []T, n, inner int) {
	for i := range inner {
		best, m := 0, math.Inf(-1)
		for k := range n {
			v := float64(x[k*inner+i])
			if v != v {
				best = k
				break
			}
			if v > m {
				best, m = k, v
			}
		}
		out[i] = T(best)
	}
}
