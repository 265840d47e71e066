package op

// What a formula writes between or behind its operands is a method of a node:
// + − · / ^, comparisons, a sign, a square, and a factor or a summand that is a
// number. Two nodes broadcast.

func (n *Node) binary(f Fn2, x *Node) *Node { return Apply(Binary{Fn: f}, n, x) }

// Add returns n+x.
func (n *Node) Add(x *Node) *Node { return n.binary(Add, x) }

// Sub returns n−x.
func (n *Node) Sub(x *Node) *Node { return n.binary(Sub, x) }

// Mul returns n·x.
func (n *Node) Mul(x *Node) *Node { return n.binary(Mul, x) }

// Div returns n/x.
func (n *Node) Div(x *Node) *Node { return n.binary(Div, x) }

// Pow returns n to the power x. Its derivative by x is 0 where n ≤ 0 and the
// result is finite.
func (n *Node) Pow(x *Node) *Node { return n.binary(Pow, x) }

// Neg returns −n.
func (n *Node) Neg() *Node { return Map(Neg, n) }

// Square returns n².
func (n *Node) Square() *Node { return Map(Square, n) }

// Shift returns n+a.
func (n *Node) Shift(a float64) *Node { return Apply(Unary{Fn: Shift, A: a}, n) }

// Scale returns a·n.
func (n *Node) Scale(a float64) *Node { return Apply(Unary{Fn: Scale, A: a}, n) }

// Lt returns 1 where n < x, else 0. Comparisons have no derivative.
func (n *Node) Lt(x *Node) *Node { return n.binary(Lt, x) }

// Le returns 1 where n ≤ x, else 0.
func (n *Node) Le(x *Node) *Node { return n.binary(Le, x) }

// Gt returns 1 where n > x, else 0.
func (n *Node) Gt(x *Node) *Node { return n.binary(Gt, x) }

// Ge returns 1 where n ≥ x, else 0.
func (n *Node) Ge(x *Node) *Node { return n.binary(Ge, x) }

// Eq returns 1 where n = x, else 0.
func (n *Node) Eq(x *Node) *Node { return n.binary(Eq, x) }

// Ne returns 1 where n ≠ x, else 0.
func (n *Node) Ne(x *Node) *Node { return n.binary(Ne, x) }
