package kernel

// The switches from a function of two numbers to its assembly. They call it
// directly, not through a table of functions, so that the compiler sees that
// slices do not escape.

func zip32(op Binary, dst, a, b []float32) bool {
	switch op {
	case OpAdd:
		add32(dst, a, b)
	case OpSub:
		sub32(dst, a, b)
	case OpMul:
		mul32(dst, a, b)
	case OpDiv:
		div32(dst, a, b)
	case OpMin:
		min32(dst, a, b)
	case OpMax:
		max32(dst, a, b)
	case OpLt:
		lt32(dst, a, b)
	case OpLe:
		le32(dst, a, b)
	case OpGt:
		gt32(dst, a, b)
	case OpGe:
		ge32(dst, a, b)
	case OpEq:
		eq32(dst, a, b)
	case OpNe:
		ne32(dst, a, b)
	case OpLogAddExp:
		logaddexp32(dst, a, b)
	case OpMulSquare:
		mulsquare32(dst, a, b)
	default:
		return false
	}
	return true
}

func zipRight32(op Binary, dst, a []float32, b float32) bool {
	switch op {
	case OpAdd:
		add32Right(dst, a, b)
	case OpSub:
		sub32Right(dst, a, b)
	case OpMul:
		mul32Right(dst, a, b)
	case OpDiv:
		div32Right(dst, a, b)
	case OpMin:
		min32Right(dst, a, b)
	case OpMax:
		max32Right(dst, a, b)
	case OpLt:
		lt32Right(dst, a, b)
	case OpLe:
		le32Right(dst, a, b)
	case OpGt:
		gt32Right(dst, a, b)
	case OpGe:
		ge32Right(dst, a, b)
	case OpEq:
		eq32Right(dst, a, b)
	case OpNe:
		ne32Right(dst, a, b)
	case OpLogAddExp:
		logaddexp32Right(dst, a, b)
	case OpMulSquare:
		mulsquare32Right(dst, a, b)
	default:
		return false
	}
	return true
}

func zip64(op Binary, dst, a, b []float64) bool {
	switch op {
	case OpAdd:
		add64(dst, a, b)
	case OpSub:
		sub64(dst, a, b)
	case OpMul:
		mul64(dst, a, b)
	case OpDiv:
		div64(dst, a, b)
	case OpMin:
		min64(dst, a, b)
	case OpMax:
		max64(dst, a, b)
	case OpLt:
		lt64(dst, a, b)
	case OpLe:
		le64(dst, a, b)
	case OpGt:
		gt64(dst, a, b)
	case OpGe:
		ge64(dst, a, b)
	case OpEq:
		eq64(dst, a, b)
	case OpNe:
		ne64(dst, a, b)
	case OpLogAddExp:
		logaddexp64(dst, a, b)
	case OpMulSquare:
		mulsquare64(dst, a, b)
	default:
		return false
	}
	return true
}

func zipRight64(op Binary, dst, a []float64, b float64) bool {
	switch op {
	case OpAdd:
		add64Right(dst, a, b)
	case OpSub:
		sub64Right(dst, a, b)
	case OpMul:
		mul64Right(dst, a, b)
	case OpDiv:
		div64Right(dst, a, b)
	case OpMin:
		min64Right(dst, a, b)
	case OpMax:
		max64Right(dst, a, b)
	case OpLt:
		lt64Right(dst, a, b)
	case OpLe:
		le64Right(dst, a, b)
	case OpGt:
		gt64Right(dst, a, b)
	case OpGe:
		ge64Right(dst, a, b)
	case OpEq:
		eq64Right(dst, a, b)
	case OpNe:
		ne64Right(dst, a, b)
	case OpLogAddExp:
		logaddexp64Right(dst, a, b)
	case OpMulSquare:
		mulsquare64Right(dst, a, b)
	default:
		return false
	}
	return true
}
