package bench

import (
	"math/rand/v2"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

// batches chooses rows for each draw, independently, and feeds them.
type batches struct {
	set    *data.Set
	size   int // 0 means all rows in order
	seed   uint64
	arrays []string

	transforms map[string]data.Transform

	rows   []int // of this draw, if not all
	values map[string][]float32
}

func (b *batches) len() int {
	if b.size == 0 {
		return b.set.Len()
	}
	return b.size
}

// draw chooses the rows of a draw, none of them twice, and transforms them.
func (b *batches) draw(step int) error {
	if b.values == nil {
		b.values = map[string][]float32{}
		for _, name := range b.arrays {
			b.values[name] = b.set.Values(name)
		}
	}
	if b.size != 0 {
		b.choose(step)
	}
	if b.size == 0 && len(b.transforms) == 0 {
		return nil
	}
	for _, name := range b.arrays {
		all, cols := b.set.Values(name), b.set.Cols(name)
		chosen := make([]float32, 0, b.len()*cols)
		for i := range b.len() {
			row := i
			if b.size != 0 {
				row = b.rows[i]
			}
			chosen = append(chosen, all[row*cols:(row+1)*cols]...)
			if t := b.transforms[name]; t != nil {
				r := data.Row{Array: graph.Array{Shape: b.set.Shape(name), F32: chosen[i*cols:]}, Seed: b.seed, Epoch: step, Index: row}
				if err := t(r); err != nil {
					return errors.WithMessagef(err, "array %s: row %d", name, row)
				}
			}
		}
		b.values[name] = chosen
	}
	return nil
}

// choose makes rows those of a draw.
func (b *batches) choose(step int) {
	r := rand.New(rand.NewPCG(b.seed, uint64(step)))
	b.rows = b.rows[:0]
	taken := map[int]bool{}
	for n, j := b.set.Len(), b.set.Len()-b.size; j < n; j++ { // Floyd's choice of size among n
		row := r.IntN(j + 1)
		if taken[row] {
			row = j
		}
		taken[row] = true
		b.rows = append(b.rows, row)
	}
}

// inputs declares the data of a batch, rows as vectors.
func (b *batches) inputs(s *graph.Scope) map[string]*graph.Node {
	d := map[string]*graph.Node{}
	for _, name := range b.arrays {
		d[name] = s.Input(name, b.len(), b.set.Cols(name))
	}
	return d
}

// feed gives a program the rows of this draw.
func (b *batches) feed(p *graph.Program) error {
	for _, name := range b.arrays {
		if err := graph.Feed(p, name, b.values[name]); err != nil {
			return err
		}
	}
	return nil
}
