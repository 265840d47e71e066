package mcmc

import (
	"cmp"

	"github.com/pkg/errors"
)

// NUTS is the no-U-turn sampler (Hoffman and Gelman, arXiv 1111.4246) with
// multinomial weights and the generalised criterion of a turn (Betancourt, arXiv
// 1701.02434, appendix A): from the last draw a trajectory is doubled, forward or
// back in time, until it turns or has 2^MaxDepth − 1 steps, and the draw is one of
// its points, by their weights exp(−H) and, among the last two halves, in favour of
// the new one. The zero value is what to use.
type NUTS struct {
	MaxDepth int // 0 means 10
}

func (k NUTS) depth() int { return cmp.Or(k.MaxDepth, 10) }

func (k NUTS) check() error {
	if k.MaxDepth < 0 || k.MaxDepth > 20 {
		return errors.Errorf("mcmc: NUTS of MaxDepth %d, want 1 to 20, or 0 for 10", k.MaxDepth)
	}
	return nil
}

// trees is the memory of NUTS.
type trees struct {
	whole tree
	outer [2]phase // the last point back in time and forward
	stack []tree   // finished parts of the half that is being made, each smaller than the one below
}

func newTrees(depth, dim int) *trees {
	t := &trees{whole: newTree(dim), stack: make([]tree, depth+1)}
	for i := range t.stack {
		t.stack[i] = newTree(dim)
	}
	for i := range t.outer {
		of := func() []float64 { return make([]float64, dim) }
		t.outer[i] = phase{q: of(), p: of(), v: of(), g: of()}
	}
	return t
}

func (z *phase) copy(from *phase) {
	copy(z.q, from.q)
	copy(z.p, from.p)
	copy(z.v, from.v)
	copy(z.g, from.g)
	z.logp = from.logp
}

func (k NUTS) transition(c *chain, h0 float64) bool {
	t := c.trees
	t.whole.leaf(&c.z, h0, h0)
	t.outer[0].copy(&c.z)
	t.outer[1].copy(&c.z)
	for c.stats.Depth < k.depth() {
		side := 0
		if c.dice.Uniform() < .5 {
			side = 1
		}
		c.z.copy(&t.outer[side])
		whole, alive := c.double(c.stats.Depth, side, h0)
		if !alive {
			return false
		}
		if !whole {
			break
		}
		t.outer[side].copy(&c.z)
		half := &t.stack[0]
		t.whole.choose(half, half.weight-t.whole.weight, c.dice.Uniform())
		c.stats.Depth++
		if t.whole.join(half, side) {
			break
		}
	}
	c.now, t.whole.pick = t.whole.pick, c.now
	return true
}

// double goes on by 2^depth steps, forward if side is 1, and leaves their tree at
// the bottom of the stack. It tells whether it was finished, neither having turned
// nor diverged on its way, and whether the chain is to go on.
//
// Trees of one size are joined as soon as there are two, which is the recursion of
// NUTS without the recursion: a tree for each one in the binary digits of the
// number of steps taken.
func (c *chain) double(depth, side int, h0 float64) (whole, alive bool) {
	step := c.step
	if side == 0 {
		step = -step
	}
	stack := c.trees.stack
	top := 0
	for n := 1; n <= 1<<depth; n++ {
		if !c.leapfrog(step) {
			return false, false
		}
		h := c.energy()
		if c.visit(h0, h) {
			return false, true
		}
		stack[top].leaf(&c.z, h0, h)
		for m := n; m&1 == 0; m >>= 1 {
			a, b := &stack[top-1], &stack[top]
			a.choose(b, b.weight-logAdd(a.weight, b.weight), c.dice.Uniform())
			if a.join(b, 1) {
				return false, true
			}
			top--
		}
		top++
	}
	return true, true
}
