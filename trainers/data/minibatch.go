package data

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// BatchConfig says which batches a set is cut into. The zero value is usable.
type BatchConfig struct {
	Arrays []string             // those that the batches have, in this order; nil means all of the set
	Size   int                  // rows a batch; 0 means 100; more than the set has: one batch
	Seed   uint64               // of the order and of the transforms
	Flat   bool                 // rows of any shape come as vectors [D], as dense layers and densities take them
	Map    map[string]Transform // of arrays by name, on their rows as the set has them; nil leaves them as they are

	// Evaluation is for data that are not trained on: the rows in their own
	// order, and what is random drawn once, from other random numbers than those
	// that training with this Seed uses.
	Evaluation bool
}

// minibatches goes through a set.
type minibatches struct {
	c      BatchConfig
	err    error // of the configuration
	arrays []Array
	specs  []Spec
	order  []int
	epoch  int // -1 before the first Seek
	from   int // of this batch, which is order[from:to]
	to     int
}

// Batches cuts the set into minibatches, shuffled anew in each epoch by the seed
// and the epoch alone. The last batch of an epoch is short when the rows do not
// divide evenly; no row is dropped and none is copied but into the batch.
//
// A mistake in the configuration is an error of Seek: a size below 0, an array
// that the set does not have or that is named twice, a transform of an array
// that is not delivered.
func (s *Set) Batches(c BatchConfig) Batches {
	b := &minibatches{c: c, epoch: -1}
	b.err = b.cut(s)
	return b
}

func (b *minibatches) cut(s *Set) error {
	if s == nil || s.rows == 0 {
		return errors.New("data: batches of a set that is nil or has no rows")
	}
	c := &b.c
	if c.Size < 0 {
		return errors.Errorf("data: batches of %d rows, want at least 1", c.Size)
	}
	c.Size = min(cmp.Or(c.Size, 100), s.rows)
	if c.Arrays == nil {
		c.Arrays = s.Names()
	} else if len(c.Arrays) == 0 {
		return errors.New("data: batches: Arrays is empty, want names, or nil for all")
	}
	for i, name := range c.Arrays {
		a, ok := s.array(name)
		if !ok {
			return errors.Errorf("data: batches: no array %s in the data, which have %v", name, s.Names())
		}
		if slices.Contains(c.Arrays[:i], name) {
			return errors.Errorf("data: batches: Arrays names %s twice", name)
		}
		shape := slices.Clone(a.shape)
		if c.Flat {
			shape = []int{a.cols}
		}
		b.arrays, b.specs = append(b.arrays, a), append(b.specs, Spec{name, shape})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Map)) {
		if !slices.Contains(c.Arrays, name) {
			return errors.Errorf("data: batches: Map transforms %s, and the arrays delivered are %v", name, c.Arrays)
		}
		if c.Map[name] == nil {
			return errors.Errorf("data: batches: Map has a nil Transform of %s", name)
		}
	}
	c.Map = maps.Clone(c.Map)
	if c.Evaluation {
		c.Seed = ^c.Seed
	}
	b.order = make([]int, s.rows)
	return nil
}

func (b *minibatches) Arrays() []Spec { return b.specs }

// Count counts the short batch too.
func (b *minibatches) Count() int {
	if b.err != nil {
		return 0
	}
	return (len(b.order) + b.c.Size - 1) / b.c.Size
}

func (b *minibatches) Seek(epoch, batch int) error {
	if b.err != nil {
		return b.err
	}
	if epoch < 0 || int64(epoch) > math.MaxUint32 || batch < 0 || batch > b.Count() {
		return errors.Errorf("data: batches: no batch %d of epoch %d, there are %d an epoch", batch, epoch, b.Count())
	}
	if epoch != b.epoch {
		b.epoch = epoch
		if b.c.Evaluation {
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

// Next begins with epoch 0 if there has been no Seek.
func (b *minibatches) Next() bool {
	if b.err != nil || b.epoch < 0 && b.Seek(0, 0) != nil {
		return false
	}
	b.from = b.to
	b.to = min(b.from+b.c.Size, len(b.order))
	return b.from < b.to
}

func (b *minibatches) Err() error { return b.err }

func (b *minibatches) Index(name string) []int {
	if b.err != nil || b.find(name) < 0 {
		return nil
	}
	return b.order[b.from:b.to]
}

func (b *minibatches) find(name string) int {
	for i, s := range b.specs {
		if s.Name == name {
			return i
		}
	}
	return -1
}

func (b *minibatches) Fill(name string, from int, dst graph.Array) error {
	if b.err != nil {
		return b.err
	}
	i := b.find(name)
	if i < 0 {
		return errors.Errorf("data: batches: no array %s", name)
	}
	a, rows := b.arrays[i], b.order[b.from:b.to]
	n := dst.Len() / a.cols
	if dst.F32 != nil && dst.F64 != nil || dst.Len()%a.cols != 0 || from < 0 || from > len(rows) || n > len(rows)-from {
		return errors.Errorf("data: batches: array %s: room for %d values from row %d on, want rows of %d, of which the batch has %d", name, dst.Len(), from, a.cols, len(rows))
	}
	rows = rows[from : from+n]
	if dst.F64 != nil {
		gather(dst.F64, a, rows)
	} else {
		gather(dst.F32, a, rows)
	}
	t := b.c.Map[name]
	if t == nil {
		return nil
	}
	r := Row{Seed: b.c.Seed, Epoch: b.epoch}
	if b.c.Evaluation {
		r.Epoch = 0
	}
	for k, index := range rows {
		r.Index, r.Array = index, graph.Array{Shape: a.shape}
		if from, to := k*a.cols, (k+1)*a.cols; dst.F64 != nil {
			r.F64 = dst.F64[from:to:to]
		} else {
			r.F32 = dst.F32[from:to:to]
		}
		if err := t(r); err != nil {
			return errors.WithMessagef(err, "data: batches: array %s: row %d", name, index)
		}
	}
	return nil
}
