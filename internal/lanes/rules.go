package lanes

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// apply returns the lanes of a result n of a rule.
func (l *lanes) apply(r op.Rule, n *graph.Node, in []*graph.Node) *graph.Node {
	x := func() *graph.Node { return l.wide(in[0]) }
	switch r := r.(type) {
	case op.Unary, op.Binary, op.Where, op.Special, op.Term, op.Density, op.CDF:
		return op.Apply(r, l.aligned(len(n.Shape()), in)...)
	case op.Between, op.Implicit, op.Require: // the others broadcast to the first
		return op.Apply(r, append([]*graph.Node{x()}, l.aligned(len(n.Shape()), in[1:])...)...)
	case op.Reduce:
		return op.Apply(op.Reduce{Fold: r.Fold, Axes: after(r.Axes)}, x())
	case op.CumSum:
		return op.Apply(op.CumSum{Axis: r.Axis + 1, Reverse: r.Reverse}, x())
	case op.Slice:
		return op.Apply(op.Slice{Axis: r.Axis + 1, From: r.From, To: r.To}, x())
	case op.Pad:
		return op.Apply(op.Pad{Axis: r.Axis + 1, Before: r.Before, After: r.After}, x())
	case op.Take:
		return op.Apply(op.Take{Axis: r.Axis + 1, Index: r.Index}, x())
	case op.Put:
		return op.Apply(op.Put{Axis: r.Axis + 1, Index: r.Index, N: r.N}, x())
	case op.Concat:
		return op.Apply(op.Concat{Axis: r.Axis + 1}, l.wides(in)...)
	case op.Transpose:
		return op.Apply(op.Transpose{Perm: append([]int{0}, after(r.Perm)...)}, x())
	case op.Reshape:
		return op.Reshaped(x(), l.shape(r.To))
	case op.BroadcastTo:
		return op.Stretch(l.aligned(len(r.To), in)[0], l.shape(r.To))
	case op.SumTo:
		ones := slices.Repeat([]int{1}, len(in[0].Shape())-len(r.To))
		return op.Reshaped(op.Fit(x(), l.shape(append(ones, r.To...))), l.shape(r.To))
	case op.Diag, op.DiagPart, op.Tril, op.Cholesky, op.OneHot, op.Ridge, op.RidgeLogDet: // of the last axes
		return op.Apply(r, l.wides(in)...)
	case op.Pooling:
		return op.Apply(r, l.wides(in)...)
	case op.Attention:
		return op.Apply(r, append(l.wides(in[:3]), l.masks(in)...)...)
	case op.Conv:
		if r.Part == kernel.ConvWeights || l.of[in[1]] != nil { // sums over, or weights of, each lane
			break
		}
		return op.Apply(r, x(), in[1])
	case op.Gather:
		return l.gather(in[0], in[1])
	case op.ScatterAdd:
		if len(in[1].Shape()) == 0 {
			break
		}
		rows := l.wide(in[0])
		flat := op.Reshaped(rows, append([]int{l.k * in[1].Shape()[0]}, rows.Shape()[2:]...))
		at := l.places(in[1], r.V)
		table := op.Apply(op.ScatterAdd{V: l.k * r.V}, flat, op.Reshaped(at, append([]int{l.k * at.Shape()[1]}, at.Shape()[2:]...)))
		return op.Reshaped(table, l.shape(n.Shape()))
	}
	return l.each(r, n, in)
}

// masks returns the mask of attention, if it has one, for all lanes.
func (l *lanes) masks(in []*graph.Node) []*graph.Node {
	if len(in) < 4 {
		return nil
	}
	sh := in[3].Shape()
	n := len(sh) - 2
	switch {
	case op.Size(sh[:n]) != 1:
		return []*graph.Node{l.wide(in[3])}
	case l.of[in[3]] == nil: // one for all
		return []*graph.Node{op.Reshaped(in[3], append([]int{1}, sh...))}
	}
	return []*graph.Node{op.Stretch(l.wide(in[3]), l.shape(append(slices.Clone(in[0].Shape()[:n]), sh[n:]...)))}
}

// after moves axes behind that of the lanes.
func after(axes []int) []int {
	moved := slices.Clone(axes)
	for i := range moved {
		moved[i]++
	}
	return moved
}

func (l *lanes) wides(in []*graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(in))
	for i, n := range in {
		out[i] = l.wide(n)
	}
	return out
}

// aligned returns operands of an element-wise operation whose result has a rank:
// [K or 1, 1…, shape…], or as they are where they have one element.
func (l *lanes) aligned(rank int, in []*graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(in))
	for i, n := range in {
		x, lead := l.of[n], l.k
		if x == nil {
			if op.Size(n.Shape()) == 1 {
				out[i] = op.Reshaped(n, nil)
				continue
			}
			x, lead = n, 1
		}
		sh := append([]int{lead}, slices.Repeat([]int{1}, rank-len(n.Shape()))...)
		out[i] = op.Reshaped(x, append(sh, n.Shape()...))
	}
	return out
}

// gather reads the tables of all lanes as one.
func (l *lanes) gather(table, index *graph.Node) *graph.Node {
	t := l.of[table]
	if t == nil {
		return op.Apply(op.Gather{}, table, l.wide(index))
	}
	v := table.Shape()[0]
	return op.Apply(op.Gather{}, op.Reshaped(t, append([]int{l.k * v}, table.Shape()[1:]...)), l.places(index, v))
}

// places moves the indices of each lane to its own v places of a table.
func (l *lanes) places(index *graph.Node, v int) *graph.Node {
	first := make([]float64, l.k)
	for i := range first {
		first[i] = float64(i * v)
	}
	return l.wide(index).Add(graph.Tensor(first, append([]int{l.k}, slices.Repeat([]int{1}, len(index.Shape()))...)...))
}

// each applies a rule of which nothing is known lane by lane.
func (l *lanes) each(r op.Rule, n *graph.Node, in []*graph.Node) *graph.Node {
	if l.whole {
		l.refused = true
		return nil
	}
	parts := make([]*graph.Node, l.k)
	for i := range parts {
		own := make([]*graph.Node, len(in))
		for j, c := range in {
			own[j] = c
			if x := l.of[c]; x != nil {
				own[j] = op.Reshaped(op.Apply(op.Slice{From: i, To: i + 1}, x), c.Shape())
			}
		}
		parts[i] = op.Reshaped(op.Apply(r, own...), append([]int{1}, n.Shape()...))
	}
	return op.Apply(op.Concat{}, parts...)
}
