package kernel

// A convPhase is a convolution as a product of matrices. The rows of the first
// are places of the pictures that are computed; each is gathered from the source
// when a block of rows is packed. The result has one phase. The derivative by the
// input has one for every remainder that places leave by the strides, since only
// some elements of the window reach the places of each.
type convPhase struct {
	h, w   convRange
	taps   []convTap
	runs   []convRun
	k      int // columns of the gathered matrix, of a group
	blocks cut // of the rows, of all pictures; if byRow, of the rows of places

	byRow        bool        // see conv_rows.go
	clears       bool        // whole rows of what is computed first
	beside       [][]convTap // see conv_beside.go
	lowest, span int         // the first row that runs read, from where a row reads first, and how many there are
}

// A convRange is the places first, first+stride, … of an axis that a phase
// computes, n of them, and how far it moves in the source from one to the next.
type convRange struct{ n, first, stride, step, from int }

// A convTap is one element of the window: what it reads lies h rows and w
// columns from the place that a row reads from, and the weights of its channels
// begin at an offset.
type convTap struct{ h, w, weights int }

// A convRun is the columns at ≤ p < to of gathered rows that are neighbours in
// the source: of n taps in a row.
type convRun struct{ h, w, n, at, to int }

// runsOf lists the runs of taps, of as many channels each. Those that follow each
// other are one if a place has no other channels.
func runsOf(taps []convTap, channels int, whole bool) (runs []convRun, k int) {
	for _, t := range taps {
		if l := len(runs) - 1; whole && l >= 0 && runs[l].h == t.h && runs[l].w+runs[l].n == t.w {
			runs[l].n++
			runs[l].to += channels
		} else {
			runs = append(runs, convRun{t.h, t.w, 1, k, k + channels})
		}
		k += channels
	}
	return runs, k
}

// A convSource is the pictures that rows are gathered from, and the channels of a
// group of them.
type convSource[T Float] struct {
	x              []T
	h, w, channels int
	first, each    int
}

// gather writes columns from ≤ p < to of the rows i0 ≤ i < i1 of a phase to dst,
// whose rows are ld apart.
func (s *convSource[T]) gather(ph *convPhase, dst []T, ld, i0, i1, from, to int) {
	b := i0 % ph.w.n
	a := i0 / ph.w.n % ph.h.n
	n := i0 / ph.w.n / ph.h.n
	for i := range i1 - i0 {
		d := dst[i*ld:][:to-from]
		h0, w0 := a*ph.h.step+ph.h.from, b*ph.w.step+ph.w.from
		for r := range ph.runs {
			run := &ph.runs[r]
			if run.at >= to {
				break
			}
			if run.to <= from {
				continue
			}
			p0, p1 := max(run.at, from), min(run.to, to)
			out := d[p0-from : p1-from]
			h, w := h0+run.h, w0+run.w
			lo, hi := p0, p1 // the columns that are inside
			if w < 0 {
				lo = min(max(lo, run.at-w*s.each), p1)
			}
			if w+run.n > s.w {
				hi = max(min(hi, run.at+(s.w-w)*s.each), lo)
			}
			if h < 0 || h >= s.h {
				hi = lo
			}
			if lo > p0 || hi < p1 {
				clear(out)
				if hi == lo {
					continue
				}
			}
			x := s.x[((n*s.h+h)*s.w+w)*s.channels+s.first+lo-run.at:]
			if out = out[lo-p0 : hi-p0]; len(out) < 8 {
				for k, v := range x[:len(out)] {
					out[k] = v
				}
			} else {
				copy(out, x)
			}
		}
		if b++; b == ph.w.n {
			b = 0
			if a++; a == ph.h.n {
				a, n = 0, n+1
			}
		}
	}
}
