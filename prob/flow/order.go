package flow

import (
	"math/rand/v2"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Reverse returns the permutation that turns events of d elements round, so that
// the next flow of a chain conditions on what this one left alone.
func Reverse(d int) prob.Permutation {
	index := make([]int, events("Reverse", d))
	for i := range index {
		index[i] = d - 1 - i
	}
	return prob.Permutation{Index: index}
}

// Shuffle returns a random permutation of events of d elements, the same one for
// a seed.
func Shuffle(d int, seed uint64) prob.Permutation {
	events("Shuffle", d)
	return prob.Permutation{Index: rand.New(rand.NewPCG(seed, uint64(d))).Perm(d)}
}

func events(what string, d int) int {
	if d < 1 || d > 1<<24 {
		graph.Fail("flow: %s: events of %d elements, want 1 to 2²⁴", what, d)
	}
	return d
}
