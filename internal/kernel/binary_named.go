package kernel

// Each of these is Zip with the operation of its name; see there and Binary.
// With a scalar operand use ZipRight and ZipLeft.

// Add sets every element of dst to a + b.
func Add[T Float](dst, a, b []T) { Zip(OpAdd, dst, a, b) }

// Sub sets every element of dst to a - b.
func Sub[T Float](dst, a, b []T) { Zip(OpSub, dst, a, b) }

// Mul sets every element of dst to a·b.
func Mul[T Float](dst, a, b []T) { Zip(OpMul, dst, a, b) }

// Div sets every element of dst to a/b.
func Div[T Float](dst, a, b []T) { Zip(OpDiv, dst, a, b) }

// Min sets every element of dst to the smaller of a and b.
func Min[T Float](dst, a, b []T) { Zip(OpMin, dst, a, b) }

// Max sets every element of dst to the larger of a and b.
func Max[T Float](dst, a, b []T) { Zip(OpMax, dst, a, b) }

// Lt sets every element of dst to 1 where a < b, else 0.
func Lt[T Float](dst, a, b []T) { Zip(OpLt, dst, a, b) }

// Le sets every element of dst to 1 where a ≤ b, else 0.
func Le[T Float](dst, a, b []T) { Zip(OpLe, dst, a, b) }

// Gt sets every element of dst to 1 where a > b, else 0.
func Gt[T Float](dst, a, b []T) { Zip(OpGt, dst, a, b) }

// Ge sets every element of dst to 1 where a ≥ b, else 0.
func Ge[T Float](dst, a, b []T) { Zip(OpGe, dst, a, b) }

// Eq sets every element of dst to 1 where a = b, else 0.
func Eq[T Float](dst, a, b []T) { Zip(OpEq, dst, a, b) }

// Ne sets every element of dst to 1 where a ≠ b, else 0.
func Ne[T Float](dst, a, b []T) { Zip(OpNe, dst, a, b) }

// LogAddExp sets every element of dst to ln(eᵃ + eᵇ).
func LogAddExp[T Float](dst, a, b []T) { Zip(OpLogAddExp, dst, a, b) }

// Pow sets every element of dst to aᵇ.
func Pow[T Float](dst, a, b []T) { Zip(OpPow, dst, a, b) }
