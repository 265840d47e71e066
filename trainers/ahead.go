package trainers

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Before anything is written, all gradients are to be known finite. To read a large
// one for that alone, and again for the update, is to wait twice for memory. So a
// program has numbers whose product, each plus 1, bounds the sum of its squares: for a
// product of matrices, by Cauchy and Schwarz,
//
//	‖AᵀB‖² ≤ ‖A‖²·‖B‖²
//
// of which A and B are smaller, and what computes them sums their squares in passing;
// for what is computed element by element, that sum itself. Where the bound says
// enough, the squares are summed as the update reads the gradient, from the cache.

// aheadOutput begins the names of outputs that bound gradients.
const aheadOutput = "trainers/ahead/"

const (
	aheadSize  = 1 << 14 // of a gradient, from which looking ahead pays
	aheadShare = 2       // of a product, how many times larger it is than what it is of, at least
)

// lookAhead declares what bounds the squares of a gradient and returns the names of
// it; none where that does not pay.
func lookAhead(s *graph.Scope, name string, g *graph.Node) (outputs []string) {
	if graph.Size(g.Shape()) < aheadSize {
		return nil
	}
	var of []*graph.Node
	switch op.RuleOf(g).(type) {
	case op.MatMul:
		a, b := op.Inputs(g)[0], op.Inputs(g)[1]
		if aheadShare*(graph.Size(a.Shape())+graph.Size(b.Shape())) > graph.Size(g.Shape()) {
			return nil
		}
		of = []*graph.Node{a, b}
	case op.Unary, op.Binary:
		of = []*graph.Node{g}
	}
	for i, n := range of {
		outputs = append(outputs, fmt.Sprint(aheadOutput, name, "/", i))
		s.Output(outputs[i], graph.Sum(n.Square()))
	}
	return outputs
}

// prove bounds the squares of gradients by what p's last run has found ahead. The
// additional 1 is more than what squares lose that are too small for the dtype, and
// the quarter leaves room for rounding.
func (d *update) prove(u *Updater, p *graph.Program) error {
	for i, names := range u.ahead {
		bound := 1.
		for _, name := range names {
			x, err := view(p, name, d.tensors[i].Param.F64 != nil)
			if err != nil {
				return err
			}
			bound *= x.At(0) + 1
		}
		if d.bound[i] = 0; len(names) > 0 && bound < d.most/4 {
			d.bound[i] = bound
		}
	}
	return nil
}

// proved reports whether there are gradients that are known to be finite but have not
// been looked at.
func (d *update) proved() bool { return slices.Max(d.bound) > 0 }

// exactly is run by the squares of all gradients in place of bounds.
func (d *update) exactly(u *Updater, p *graph.Program, mean float64) error {
	clear(d.bound)
	if _, err := d.look(p); err != nil { // all are finite
		return err
	}
	return d.run(u, p, mean)
}
