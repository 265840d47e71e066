package kernel

import "unsafe"

// RowSoftmax sets each row of dst to the exponential of RowLogSoftmax. dst may
// be x.
func RowSoftmax[T Float](dst, x []T, cols int, low T) { rowSoftmax(dst, x, cols, 1, low) }

// rowSoftmax is RowSoftmax of scale·x, scale ≥ 0; low is what the largest x is at least.
func rowSoftmax[T Float](dst, x []T, cols int, scale, low T) {
	if byRows[T](cols) && rowCount("RowSoftmax", len(x), cols) > 0 && len(dst) == len(x) {
		for d, v, n := as32(dst), as32(x), chunk/cols*cols; len(v) > 0; d, v = d[n:], v[n:] {
			n = min(n, len(v))
			softmaxRows(d[:n], v[:n], cols, float32(scale), float32(low))
		}
		return
	}
	eachRows("RowSoftmax", dst, x, cols, func(d, x []T) {
		if cols < narrow {
			belowMax(d, x, cols, low)
			scaled(d, scale)
			Map(OpExp, d, d)
			for ; len(d) > 0; d = d[cols:] {
				if s := added(d[:cols]); s > 0 {
					s = 1 / s
					for i := range d[:cols] {
						d[i] *= s
					}
				}
			}
			return
		}
		ZipRight(OpSub, d, x, max(MaxOf(x), low))
		scaled(d, scale)
		Map(OpExp, d, d)
		if s := Sum(d); s > 0 {
			ZipRight(OpMul, d, d, T(1/s))
		}
	})
}

func scaled[T Float](x []T, by T) {
	if by != 1 {
		ZipRight(OpMul, x, x, by)
	}
}

// rowSoftmaxGrad sets dst to the derivative by x of the row y = softmax(scale·x), from grad
// by y. dst may be grad.
func rowSoftmaxGrad[T Float](dst, grad, y []T, cols int, scale T) {
	if byRows[T](cols) {
		for d, g, v, n := as32(dst), as32(grad), as32(y), chunk/cols*cols; len(v) > 0; d, g, v = d[n:], g[n:], v[n:] {
			n = min(n, len(v))
			softmaxRowsGrad(d[:n], g[:n], v[:n], cols, float32(scale))
		}
		return
	}
	for ; len(y) > 0; dst, grad, y = dst[cols:], grad[cols:], y[cols:] {
		d, g, v := dst[:cols], grad[:cols], y[:cols]
		var sum [1]T
		dots := dotArgs[T]{x: g, y: v, c: sum[:], k: cols, rows: 1}
		dots.run(active, 1)
		ZipRight(OpSub, d, g, sum[0])
		Zip(OpMul, d, d, v)
		ZipRight(OpMul, d, d, scale)
	}
}

// byRows reports whether assembly goes through rows of cols elements: a call takes whole
// rows, and not too many elements.
func byRows[T Float](cols int) bool {
	return vectors() && unsafe.Sizeof(T(0)) == 4 && cols > 0 && cols <= chunk
}

//go:noinline
func softmaxRows(dst, x []float32, cols int, scale, low float32) {
	softmax32(dst, x, cols, scale, low)
}

//go:noinline
func softmaxRowsGrad(dst, grad, y []float32, cols int, scale float32) {
	softmaxGrad32(dst, grad, y, cols, scale)
}
