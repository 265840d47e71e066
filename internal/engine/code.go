package engine

import "github.com/latentgo/latent/internal/op"

// blockElems bounds the elements of a block, which all registers of a loop hold
// in the first-level cache.
const blockElems = 1024

// A code says which kernel a step of a loop calls on vectors of a block.
type code uint8

const (
	ruleOf         code = iota // dst = rule(a), by the rule's own evaluation
	mapOf                      // dst = fn(a)
	finite                     // dst = 1 where a is finite, else 0
	leaky                      // dst = a, s·a below 0
	clamp                      // dst = a limited to [s, t]
	outside                    // dst = 1 where a < s or a > t, else 0
	zip                        // dst = fn(a, b)
	zipRight                   // dst = fn(a, s)
	zipLeft                    // dst = fn(s, a)
	mulAdd                     // dst = a·b + c
	mulSub                     // dst = c − a·b
	addScale                   // dst = a + s·b
	affine                     // dst = a·s + t
	tanhSlope                  // dst = a·(1−b²)
	sigmoidSlope               // dst = a·b·(1−b)
	bernoulli                  // dst = a·b − softplus(b)
	bernoulliSlope             // dst = a·(b − sigmoid(c))
	logSoftmaxOf               // dst = a − max(s, the log-sum-exp of its row)
	softmaxOf                  // dst = exp of the same
	where                      // dst = b where a is not 0, else c
	between                    // dst = a moved between b and c
	move                       // dst = a
	fill                       // dst = s
	foldOf                     // fold number dst adds a
)

// codes lists what each code takes, and the nanoseconds an element that it costs
// if not those of its function.
var codes = [...]struct {
	name    string // in Explain, if not that of the rule
	vectors int
	scalars int
	byRow   bool // it takes whole rows
	cost    float64
}{
	ruleOf: {vectors: 1}, mapOf: {vectors: 1}, finite: {vectors: 1}, leaky: {vectors: 1, scalars: 1},
	clamp: {vectors: 1, scalars: 2}, outside: {vectors: 1, scalars: 2},
	zip: {vectors: 2}, zipRight: {vectors: 1, scalars: 1}, zipLeft: {vectors: 1, scalars: 1},
	mulAdd:         {name: "muladd", vectors: 3},
	mulSub:         {name: "mulsub", vectors: 3},
	addScale:       {name: "addscaled", vectors: 2, scalars: 1},
	affine:         {name: "affine", vectors: 1, scalars: 2},
	tanhSlope:      {name: "tanh′", vectors: 2},
	sigmoidSlope:   {name: "sigmoid′", vectors: 2},
	bernoulli:      {name: "bernoulli", vectors: 2, cost: .75},
	bernoulliSlope: {name: "bernoulli′", vectors: 3, cost: .45},
	logSoftmaxOf:   {vectors: 1, scalars: 1, byRow: true},
	softmaxOf:      {name: "softmax", vectors: 1, scalars: 1, byRow: true},
	where:          {vectors: 3},
	between:        {vectors: 3, cost: 2 * plain},
	move:           {name: "copy", vectors: 1},
	fill:           {name: "fill", scalars: 1},
	foldOf:         {vectors: 1, cost: .1},
}

// An instr is what a rule does to one element, before anything is known of its
// operands, which are vectors: its code and the rest that is fixed.
type instr struct {
	code code
	fn   uint8      // kernel.Unary or kernel.Binary
	k    [2]float64 // the scalars
	cost float64    // nanoseconds an element
	rule op.Rule    // of ruleOf
}
