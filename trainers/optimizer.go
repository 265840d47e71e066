package trainers

import "github.com/latentgo/latent/graph"

// Optimizer is a rule that changes parameters by their gradients. Step is called
// for one parameter after the other, in the order in which the model declares
// them. A step after which a parameter or a slot is not finite is taken back.
type Optimizer interface {
	// Slots is the number of arrays, of the parameter's size and zero at first,
	// that are kept for each parameter: moments, velocities. What a rule keeps
	// elsewhere is neither saved nor taken back.
	Slots() int

	// Step changes p.Param and p.Slots, with the gradient times p.Scale and the
	// rule's rate times p.Rate: a rule that leaves them out is not clipped, and has
	// no schedule.
	Step(p Tensor)
}

// ElementWise is an Optimizer that changes each element of a parameter by that
// element's gradient and slots and nothing else. It says so by this method, and
// is then given pieces of parameters, several at once: Step must be safe for that.
// The rules of this package are treated so too; one that embeds one of them is
// not, unless it says so itself. An embedded rule's fields hold what was written:
// what a Rate of 0 means, say, Defaults tells.
type ElementWise interface {
	Optimizer
	ElementWise()
}

// Tensor is a parameter, or a piece of one, in an update. Its arrays have one
// length and the dtype of the parameters: their elements are read and written by
// At and Set, or in F32 or F64, whichever there is.
type Tensor struct {
	Name  string
	Shape []int // of the whole parameter
	Param graph.Array
	Grad  graph.Array   // to be multiplied by Scale; not to be changed
	Slots []graph.Array // in the order that the rule gives them
	T     int           // number of the update, from 1
	Scale float64       // of the gradient: what clips it, as ClipNorm says, and makes a sum over batches their mean; else 1
	Rate  float64       // factor of the rule's rate, by the schedule, the plateau and the parameter's group; else 1
}

// byElement tells whether a rule may be given pieces.
func byElement(o Optimizer) bool {
	if _, ok := o.(ElementWise); ok {
		return true
	}
	_, ok := bounded(o)
	return ok
}

// bounded returns a built-in rule as a reacher. What embeds one may go farther.
func bounded(o Optimizer) (reacher, bool) {
	switch o := o.(type) {
	case Adam, *Adam, AdaMax, *AdaMax, Adagrad, *Adagrad, RMSProp, *RMSProp, Momentum, *Momentum, SGD, *SGD:
		return o.(reacher), true
	}
	return nil, false
}
