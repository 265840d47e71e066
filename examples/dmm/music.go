package main

import (
	"math/rand/v2"

	"github.com/latentgo/latent/trainers/data"
)

// Music is of two octaves of a scale and a half, keys from low to high.
const keys = 18

// chords are the degrees of the scale that go on from each, in order of preference.
var chords = [7][]int{0: {3, 4, 5}, 1: {4, 6}, 2: {5, 3}, 3: {4, 0, 1}, 4: {0, 5}, 5: {1, 3}, 6: {0}}

// music writes pieces for four voices: chords of the scale that change every four
// steps, the bass on each, two middle voices that break them, and a tune that walks.
func music(n, steps int, seed uint64) (*data.Set, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n*steps*keys)
	for i := range n {
		chord, tune, turn := 0, 12+r.IntN(4), r.IntN(3)
		for t := range steps {
			if t > 0 && t%4 == 0 {
				next := chords[chord]
				chord = next[min(r.IntN(len(next)+1), len(next)-1)]
			}
			at := x[(i*steps+t)*keys:][:keys]
			at[chord] = 1
			for _, third := range []int{(t + turn) % 3, (t/2 + turn + 1) % 3} {
				at[7+(chord+2*third)%7] = 1
			}
			if r.IntN(8) > 0 { // else it rests
				at[tune] = 1
			}
			tune = min(max(tune+r.IntN(3)-1, 11), keys-1)
		}
	}
	return data.New(data.FromFlat("x", x, steps, keys))
}
