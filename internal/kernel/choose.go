package kernel

import "unsafe"

// Where sets dst[i] = a[i] where cond[i] is not zero (NaN is not) and b[i]
// elsewhere. dst may be any operand. It panics if the lengths differ.
func Where[T Float](dst, cond, a, b []T) {
	if len(dst) != len(cond) || len(dst) != len(a) || len(dst) != len(b) {
		panicLengths("Where", len(dst), len(cond), len(a), len(b))
	}
	for len(cond) > chunk {
		Where(dst[:chunk], cond[:chunk], a[:chunk], b[:chunk])
		dst, cond, a, b = dst[chunk:], cond[chunk:], a[chunk:], b[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		where32(as32(dst), as32(cond), as32(a), as32(b))
	case vectors():
		where64(as64(dst), as64(cond), as64(a), as64(b))
	default:
		for i, c := range cond {
			if c != 0 {
				dst[i] = a[i]
			} else {
				dst[i] = b[i]
			}
		}
	}
}

// LeakyRelu sets dst[i] to x = src[i], or to slope·x below zero. dst may be src.
// It panics if the lengths differ.
func LeakyRelu[T Float](dst, src []T, slope T) {
	if len(dst) != len(src) {
		panicLengths("LeakyRelu", len(dst), len(src))
	}
	for len(src) > chunk {
		LeakyRelu(dst[:chunk], src[:chunk], slope)
		dst, src = dst[chunk:], src[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		leakyrelu32(as32(dst), as32(src), float32(slope))
	case vectors():
		leakyrelu64(as64(dst), as64(src), float64(slope))
	default:
		for i, x := range src {
			if x < 0 {
				x *= slope
			}
			dst[i] = x
		}
	}
}

// Clamp sets dst[i] = min(max(src[i], lo), hi); NaN stays. dst may be src. It
// panics if the lengths differ.
func Clamp[T Float](dst, src []T, lo, hi T) {
	if len(dst) != len(src) {
		panicLengths("Clamp", len(dst), len(src))
	}
	for len(src) > chunk {
		Clamp(dst[:chunk], src[:chunk], lo, hi)
		dst, src = dst[chunk:], src[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		clamp32(as32(dst), as32(src), float32(lo), float32(hi))
	case vectors():
		clamp64(as64(dst), as64(src), float64(lo), float64(hi))
	default:
		for i, x := range src {
			dst[i] = min(max(x, lo), hi)
		}
	}
}

// Outside sets dst[i] = 1 where src[i] < lo or src[i] > hi and 0 elsewhere, NaN
// included. dst may be src. It panics if the lengths differ.
func Outside[T Float](dst, src []T, lo, hi T) {
	if len(dst) != len(src) {
		panicLengths("Outside", len(dst), len(src))
	}
	for len(src) > chunk {
		Outside(dst[:chunk], src[:chunk], lo, hi)
		dst, src = dst[chunk:], src[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		outside32(as32(dst), as32(src), float32(lo), float32(hi))
	case vectors():
		outside64(as64(dst), as64(src), float64(lo), float64(hi))
	default:
		for i, x := range src {
			dst[i] = 0
			if x < lo || x > hi {
				dst[i] = 1
			}
		}
	}
}

// Between sets dst[i] to x[i] moved between lo[i] and hi[i]: no nearer to them
// than the next number, and near 0 than tiny; to lo[i] where there is no room.
// An end that is infinite or NaN is none. dst may be any operand. It panics if
// the lengths differ.
func Between[T Float](dst, x, lo, hi []T, tiny T) {
	if len(dst) != len(x) || len(dst) != len(lo) || len(dst) != len(hi) {
		panicLengths("Between", len(dst), len(x), len(lo), len(hi))
	}
	for len(x) > chunk {
		Between(dst[:chunk], x[:chunk], lo[:chunk], hi[:chunk], tiny)
		dst, x, lo, hi = dst[chunk:], x[chunk:], lo[chunk:], hi[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		between32(as32(dst), as32(x), as32(lo), as32(hi), near32, float32(tiny))
	case vectors():
		between64(as64(dst), as64(x), as64(lo), as64(hi), near64, float64(tiny))
	default:
		for i, v := range x {
			dst[i] = between(v, lo[i], hi[i], tiny)
		}
	}
}

// A step of |x|·near, a little more than half of the last place where that is
// smallest and at most one elsewhere, rounds to one place up and down.
const (
	near32 = 0x1p-24 * (1 + 0x1p-22)
	near64 = 0x1p-53 * (1 + 0x1p-50)
)

func between[T Float](x, lo, hi, tiny T) T {
	near := T(near64)
	if unsafe.Sizeof(T(0)) == 4 {
		near = near32
	}
	low := fma(max(lo, -lo), near, lo) + tiny
	top := fma(-max(hi, -hi), near, hi) - tiny
	if lo > top {
		top = lo
	}
	if top < x {
		x = top
	}
	if top < low {
		low = top
	}
	if low > x {
		return low
	}
	return x
}
