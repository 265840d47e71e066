package kernel

import (
	"math"
	"unsafe"
)

// Binary names a function of two numbers.
type Binary uint8

// The functions of two numbers. A comparison is 1 where it holds and 0
// elsewhere; with a NaN only OpNe holds. OpMin and OpMax are NaN if one number is;
// which of two zeros they give is not specified.
const (
	OpAdd Binary = iota
	OpSub
	OpMul
	OpDiv
	OpMin
	OpMax
	OpLt
	OpLe
	OpGt
	OpGe
	OpEq
	OpNe
	OpLogAddExp // ln(eᵃ + eᵇ), within 2 ulp of the larger of |a|, |b| and ln 2
	OpMulSquare // a·b², with an infinite b as the largest number: 0 where a is 0
	OpPow       // aᵇ; portable on every path

	binaries
)

// Zip sets dst[i] = op(a[i], b[i]). dst may be a or b, but must not overlap
// them otherwise. It panics if the lengths differ.
func Zip[T Float](op Binary, dst, a, b []T) {
	if len(dst) != len(a) || len(dst) != len(b) {
		panicLengths("Zip", len(dst), len(a), len(b))
	}
	for len(a) > chunk {
		Zip(op, dst[:chunk], a[:chunk], b[:chunk])
		dst, a, b = dst[chunk:], a[chunk:], b[chunk:]
	}
	if vectors() {
		if unsafe.Sizeof(T(0)) == 4 {
			if zip32(op, as32(dst), as32(a), as32(b)) {
				return
			}
		} else if zip64(op, as64(dst), as64(a), as64(b)) {
			return
		}
	}
	for i, x := range a {
		dst[i] = binary(op, x, b[i])
	}
}

// ZipRight sets dst[i] = op(a[i], b). dst may be a. It panics if the lengths
// differ.
func ZipRight[T Float](op Binary, dst, a []T, b T) {
	if len(dst) != len(a) {
		panicLengths("ZipRight", len(dst), len(a))
	}
	for len(a) > chunk {
		ZipRight(op, dst[:chunk], a[:chunk], b)
		dst, a = dst[chunk:], a[chunk:]
	}
	if vectors() {
		if unsafe.Sizeof(T(0)) == 4 {
			if zipRight32(op, as32(dst), as32(a), float32(b)) {
				return
			}
		} else if zipRight64(op, as64(dst), as64(a), float64(b)) {
			return
		}
	}
	for i, x := range a {
		dst[i] = binary(op, x, b)
	}
}

// mirror holds the function that does with (b, a) what the index does with
// (a, b), for those that have one.
var mirror = [binaries]Binary{
	OpAdd: OpAdd, OpMul: OpMul, OpMin: OpMin, OpMax: OpMax, OpEq: OpEq, OpNe: OpNe, OpLogAddExp: OpLogAddExp,
	OpLt: OpGt, OpGt: OpLt, OpLe: OpGe, OpGe: OpLe,
	OpSub: binaries, OpDiv: binaries, OpMulSquare: binaries, OpPow: binaries,
}

// ZipLeft sets dst[i] = op(a, b[i]). dst may be b. It panics if the lengths
// differ.
func ZipLeft[T Float](op Binary, dst []T, a T, b []T) {
	if len(dst) != len(b) {
		panicLengths("ZipLeft", len(dst), len(b))
	}
	if m := mirror[op]; m != binaries {
		ZipRight(m, dst, b, a)
		return
	}
	for len(b) > chunk {
		ZipLeft(op, dst[:chunk], a, b[:chunk])
		dst, b = dst[chunk:], b[chunk:]
	}
	if vectors() && op != OpPow {
		switch single := unsafe.Sizeof(T(0)) == 4; {
		case single && op == OpSub:
			sub32Left(as32(dst), float32(a), as32(b))
		case single && op == OpMulSquare:
			mulsquare32Left(as32(dst), float32(a), as32(b))
		case single:
			div32Left(as32(dst), float32(a), as32(b))
		case op == OpSub:
			sub64Left(as64(dst), float64(a), as64(b))
		case op == OpMulSquare:
			mulsquare64Left(as64(dst), float64(a), as64(b))
		default:
			div64Left(as64(dst), float64(a), as64(b))
		}
		return
	}
	for i, y := range b {
		dst[i] = binary(op, a, y)
	}
}

// binary is the portable form.
func binary[T Float](op Binary, a, b T) T {
	var holds bool
	switch op {
	case OpAdd:
		return a + b
	case OpSub:
		return a - b
	case OpMul:
		return a * b
	case OpDiv:
		return a / b
	case OpMin:
		return min(a, b)
	case OpMax:
		return max(a, b)
	case OpMulSquare:
		b = min(b, most[T]())
		return a * b * b
	case OpPow:
		return T(math.Pow(float64(a), float64(b)))
	case OpLogAddExp:
		return T(logAddExp(float64(a), float64(b)))
	case OpLt:
		holds = a < b
	case OpLe:
		holds = a <= b
	case OpGt:
		holds = a > b
	case OpGe:
		holds = a >= b
	case OpEq:
		holds = a == b
	case OpNe:
		holds = a != b
	default:
		panic("kernel: unknown function of two numbers")
	}
	if holds {
		return 1
	}
	return 0
}

// most returns the largest number of a type.
func most[T Float]() T {
	if unsafe.Sizeof(T(0)) == 4 {
		return math.MaxFloat32
	}
	big := math.MaxFloat64
	return T(big)
}
