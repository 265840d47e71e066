package data

import (
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// Row is one row of an array on its way into a batch. Its values may be changed
// in place: by At and Set for either dtype, or in F32 or F64. Shape is that of the
// row in its set, also where the batch has it Flat; the dtype is that of the batch.
type Row struct {
	graph.Array
	Seed  uint64 // of the batches
	Epoch int    // from 0
	Index int    // the row's number in its set
}

// Rand is a source of random numbers for the row that depends on the name, the
// seed, the epoch and the row's number alone. Transforms that are to be
// independent take other names.
func (r Row) Rand(name string) *rand.Rand {
	n := kernel.Noise{Key: kernel.SiteKey(r.Seed, 0, "data/transform/"+name), Step: uint32(r.Epoch)}
	g := n.Substream(0, uint32(r.Index), 0)
	return rand.New(&g)
}

// Transform changes a row, such as by scaling, adding noise or turning a
// picture. It is a function of the row alone: what it returns for one does not
// depend on batches, their order or the number of processors, and several
// goroutines may call it at once. An error ends the fit.
type Transform func(r Row) error

// Chain applies transforms one after the other.
func Chain(ts ...Transform) Transform {
	return func(r Row) error {
		for _, t := range ts {
			if t == nil {
				return errors.New("data: Chain of a nil Transform")
			}
			if err := t(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// Once makes a random transform draw once and for all: the same in every epoch.
func Once(t Transform) Transform {
	return func(r Row) error {
		if t == nil {
			return errors.New("data: Once of a nil Transform")
		}
		r.Epoch = 0
		return t(r)
	}
}

// Binarize is the Transform that draws black and white from grey, anew in every
// epoch: a value p in [0, 1] becomes 1 with probability p and else 0. NaN, which
// Array.Missing declares, stays. Once(Binarize) draws each value once. (The
// float32 and the float64 draws of one seed differ.)
func Binarize(r Row) error {
	if r.F64 != nil {
		return binarize(r.F64, r)
	}
	return binarize(r.F32, r)
}

func binarize[T graph.Float](x []T, r Row) error {
	n := kernel.Noise{Key: kernel.SiteKey(r.Seed, 0, "data/binarize"), Step: uint32(r.Epoch)}
	for from := 0; from < len(x); {
		to := from
		for ; to < len(x) && x[to] >= 0 && x[to] <= 1; to++ {
		}
		kernel.Bernoulli(x[from:to], x[from:to], n, 0, uint32(r.Index), uint32(from))
		if to < len(x) && !math.IsNaN(float64(x[to])) {
			return errors.Errorf("element %d is %v, want 0 to 1 to binarize", to, x[to])
		}
		from = to + 1
	}
	return nil
}
