package bench

import (
	"math/rand/v2"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

// batches chooses rows for each draw, independently, and feeds them.
type batches struct {
	set    *data.Set
	size   int // 0 means all rows in order
	seed   uint64
	arrays []string

	rows   []int // of this draw; nil means all
	values map[string][]float32
}

func (b *batches) len() int {
	if b.size == 0 {
		return b.set.Len()
	}
	return b.size
}

// draw chooses the rows of a draw, none of them twice.
func (b *batches) draw(step int) {
	if b.values == nil {
		b.values = map[string][]float32{}
		for _, name := range b.arrays {
			b.values[name] = b.set.Values(name)
		}
	}
	if b.size == 0 {
		return
	}
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
	for _, name := range b.arrays {
		all, cols := b.set.Values(name), b.set.Cols(name)
		var chosen []float32
		for _, row := range b.rows {
			chosen = append(chosen, all[row*cols:(row+1)*cols]...)
		}
		b.values[name] = chosen
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
