package data

import (
	"fmt"

	"github.com/latentgo/latent/internal/kernel"
)

// Drawing says how Batches turns grey values into black and white.
type Drawing uint8

// The ways of drawing.
const (
	Grey      Drawing = iota // values as they are
	Static                   // each pixel drawn once for all epochs
	EachEpoch                // each pixel drawn anew in every epoch
)

// Binarize draws one picture: dst[j] is 1 with probability p[j] and else 0.
// The draw depends on the seed, epoch, row and j alone, not on batches or
// their order. (The float32 and the float64 draws of one seed differ.) p must
// be in [0, 1]; dst may be p. It panics if the lengths differ.
func Binarize[T float32 | float64](dst, p []T, seed uint64, epoch, row int) {
	if len(dst) != len(p) {
		panic(fmt.Sprintf("data: Binarize of %d probabilities into %d pixels", len(p), len(dst)))
	}
	binarize(dst, p, binarizeKey(seed), epoch, row)
}

func binarizeKey(seed uint64) uint64 { return kernel.SiteKey(seed, 0, "data/binarize") }

func binarize[T float32 | float64](dst, p []T, key uint64, epoch, row int) {
	kernel.Bernoulli(dst, p, kernel.Noise{Key: key, Step: uint32(epoch)}, 0, uint32(row), 0)
}
