package data

import (
	"fmt"
	"math"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/pkg/errors"
)

// BatchConfig says which batches a set is cut into.
type BatchConfig struct {
	Size       int     // rows a batch, at least 1; more than the set has: one batch
	Seed       uint64  // of the order and of the binarisation
	Sequential bool    // the rows in their own order, for evaluation; false: shuffled anew in each epoch
	Binarize   Drawing // zero: values as they are
	Pixels     string  // the array that Binarize draws; empty: "x". Refused without Binarize
}

// Batches goes through a set, batch by batch and epoch by epoch. The last
// batch of an epoch is short when the rows do not divide evenly; no row is
// dropped. The order depends on the seed and the epoch alone.
//
//	for b.Seek(epoch, 0); b.Next(); {
//		x := x[:len(b.Rows())*cols]
//		b.Float32("x", x)
//	}
//
// It writes into slices of the caller and allocates nothing itself. It is not
// safe for concurrent use; two Batches of one set are.
type Batches struct {
	set   *Set
	c     BatchConfig
	key   uint64 // of the binarisation
	order []int
	epoch int
	from  int // of this batch; the batch is order[from:to]
	to    int
}

// NewBatches starts before the first batch of epoch 0.
//
// It is an error if the size is less than 1, if Pixels is named without
// Binarize or, with it, is not in the set or has a value outside [0, 1].
func NewBatches(s *Set, c BatchConfig) (*Batches, error) {
	if s == nil || s.rows == 0 {
		return nil, errors.New("data: batches of a set that is nil or has no rows")
	}
	if c.Pixels != "" && c.Binarize == Grey {
		return nil, errors.Errorf("data: batches: Pixels is %q, but nothing is binarized", c.Pixels)
	}
	if c.Pixels == "" {
		c.Pixels = "x"
	}
	if c.Size < 1 {
		return nil, errors.Errorf("data: batches of %d rows, want at least 1", c.Size)
	}
	if c.Binarize > EachEpoch {
		return nil, errors.Errorf("data: batches: unknown drawing %d", c.Binarize)
	}
	if c.Binarize != Grey {
		a, ok := s.array(c.Pixels)
		if !ok {
			return nil, errors.Errorf("data: batches: no array %q to binarize", c.Pixels)
		}
		for i, v := range s.Values(c.Pixels) {
			if v < 0 || v > 1 {
				return nil, errors.Errorf("data: batches: array %q cannot be binarized: row %d column %d is %v, want 0 to 1",
					c.Pixels, i/a.cols, i%a.cols, v)
			}
		}
	}
	b := &Batches{set: s, c: c, key: binarizeKey(c.Seed), order: make([]int, s.Len()), epoch: -1}
	return b, b.Seek(0, 0)
}

// Count returns the number of batches in an epoch, the short one included.
func (b *Batches) Count() int {
	b.notNil()
	return (len(b.order) + b.c.Size - 1) / b.c.Size
}

// Seek moves before the given batch of the given epoch, so that Next delivers
// it. Seek(e, 0) starts epoch e; Seek(e, Count()) is its end. After an error
// the position is what it was.
func (b *Batches) Seek(epoch, batch int) error {
	b.notNil()
	if epoch < 0 || int64(epoch) > 1<<32-1 || batch < 0 || batch > b.Count() {
		return errors.Errorf("data: batches: no batch %d of epoch %d, there are %d an epoch", batch, epoch, b.Count())
	}
	if epoch != b.epoch {
		b.epoch = epoch
		if b.c.Sequential {
			for i := range b.order {
				b.order[i] = i
			}
		} else {
			shuffle(b.order, kernel.Noise{Key: kernel.SiteKey(b.c.Seed, 0, "data/order"), Step: uint32(epoch)})
		}
	}
	b.to = min(batch*b.c.Size, len(b.order))
	b.from = b.to
	return nil
}

// Next moves to the next batch and reports whether the epoch has one.
func (b *Batches) Next() bool {
	b.notNil()
	b.from = b.to
	b.to = min(b.from+b.c.Size, len(b.order))
	return b.from < b.to
}

// Rows returns the row numbers of this batch, in its order; none before the
// first Next. Do not change the slice, nor use it after the next Next or Seek.
func (b *Batches) Rows() []int {
	b.notNil()
	return b.order[b.from:b.to]
}

// Float32 writes the rows of an array into dst, whose length must be
// len(Rows()) times the array's Cols.
func (b *Batches) Float32(name string, dst []float32) error { return fill(b, name, dst) }

// Float64 is Float32 in float64.
func (b *Batches) Float64(name string, dst []float64) error { return fill(b, name, dst) }

// Part returns the rows from to to of this batch as a batch, so that several
// goroutines may write parts of it at once. It is good until the next Next or
// Seek of b.
func (b *Batches) Part(from, to int) Batches {
	b.notNil()
	if from < 0 || to < from || to > len(b.Rows()) {
		panic(fmt.Sprintf("data: part [%d, %d) of a batch of %d rows", from, to, len(b.Rows())))
	}
	p := *b
	p.from, p.to = b.from+from, b.from+to
	return p
}

func fill[T float32 | float64](b *Batches, name string, dst []T) error {
	b.notNil()
	a, ok := b.set.array(name)
	if !ok {
		return errors.Errorf("data: batches: no array %q, have %q", name, b.set.Names())
	}
	rows := b.Rows()
	if len(dst) != len(rows)*a.cols {
		return errors.Errorf("data: batches: array %q: room for %d values, want %d rows of %d", name, len(dst), len(rows), a.cols)
	}
	gather(dst, a, rows)
	if b.c.Binarize == Grey || name != b.c.Pixels {
		return nil
	}
	epoch := b.epoch
	if b.c.Binarize == Static {
		epoch = 0
	}
	for i, r := range rows {
		x := dst[i*a.cols : (i+1)*a.cols]
		binarize(x, x, b.key, epoch, r)
		if a.gaps {
			a.missing(r, func(j int) { x[j] = T(math.NaN()) })
		}
	}
	return nil
}
