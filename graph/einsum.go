package graph

import (
	"slices"
	"strings"

	"github.com/latentgo/latent/internal/op"
)

// Einsum sums products over axes that a formula names with letters, as NumPy's does:
//
//	Einsum("bqhd,bkhd->bhqk", q, k)   // scores of attention
//	Einsum("ii->", x)                 // trace
//	Einsum("...ij,j->...i", a, x)     // a product for each leading axis
//
// Each operand has its letters, of which one that stands twice means the diagonal. An
// element of the result is the sum, over the letters that it does not have, of the
// products of the elements of all operands. Without an arrow the result has the letters
// that stand once, in alphabetical order, after the axes of an ellipsis. An ellipsis
// stands for leading axes, which broadcast; a letter has one size.
//
// It is lowered to transpositions and matrix products, the operands from the left to
// the right, so that the order of the operands is that of the products.
func Einsum(formula string, xs ...*Node) *Node {
	e := einsum{formula: formula, sizes: map[rune]int{}}
	operands, result := e.parse(xs)
	all := operands[0]
	for i, x := range operands[1:] {
		keep := slices.Clone(result)
		for _, later := range operands[i+2:] {
			keep = append(keep, later.axes...)
		}
		all = e.multiply(all.sum(keep, x.axes), x.sum(keep, all.axes), keep)
	}
	all = all.sum(result, nil)
	for _, a := range result { // an axis of an ellipsis that has size 1 in all operands
		if !slices.Contains(all.axes, a) {
			all = named{ExpandDims(all.x, 0), append([]rune{a}, all.axes...)}
		}
	}
	return all.in(result).x
}

// einsum is a formula, and the size of each of its letters. The axes of an ellipsis are
// letters from dots on, the last one first.
type einsum struct {
	formula string
	sizes   map[rune]int
}

const dots = 0x10000

// named is a node with a letter for each axis.
type named struct {
	x    *Node
	axes []rune
}

func (e einsum) fail(format string, args ...any) {
	Fail("graph: einsum %q: "+format, append([]any{e.formula}, args...)...)
}

// parse returns the operands, each letter once in each, and the letters of the result.
func (e einsum) parse(xs []*Node) (operands []named, result []rune) {
	from, to, arrow := strings.Cut(strings.ReplaceAll(e.formula, " ", ""), "->")
	terms := strings.Split(from, ",")
	if len(terms) != len(xs) {
		e.fail("%d operands, want %d", len(xs), len(terms))
	}
	leading := 0
	count := map[rune]int{}
	for i, x := range xs {
		if x == nil {
			e.fail("operand %d is nil", i+1)
		}
		axes := e.letters(terms[i], len(x.Shape()))
		if len(axes) != len(x.Shape()) {
			e.fail("operand %d is %v, want %d axes", i+1, x.Shape(), len(axes))
		}
		o := named{x, nil}
		for a, r := range axes {
			n := x.Shape()[a]
			if r >= dots {
				leading = max(leading, int(r-dots)+1)
				if n == 1 { // it has the same for all
					o.x = Squeeze(o.x, len(o.axes))
					continue
				}
			}
			if have, ok := e.sizes[r]; ok && have != n {
				e.fail("%s has size %d and, in operand %d, which is %v, %d", name(r), have, i+1, x.Shape(), n)
			}
			e.sizes[r] = n
			o.axes = append(o.axes, r)
			count[r]++
		}
		operands = append(operands, o.diagonals())
	}
	if !arrow {
		for r := rune('A'); r <= 'z'; r++ {
			if count[r] == 1 {
				to += string(r)
			}
		}
		if leading > 0 {
			to = "..." + to
		}
	}
	result = e.letters(to, leading+len(strings.ReplaceAll(to, "...", "")))
	if leading > 0 && !strings.Contains(to, "...") {
		e.fail("operands have axes of an ellipsis, which the result lacks")
	}
	for i, r := range result {
		if slices.Contains(result[:i], r) {
			e.fail("%s stands twice in the result", name(r))
		}
		if _, ok := e.sizes[r]; !ok && r < dots {
			e.fail("%s of the result is in no operand", name(r))
		}
	}
	return operands, result
}

// letters returns the axes of a term, of a node of some rank.
func (e einsum) letters(term string, rank int) (axes []rune) {
	before, after, ellipsis := strings.Cut(term, "...")
	for _, r := range before + after {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			e.fail("%q is not a letter", r)
		}
	}
	axes = []rune(before)
	for i := rank - len(before) - len(after) - 1; ellipsis && i >= 0; i-- {
		axes = append(axes, dots+rune(i))
	}
	return append(axes, []rune(after)...)
}

func name(r rune) string {
	if r >= dots {
		return "an axis of the ellipsis"
	}
	return "axis " + string(r)
}

// diagonals leaves one axis of each letter.
func (o named) diagonals() named {
	for i := 0; i < len(o.axes); i++ {
		j := slices.Index(o.axes[i+1:], o.axes[i]) + i + 1
		if j == i {
			continue
		}
		r := o.axes[i]
		rest := slices.Delete(slices.Delete(ascending(len(o.axes)), j, j+1), i, i+1)
		axes := slices.Delete(slices.Delete(slices.Clone(o.axes), j, j+1), i, i+1)
		o = named{DiagPart(Transpose(o.x, append(rest, i, j)...)), append(axes, r)}
		i = -1
	}
	return o
}

// ascending returns 0, 1, … n−1.
func ascending(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// sum sums over the axes that are in neither list.
func (o named) sum(keep, also []rune) named {
	var over []int
	var axes []rune
	for i, r := range o.axes {
		if slices.Contains(keep, r) || slices.Contains(also, r) {
			axes = append(axes, r)
		} else {
			over = append(over, i)
		}
	}
	if over == nil {
		return o
	}
	return named{Sum(o.x, over...), axes}
}

// in returns o with its axes in an order.
func (o named) in(axes []rune) named {
	if slices.Equal(axes, o.axes) {
		return o
	}
	perm := make([]int, len(axes))
	for i, r := range axes {
		perm[i] = slices.Index(o.axes, r)
	}
	return named{Transpose(o.x, perm...), axes}
}

// multiply returns the products of a and b, summed over the axes that both have and
// are not kept.
func (e einsum) multiply(a, b named, keep []rune) named {
	var batch, inner, left, right []rune
	for _, r := range a.axes {
		switch {
		case !slices.Contains(b.axes, r):
			left = append(left, r)
		case slices.Contains(keep, r):
			batch = append(batch, r)
		default:
			inner = append(inner, r)
		}
	}
	for _, r := range b.axes {
		if !slices.Contains(a.axes, r) {
			right = append(right, r)
		}
	}
	axes := slices.Concat(batch, left, right)
	if len(inner) == 0 {
		ones := func(axes []rune) Shape { return slices.Repeat(Shape{1}, len(axes)) }
		x := op.Reshaped(a.in(slices.Concat(batch, left)).x, slices.Concat(e.shape(batch), e.shape(left), ones(right)))
		y := op.Reshaped(b.in(slices.Concat(batch, right)).x, slices.Concat(e.shape(batch), ones(left), e.shape(right)))
		return named{x.Mul(y), axes}
	}
	x, transA := e.matrices(a, batch, left, inner)
	y, transB := e.matrices(b, batch, inner, right)
	return named{op.Reshaped(matMul(x, y, transA, transB), e.shape(axes)), axes}
}

// matrices returns o as matrices [batch… rows columns], or [batch… columns rows] if its
// axes stand so.
func (e einsum) matrices(o named, batch, rows, columns []rune) (x *Node, transposed bool) {
	if turned := slices.Concat(batch, columns, rows); len(rows) > 0 && len(columns) > 0 && slices.Equal(turned, o.axes) {
		rows, columns, transposed = columns, rows, true
	}
	o = o.in(slices.Concat(batch, rows, columns))
	return op.Reshaped(o.x, append(e.shape(batch), Size(e.shape(rows)), Size(e.shape(columns)))), transposed
}

// shape returns the sizes of axes.
func (e einsum) shape(axes []rune) Shape {
	s := make(Shape, len(axes))
	for i, r := range axes {
		s[i] = e.sizes[r]
	}
	return s
}
