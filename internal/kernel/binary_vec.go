package kernel

// The switches from a function of two numbers to its assembly. They call it
// directly, not through a table of functions, so that the compiler sees that
// slices do not escape.

func zip32(op Binary, dst, a, b []float32) bool {
	switch op {
	case OpAdd:
		add32AVX2(dst, a, b)
	case OpSub:
		sub32AVX2(dst, a, b)
	case OpMul:
		mul32AVX2(dst, a, b)
	case OpDiv:
		div32AVX2(dst, a, b)
	case OpMin:
		min32AVX2(dst, a, b)
	case OpMax:
		max32AVX2(dst, a, b)
	case OpLt:
		lt32AVX2(dst, a, b)
	case OpLe:
		le32AVX2(dst, a, b)
	case OpGt:
		gt32AVX2(dst, a, b)
	case OpGe:
		ge32AVX2(dst, a, b)
	case OpEq:
		eq32AVX2(dst, a, b)
	case OpNe:
		ne32AVX2(dst, a, b)
	case OpLogAddExp:
		logaddexp32AVX2(dst, a, b)
	default:
		return false
	}
	return true
}

func zipRight32(op Binary, dst, a []float32, b float32) bool {
	switch op {
	case OpAdd:
		add32RightAVX2(dst, a, b)
	case OpSub:
		sub32RightAVX2(dst, a, b)
	case OpMul:
		mul32RightAVX2(dst, a, b)
	case OpDiv:
		div32RightAVX2(dst, a, b)
	case OpMin:
		min32RightAVX2(dst, a, b)
	case OpMax:
		max32RightAVX2(dst, a, b)
	case OpLt:
		lt32RightAVX2(dst, a, b)
	case OpLe:
		le32RightAVX2(dst, a, b)
	case OpGt:
		gt32RightAVX2(dst, a, b)
	case OpGe:
		ge32RightAVX2(dst, a, b)
	case OpEq:
		eq32RightAVX2(dst, a, b)
	case OpNe:
		ne32RightAVX2(dst, a, b)
	case OpLogAddExp:
		logaddexp32RightAVX2(dst, a, b)
	default:
		return false
	}
	return true
}

func zip64(op Binary, dst, a, b []float64) bool {
	switch op {
	case OpAdd:
		add64AVX2(dst, a, b)
	case OpSub:
		sub64AVX2(dst, a, b)
	case OpMul:
		mul64AVX2(dst, a, b)
	case OpDiv:
		div64AVX2(dst, a, b)
	case OpMin:
		min64AVX2(dst, a, b)
	case OpMax:
		max64AVX2(dst, a, b)
	default:
		return false
	}
	return true
}

func zipRight64(op Binary, dst, a []float64, b float64) bool {
	switch op {
	case OpAdd:
		add64RightAVX2(dst, a, b)
	case OpSub:
		sub64RightAVX2(dst, a, b)
	case OpMul:
		mul64RightAVX2(dst, a, b)
	case OpDiv:
		div64RightAVX2(dst, a, b)
	case OpMin:
		min64RightAVX2(dst, a, b)
	case OpMax:
		max64RightAVX2(dst, a, b)
	default:
		return false
	}
	return true
}
