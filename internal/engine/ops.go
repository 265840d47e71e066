package engine

import (
	"reflect"

	"github.com/latentgo/latent/internal/op"
)

// kind says how a value is computed.
type kind uint8

const (
	uncomputed kind = iota // nothing runs: a leaf, a constant or a view of another value
	fusedLoop              // a fused loop computes it, element by element, or reduces it
	product                // a matrix product
	direct                 // a plain loop of its own computes it
	evaluate               // the evaluation of its rule, or of Gorgonia, computes it
)

// An operation is what the engine knows of the rules of one type. The zero
// value but for its kind, evaluate, fits every rule: its own evaluation computes
// it, from operands in row-major order.
type operation struct {
	cannotFail bool // an empty result needs no evaluation
	byElement  bool // an element of the result is computed from one of each operand

	// view returns where the result lies in the memory of its operand, which lies in u
	// and has the shape from, if strides can say it. nil: it never does.
	view func(r op.Rule, u place, from, to []int) (place, bool)

	// kind says how the result is computed where it is no view. choose, if not nil, does
	// so instead, for an operand of a shape, and says whether a loop wants that in
	// row-major order. strided, of direct rules, says that views are read as they are.
	kind    kind
	choose  func(r op.Rule, from []int) (k kind, dense bool)
	strided bool

	// Of loops: the domain is the shape of the operand, not of the result, if
	// fromOperand is set. folds returns the strides of a reduction's result over its
	// domain. whole returns the length of rows that no block may cut, 0 for none.
	fromOperand bool
	folds       func(r op.Rule, rank int, result []int) []int
	whole       func(r op.Rule, domain []int) int
	instr       func(r op.Rule) instr

	// Of direct rules: the loop; the nanoseconds on one worker, nil for one an element;
	// and, if it is much, the multiplications and additions.
	loop        plainLoop
	cost, flops func(r op.Rule, from [][]int, to []int) float64
}

// copied is the rule of a value that holds the elements of a view in row-major
// order. It and logSoftmax are rules of the engine's own: a loop computes them, and the
// evaluation of the rule within, which names them in messages, is never called.
type copied struct{ op.Rule }

func (copied) String() string { return "copy" }

// logSoftmax is the rule of x − l, the difference of x and the log-sum-exp of
// its rows, or low if l is below: so it is for a row of −Inf alone. It does not
// round x at the size of l.
type logSoftmax struct {
	op.Rule // the difference
	low     float64
}

func (logSoftmax) String() string { return "log-softmax" }

func logSoftmaxInstr(r op.Rule) instr {
	return instr{code: logSoftmaxOf, k: [2]float64{r.(logSoftmax).low}}
}

func typeOf[R op.Rule]() reflect.Type { return reflect.TypeFor[R]() }

// operations has a row for each type of rule that the engine computes faster than
// by its evaluation.
var operations = map[reflect.Type]*operation{
	typeOf[op.Unary]():   {cannotFail: true, byElement: true, kind: fusedLoop, instr: unaryInstr},
	typeOf[op.Binary]():  {cannotFail: true, byElement: true, choose: chooseBinary, instr: binaryInstr},
	typeOf[op.Where]():   {cannotFail: true, byElement: true, kind: fusedLoop, instr: always(where)},
	typeOf[op.Between](): {cannotFail: true, byElement: true, kind: fusedLoop, instr: always(between)},
	typeOf[logSoftmax](): {kind: fusedLoop, whole: lastAxis, instr: logSoftmaxInstr},
	typeOf[copied]():     {kind: fusedLoop, fromOperand: true, instr: always(move)},

	typeOf[op.Reshape]():     {cannotFail: true, view: viewReshape, kind: fusedLoop, fromOperand: true, instr: always(move)},
	typeOf[op.BroadcastTo](): {cannotFail: true, view: viewBroadcast, kind: evaluate},
	typeOf[op.Slice]():       {cannotFail: true, view: viewSlice, kind: evaluate},
	typeOf[op.Transpose]():   {cannotFail: true, view: viewTranspose, kind: direct, strided: true, loop: plainLoop{transpose[float32], transpose[float64]}},

	typeOf[op.SumTo]():  {cannotFail: true, kind: fusedLoop, fromOperand: true, folds: foldSumTo, instr: always(foldOf)},
	typeOf[op.Reduce](): {cannotFail: true, choose: chooseReduce, fromOperand: true, folds: foldReduce, whole: wholeReduce, instr: always(foldOf), loop: plainLoop{reduce[float32], reduce[float64]}},
	typeOf[op.MatMul](): {cannotFail: true, kind: product},

	typeOf[op.Pad]():           {cannotFail: true, kind: direct, loop: plainLoop{pad[float32], pad[float64]}},
	typeOf[op.Concat]():        {cannotFail: true, kind: direct, loop: plainLoop{concat[float32], concat[float64]}},
	typeOf[op.Take]():          {cannotFail: true, kind: direct, loop: plainLoop{take[float32], take[float64]}},
	typeOf[op.Put]():           {cannotFail: true, kind: direct, loop: plainLoop{put[float32], put[float64]}},
	typeOf[op.Diag]():          {cannotFail: true, kind: direct, loop: plainLoop{diag[float32], diag[float64]}},
	typeOf[op.DiagPart]():      {cannotFail: true, kind: direct, loop: plainLoop{diagPart[float32], diagPart[float64]}},
	typeOf[op.Tril]():          {cannotFail: true, kind: direct, loop: plainLoop{tril[float32], tril[float64]}},
	typeOf[op.CumSum]():        {cannotFail: true, kind: direct, loop: plainLoop{cumSum[float32], cumSum[float64]}},
	typeOf[op.Gather]():        {kind: direct, loop: plainLoop{gather[float32], gather[float64]}},
	typeOf[op.ScatterAdd]():    {kind: direct, loop: plainLoop{scatterAdd[float32], scatterAdd[float64]}},
	typeOf[op.Conv]():          {cannotFail: true, kind: direct, cost: convCost, flops: convFLOPs}, // instructions in windowed.go
	typeOf[op.Pooling]():       {cannotFail: true, kind: direct, cost: poolCost},
	typeOf[op.Attention]():     {cannotFail: true, kind: direct, cost: attentionCost, flops: attentionFLOPs}, // instructions in attending.go
	typeOf[op.AttentionGrad](): {cannotFail: true, kind: direct, cost: attentionCost, flops: attentionFLOPs},
	typeOf[op.OneHot]():        {kind: direct, loop: plainLoop{oneHot[float32], oneHot[float64]}},
}

var (
	noRule  = &operation{}
	anyRule = &operation{kind: evaluate}
)

// operationOf returns what is known of a rule; of a leaf or constant, which has none,
// nothing.
func operationOf(r op.Rule) *operation {
	if o := operations[reflect.TypeOf(r)]; o != nil {
		return o
	}
	return anyRule
}

func always(c code) func(op.Rule) instr {
	i := instr{code: c, cost: max(plain, codes[c].cost)}
	return func(op.Rule) instr { return i }
}

func chooseBinary(r op.Rule, _ []int) (kind, bool) {
	if f := r.(op.Binary).Fn; int(f) < len(functions2) && functions2[f].cost > 0 {
		return fusedLoop, false
	}
	return evaluate, true
}

// chooseReduce takes loops for sums and for rows that fit in a block. Rows of several
// axes are one only where they lie one after the other.
func chooseReduce(rule op.Rule, from []int) (kind, bool) {
	r := rule.(op.Reduce)
	if r.Fold == op.Sum {
		return fusedLoop, false
	}
	if byRows(r, from) {
		return fusedLoop, !oneAxis(r, from)
	}
	if _, _, _, ok := splitFold(r.Axes, from); ok && r.Fold <= op.ArgMax {
		return direct, true
	}
	return evaluate, true
}

// byRows reports whether a fold other than a sum is over the last axes and of
// rows that fit in a block.
func byRows(r op.Reduce, shape []int) bool {
	_, n, inner, ok := splitFold(r.Axes, shape)
	return ok && inner == 1 && n <= blockElems && r.Fold < op.ArgMax
}

// oneAxis reports whether the rows of byRows are those of one axis.
func oneAxis(r op.Reduce, shape []int) bool {
	_, n, _, _ := splitFold(r.Axes, shape)
	return n == cutsOf(shape)[0]
}

func foldSumTo(_ op.Rule, rank int, result []int) []int { return leading(result, rank) }

func foldReduce(r op.Rule, rank int, result []int) []int {
	return keptAxes(r.(op.Reduce).Axes, rank, result)
}

func wholeReduce(rule op.Rule, domain []int) (n int) {
	if r := rule.(op.Reduce); r.Fold != op.Sum {
		_, n, _, _ = splitFold(r.Axes, domain)
	}
	return n
}

func lastAxis(_ op.Rule, domain []int) int { return cutsOf(domain)[0] }

func viewReshape(_ op.Rule, u place, from, to []int) (place, bool) {
	st, ok := restride(from, u.st, to)
	return place{u.off, st}, ok
}

func viewBroadcast(_ op.Rule, u place, _, to []int) (place, bool) {
	return place{u.off, leading(u.st, len(to))}, true
}

func viewSlice(rule op.Rule, u place, _, to []int) (place, bool) {
	r := rule.(op.Slice)
	w := place{u.off + r.From*u.st[r.Axis], leading(u.st, len(to))}
	if to[r.Axis] == 1 {
		w.st[r.Axis] = 0
	}
	return w, true
}

// viewTranspose leaves an array to be copied if its last axis would not be
// contiguous.
func viewTranspose(rule op.Rule, u place, _, to []int) (place, bool) {
	st := make([]int, len(to))
	last := 0
	for i, p := range rule.(op.Transpose).Perm {
		if st[i] = u.st[p]; to[i] != 1 {
			last = st[i]
		}
	}
	return place{u.off, st}, last <= 1
}
