package kernel

import (
	"math"
	"unsafe"
)

// Uniform fills dst with elements first, first+1, … of one row of one sample,
// uniform on the open interval (0, 1): odd multiples of 2^-24 in float32 and of
// 2^-53 in float64, so 1-u is exact and has the same law. Bit-identical on
// every path.
func Uniform[T Float](dst []T, n Noise, sample, row, first uint32) {
	fill(kindUniform, dst, n, sample, row, first)
}

// Normal fills dst with elements first, first+1, … of one row of one sample,
// standard normal, by the method of Box and Muller on the pair (2i, 2i+1):
//
//	r = √(-2 ln u), z[2i] = r cos 2πv, z[2i+1] = r sin 2πv
//
// In float32 u and v have all 32 bits of a word each (|z| reaches 6.76), in
// float64 u has 53 (8.57). Paths agree within 5 ulp in float32.
func Normal[T Float](dst []T, n Noise, sample, row, first uint32) {
	fill(kindNormal, dst, n, sample, row, first)
}

// Bernoulli sets dst[i] to 1 where the uniform number that Uniform would put
// there is below p[i], and to 0 elsewhere (so also where p[i] is NaN). dst may
// be p. It panics if the lengths differ.
func Bernoulli[T Float](dst, p []T, n Noise, sample, row, first uint32) {
	if len(dst) != len(p) {
		panicLengths("Bernoulli", len(dst), len(p))
	}
	var u [512]T
	for len(dst) > 0 {
		k := min(len(u), len(dst))
		Uniform(u[:k], n, sample, row, first)
		Zip(OpLt, dst[:k], u[:k], p[:k])
		dst, p, first = dst[k:], p[k:], first+uint32(k)
	}
}

type fillKind uint8

const (
	kindUniform fillKind = iota
	kindNormal
)

// fillChunk bounds the elements between two points where the scheduler can
// stop the goroutine. It is a multiple of every block size.
const fillChunk = 8192

func fill[T Float](kind fillKind, dst []T, n Noise, sample, row, first uint32) {
	if uint64(first)+uint64(len(dst)) > 1<<32 {
		panic("kernel: a row of noise has more than 2^32 elements")
	}
	for len(dst) > fillChunk {
		k := fillChunk - int(first%fillChunk)
		fill(kind, dst[:k], n, sample, row, first)
		dst, first = dst[k:], first+uint32(k)
	}
	if single := unsafe.Sizeof(T(0)) == 4; single && vectors() {
		fillVector(kind, as32(dst), n, sample, row, first)
	} else if single {
		fill32(kind, as32(dst), n, sample, row, first)
	} else {
		fill64(kind, as64(dst), n, sample, row, first)
	}
}

// fillVector fills whole groups of 32 elements in place and the ends by way of
// a buffer.
func fillVector(kind fillKind, dst []float32, n Noise, sample, row, first uint32) {
	group := func(dst *float32, groups int, block uint32) {
		if kind == kindUniform {
			uniform32AVX2(dst, groups, n.Key, block, row, sample, n.Step)
		} else {
			normal32AVX2(dst, groups, n.Key, block, row, sample, n.Step)
		}
	}
	var buf [32]float32
	if skip := first % 4; skip != 0 && len(dst) > 0 {
		group(&buf[0], 1, first/4)
		k := copy(dst, buf[skip:])
		dst, first = dst[k:], first+uint32(k)
	}
	if groups := len(dst) / 32; groups > 0 {
		group(&dst[0], groups, first/4)
		dst, first = dst[32*groups:], first+uint32(32*groups)
	}
	if len(dst) > 0 {
		group(&buf[0], 1, first/4)
		copy(dst, buf[:])
	}
}

func fill32(kind fillKind, dst []float32, n Noise, sample, row, first uint32) {
	for i := 0; i < len(dst); {
		e := first + uint32(i)
		w := Philox(n.Key, [4]uint32{e / 4, row, sample, n.Step})
		var z [4]float32
		if kind == kindUniform {
			z = [4]float32{uniform32(w[0]), uniform32(w[1]), uniform32(w[2]), uniform32(w[3])}
		} else {
			z[0], z[1] = boxMuller32(w[0], w[1])
			z[2], z[3] = boxMuller32(w[2], w[3])
		}
		i += copy(dst[i:], z[e%4:])
	}
}

func fill64(kind fillKind, dst []float64, n Noise, sample, row, first uint32) {
	for i := 0; i < len(dst); {
		e := first + uint32(i)
		w := Philox(n.Key, [4]uint32{e / 2, row, sample, n.Step})
		a, b := uint64(w[0])<<32|uint64(w[1]), uint64(w[2])<<32|uint64(w[3])
		var z [2]float64
		if kind == kindUniform {
			z = [2]float64{uniform64(a), uniform64(b)}
		} else {
			z[0], z[1] = boxMuller64(a, b)
		}
		i += copy(dst[i:], z[e%2:])
	}
}

func uniform32(w uint32) float32 { return float32(int32(w>>8|1)) * 0x1p-24 }

func uniform64(w uint64) float64 { return float64(int64(w>>11|1)) * 0x1p-53 }

// boxMuller32 uses u = (a+½)/2^32, whose double is exact.
func boxMuller32(a, b uint32) (float32, float32) {
	r := math.Sqrt(-2 * math.Log((float64(a)+.5)*0x1p-32))
	sin, cos := turn(uint64(b) << 32)
	return float32(r * cos), float32(r * sin)
}

func boxMuller64(a, b uint64) (float64, float64) {
	r := math.Sqrt(-2 * math.Log(uniform64(a)))
	sin, cos := turn(b)
	return r * cos, r * sin
}

// turn returns the sine and cosine of the angle 2π·w/2^64. The reduction to
// within an eighth of a turn is done on the integer and so is exact.
func turn(w uint64) (sin, cos float64) {
	q := (w + 1<<61) >> 62
	sin, cos = math.Sincos(float64(int64(w-q<<62)) * (2 * math.Pi * 0x1p-64))
	switch q & 3 {
	case 1:
		return cos, -sin
	case 2:
		return -sin, -cos
	case 3:
		return -cos, sin
	}
	return sin, cos
}
