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
