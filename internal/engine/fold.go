package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// target returns the memory that a part adds to.
func (f *foldCode[T]) target(part int) []T {
	if f.partials == nil {
		return f.mem
	}
	return f.partials[part*f.stride:][:len(f.mem)]
}

// before clears memory that parts add to without a result of their own.
func (f *foldCode[T]) before() {
	if f.partials == nil && (f.kind == mixed || f.kind == ofCols) {
		clear(f.mem)
	}
}

// begin clears the result that a part keeps for itself.
func (f *foldCode[T]) begin(w *scratch[T], part int) {
	w.acc[f.acc] = 0
	switch {
	case f.kind == total:
		f.total[part] = 0
	case f.partials != nil:
		clear(f.target(part))
	}
}

// block adds a vector to the reduction: rows whole rows from row on, or part of
// one row from column col on.
func (f *foldCode[T]) block(l *loopCode[T], w *scratch[T], x []T, part, row, rows, col int) {
	to := f.target(part)
	n := len(x) / rows
	switch f.kind {
	case total:
		f.total[part] += kernel.Sum(x)
	case ofRows:
		switch {
		case f.fold.fold == op.Largest:
			kernel.RowMax(to[row:row+rows], x, n)
		case f.fold.fold == op.Smallest:
			for r := range rows {
				to[row+r] = kernel.MinOf(x[r*n : (r+1)*n])
			}
		case f.fold.fold == op.LogSumExp:
			kernel.RowLogSumExp(to[row:row+rows], x, n)
		case rows > 1 || n == l.cols:
			for r := range rows {
				to[row+r] = T(kernel.Sum(x[r*n : (r+1)*n]))
			}
		default:
			w.acc[f.acc] += kernel.Sum(x)
		}
	case mixed:
		for r := range rows {
			at := l.rowAt(&f.access, w.coord, row+r)
			to[at] += T(kernel.Sum(x[r*n : (r+1)*n]))
		}
	case ofCols:
		if rows > 1 && allZero(f.outer) {
			tmp := w.regs[l.regs*l.span:]
			for rows > fewRows { // halves, one added to the other
				h := rows / 2 * n
				kernel.Zip(kernel.OpAdd, tmp[:h], x[:h], x[h:2*h])
				if rows%2 == 1 {
					kernel.Zip(kernel.OpAdd, tmp[:n], tmp[:n], x[2*h:][:n])
				}
				x, rows = tmp, rows/2
			}
			kernel.AddRows(to, x[:rows*n])
			return
		}
		for r := range rows {
			at := l.rowAt(&f.access, w.coord, row+r) + col
			kernel.Zip(kernel.OpAdd, to[at:at+n], to[at:at+n], x[r*n:(r+1)*n])
		}
	}
}

const fewRows = 8 // that are added one after the other

// rowAt returns the offset of a row.
func (l *loop) rowAt(a *access, coord []int, row int) int {
	if len(l.outer) < 2 {
		return a.off + row*sum(a.outer)
	}
	l.seek(coord, row)
	return a.at(coord)
}

// endRow writes the sum of a row that came in several blocks.
func (f *foldCode[T]) endRow(w *scratch[T], part, row int) {
	if f.pieces {
		f.target(part)[row] = T(w.acc[f.acc])
		w.acc[f.acc] = 0
	}
}

// after combines the results that the parts kept for themselves.
func (f *foldCode[T]) after() {
	switch {
	case f.kind == total:
		s := 0.0
		for _, v := range f.total {
			s += v
		}
		f.mem[0] = T(s)
	case f.partials != nil:
		n := len(f.mem)
		copy(f.mem, f.partials[:n])
		for p := f.stride; p < len(f.partials); p += f.stride {
			kernel.Zip(kernel.OpAdd, f.mem, f.mem, f.partials[p:p+n])
		}
	}
}
