package prob

import (
	"reflect"

	"github.com/latentgo/latent/graph"
)

// klRules holds the closed forms by the types of q and p.
var klRules = map[[2]reflect.Type]func(q, p Dist) *graph.Node{}

// RegisterKL adds a closed form of the Kullback–Leibler divergence
// E_q[log q − log p] between two types, to be called from an init function.
// f returns it for each event element, […, D], or with an event axis of size 1
// where it does not factor. It panics if the pair has one already.
func RegisterKL[Q, P Dist](f func(q Q, p P) *graph.Node) {
	pair := [2]reflect.Type{reflect.TypeFor[Q](), reflect.TypeFor[P]()}
	if klRules[pair] != nil {
		panic("prob: KL of " + pair[0].String() + " and " + pair[1].String() + " registered twice")
	}
	klRules[pair] = func(q, p Dist) *graph.Node { return f(q.(Q), p.(P)) }
}

// HasKL tells whether KL(q ‖ p) has a closed form.
func HasKL(q, p Dist) bool {
	return klRules[[2]reflect.Type{reflect.TypeOf(q), reflect.TypeOf(p)}] != nil
}

// KLs returns KL(q ‖ p) for each event element, […, D], or with an event axis
// of size 1 where it does not factor. A pair without a closed form aborts the
// build.
func KLs(q, p Dist) *graph.Node {
	f := klRules[[2]reflect.Type{reflect.TypeOf(q), reflect.TypeOf(p)}]
	if f == nil {
		graph.Fail("prob: no closed form for KL(%T ‖ %T); register one with prob.RegisterKL, or estimate it by Monte Carlo from LogProb", q, p)
	}
	return f(q, p)
}

// KL returns KL(q ‖ p) without the event axis.
func KL(q, p Dist) *graph.Node { return total(KLs(q, p)) }
