package layers

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Sequence runs a cell along the axis of time of […, T, Inputs], a step for each
// place. It is a graph.Scan: what it takes to build does not grow with T.
type Sequence struct {
	Cell    Cell
	Reverse bool // from the last place to the first
}

// Apply implements Layer: […, T, Inputs] to the outputs of all steps
// […, T, Width].
func (q Sequence) Apply(x *graph.Node) *graph.Node {
	out, _ := q.Run(x, nil, nil)
	return out
}

// Run returns the outputs of all steps […, T, Width], each at its place, and the
// states after the last step. A mask […, T] is 1 at the places that are there and 0
// at others, where the states stay as they are and the output is 0; nil means all
// are there. LengthMask makes one. The states start as start says, nil with zeros.
func (q Sequence) Run(x, mask *graph.Node, start []*graph.Node) (out *graph.Node, last []*graph.Node) {
	if op.Nil(q.Cell) {
		graph.Fail("layers: sequence: Cell is nil")
	}
	checkPictures(x, 1, 0, "sequence", "")
	sh := x.Shape()
	lead, steps := sh[:len(sh)-2], sh[len(sh)-2]
	if steps == 0 {
		graph.Fail("layers: sequence: input %v has no steps", sh)
	}
	if mask != nil && !slices.Equal(mask.Shape(), sh[:len(sh)-1]) {
		graph.Fail("layers: sequence: mask %v of input %v, want %v", mask.Shape(), sh, sh[:len(sh)-1])
	}
	states := start
	if states == nil {
		states = q.Cell.Start(lead...)
	}
	q.Cell.Inputs(x) // says what is wrong with x as it was given
	seqs := []*graph.Node{q.Cell.Inputs(swapTime(x))}
	if mask != nil {
		seqs = append(seqs, swapTime(graph.ExpandDims(mask, -1)))
	}
	last, all := graph.Scan(graph.Loop{Reverse: q.Reverse}, states, seqs, func(states, in []*graph.Node) (next, outs []*graph.Node) {
		next = q.Cell.Step(in[0], states)
		if len(next) == 0 || len(next) != len(states) {
			graph.Fail("layers: sequence: the cell makes %d states of %d", len(next), len(states))
		}
		y := next[0]
		if mask != nil {
			for i := range next {
				next[i] = graph.Where(in[1], next[i], states[i])
			}
			y = graph.Where(in[1], y, graph.Const(0))
		}
		return next, []*graph.Node{y}
	})
	return timeBack(all[0]), last
}

// swapTime puts the axis of time, the last but one, in front.
func swapTime(x *graph.Node) *graph.Node {
	n := len(x.Shape())
	perm := []int{n - 2}
	for i := range n {
		if i != n-2 {
			perm = append(perm, i)
		}
	}
	return graph.Transpose(x, perm...)
}

// timeBack undoes swapTime.
func timeBack(x *graph.Node) *graph.Node {
	n := len(x.Shape())
	var perm []int
	for i := 1; i < n-1; i++ {
		perm = append(perm, i)
	}
	return graph.Transpose(x, append(perm, 0, n-1)...)
}

// LengthMask returns a mask […, steps] that is 1 at the first places, as many as
// a column of lengths […, 1] says.
func LengthMask(lengths *graph.Node, steps int) *graph.Node {
	checkInput(lengths, 1, "length mask", "")
	const most = 1 << 20
	if steps < 0 || steps > most {
		graph.Fail("layers: length mask of %d steps, want 0 to %d", steps, most)
	}
	at := make([]float64, steps)
	for i := range at {
		at[i] = float64(i)
	}
	places := slices.Repeat([]int{1}, len(lengths.Shape()))
	places[len(places)-1] = steps
	return lengths.Gt(graph.Tensor(at, places...))
}

// Bidirectional runs a cell along the axis of time and another one against it, and
// joins their outputs.
type Bidirectional struct{ Forward, Backward Cell }

// Apply implements Layer: […, T, Inputs] to […, T, both widths].
func (b Bidirectional) Apply(x *graph.Node) *graph.Node {
	out, _, _ := b.Run(x, nil)
	return out
}

// Run returns the outputs of both and the states of each after its last step; see
// Sequence.Run.
func (b Bidirectional) Run(x, mask *graph.Node) (out *graph.Node, forward, backward []*graph.Node) {
	f, forward := Sequence{Cell: b.Forward}.Run(x, mask, nil)
	r, backward := Sequence{Cell: b.Backward, Reverse: true}.Run(x, mask, nil)
	return graph.Concat(-1, f, r), forward, backward
}
