package prob

import (
	"reflect"

	"github.com/latentgo/latent/graph"
)

// klRules holds the closed forms by the types of q and p.
var klRules = map[[2]reflect.Type]klRule{}

// klRule is one closed form and, if it is not for all of its two types, a test
// of whether it is for these two.
type klRule struct {
	kl   func(q, p Dist) *graph.Node
	when func(q, p Dist) bool
}

// RegisterKL adds a closed form of the Kullback–Leibler divergence
// E_q[log q − log p] between two types, to be called from an init function.
// f returns it for each event element, […, D], or with an event axis of size 1
// where it does not factor. P may be Dist: a form for any p, which gives way
// to one for its type. It panics if the pair has one already.
func RegisterKL[Q, P Dist](f func(q Q, p P) *graph.Node) { registerKLWhen(f, nil) }

// registerKLWhen is RegisterKL of a form that only some pairs have.
func registerKLWhen[Q, P Dist](f func(q Q, p P) *graph.Node, when func(q Q, p P) bool) {
	pair := [2]reflect.Type{reflect.TypeFor[Q](), reflect.TypeFor[P]()}
	if klRules[pair].kl != nil {
		panic("prob: KL of " + pair[0].String() + " and " + pair[1].String() + " registered twice")
	}
	klRules[pair] = klRule{
		kl:   func(q, p Dist) *graph.Node { return f(q.(Q), p.(P)) },
		when: func(q, p Dist) bool { return when == nil || when(q.(Q), p.(P)) },
	}
}

// klType is the type that the rules of a distribution are found by: one for all
// that Independent returns.
func klType(d Dist) reflect.Type {
	if _, ok := d.(wrapsIndependent); ok {
		return reflect.TypeFor[wrapsIndependent]()
	}
	return reflect.TypeOf(d)
}

// klOfPair returns the closed form of a pair; nil if there is none.
func klOfPair(q, p Dist) func(q, p Dist) *graph.Node {
	for _, to := range []reflect.Type{klType(p), reflect.TypeFor[Dist]()} {
		if r := klRules[[2]reflect.Type{klType(q), to}]; r.kl != nil && r.when(q, p) {
			return r.kl
		}
	}
	return nil
}

// HasKL tells whether KL(q ‖ p) has a closed form.
func HasKL(q, p Dist) bool { return klOfPair(q, p) != nil }

// KLs returns KL(q ‖ p) for each event element, […, D], or with an event axis
// of size 1 where it does not factor. A pair without a closed form aborts the
// build.
func KLs(q, p Dist) *graph.Node {
	present("KL: q", q)
	present("KL: p", p)
	f := klOfPair(q, p)
	if f == nil {
		graph.Fail("prob: no closed form for KL(%s ‖ %s); register one with prob.RegisterKL, or estimate it with prob.MonteCarloKL", NameOf(q), NameOf(p))
	}
	complete(q)
	complete(p)
	return f(q, p)
}

// KL returns KL(q ‖ p) without the event axis.
func KL(q, p Dist) *graph.Node { return total(KLs(q, p)) }

// MonteCarloKL returns log q(x) − log p(x), without the event axis: for x drawn
// from q an estimate of KL(q ‖ p) without bias, one for each draw. It may be
// negative. Average over the axis of draws.
func MonteCarloKL(q, p Dist, x *graph.Node) *graph.Node {
	present("MonteCarloKL: q", q)
	present("MonteCarloKL: p", p)
	return q.LogProb(x).Sub(p.LogProb(x))
}
