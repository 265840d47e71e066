package vi

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
)

// axes is the layout of a run's values and scores,
//
//	value [E…, K, B, event…],  score [E…, K, B]
//
// with one axis for each enumerated site, then the draws, then the rows; what
// does not depend on one of them has size 1 there. Nothing outside of this file
// and drawaxis.go knows where an axis lies.
type axes struct {
	enum []enumeration
	k, b int // draws, rows
}

// enumeration is the axis of an enumerated site.
type enumeration struct {
	site   string
	size   int  // number of values; 0 before the site is met
	summed bool // by the joint: the guide does not have the site
}

func (a axes) drawAxis() int  { return len(a.enum) }
func (a axes) rowAxis() int   { return len(a.enum) + 1 }
func (a axes) eventAxis() int { return len(a.enum) + 2 } // the first, and the number of axes of a score

// axisOf returns the axis of an enumerated site, −1 if the site is not enumerated.
func (a axes) axisOf(site string) int {
	return slices.IndexFunc(a.enum, func(e enumeration) bool { return e.site == site })
}

// enumerated lists the enumerated sites, in the order of their axes.
func (a axes) enumerated() []string {
	var names []string
	for _, e := range a.enum {
		names = append(names, e.site)
	}
	return names
}

// sizes lists the numbers of values, 0 for sites that were not met.
func (a axes) sizes() []int {
	var ns []int
	for _, e := range a.enum {
		ns = append(ns, e.size)
	}
	return ns
}

// text shows the shape of a full value or score in a message.
func (a axes) text(event string) string {
	dots := ""
	if len(a.enum) > 0 {
		dots = "E… "
	}
	return fmt.Sprintf("[%s%d %d%s]", dots, a.k, a.b, event)
}

func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// first lists the first n axes.
func first(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// one returns [1…, 1, 1, event…], the shape of what depends on no axis.
func (a axes) one(event ...int) []int { return append(ones(a.eventAxis()), event...) }

// lead returns [1…, K, B, event…], the shape of a draw.
func (a axes) lead(event ...int) []int { return append(append(ones(len(a.enum)), a.k, a.b), event...) }

// draws returns [1…, K, event…], the shape of what each draw has for all rows.
func (a axes) draws(event ...int) []int {
	return append(append(ones(len(a.enum)), a.k), event...)
}

// each returns [1…, 1, B, event…], the shape of noise that all draws share.
func (a axes) each(event ...int) []int { return append(append(ones(a.rowAxis()), a.b), event...) }

// table returns the shape of n values of event size d along an axis.
func (a axes) table(axis, n, d int) []int {
	sh := a.one(d)
	sh[axis] = n
	return sh
}

// repeated returns the shape of draws that are made apart for all values of the
// enumerations in sh, and whether there are any.
func (a axes) repeated(sh graph.Shape) ([]int, bool) {
	e := len(a.enum)
	if len(sh) <= e || graph.Size(sh[:e]) == 1 {
		return nil, false
	}
	return append(slices.Clone([]int(sh[:e])), a.k, a.b), true
}

// scored returns the shape of a score with all draws and rows.
func (a axes) scored(score graph.Shape) []int {
	sh := slices.Clone([]int(score))
	sh[a.drawAxis()], sh[a.rowAxis()] = a.k, a.b
	return sh
}

// event returns the event axes of a value's shape.
func (a axes) event(sh graph.Shape) []int { return sh[a.eventAxis():] }

// isFull tells whether a shape has all draws and rows.
func (a axes) isFull(sh graph.Shape) bool {
	return len(sh) >= a.eventAxis() && sh[a.drawAxis()] == a.k && sh[a.rowAxis()] == a.b
}

// isDraw tells whether a shape is that of a draw: full, with an event.
func (a axes) isDraw(sh graph.Shape) bool { return a.isFull(sh) && len(sh) > a.eventAxis() }

// isDraws tells whether a shape has all draws, with an event.
func (a axes) isDraws(sh graph.Shape) bool { return a.isValue(sh) && sh[a.drawAxis()] == a.k }

// isValue tells whether a shape is that of a value with an event, which need
// not depend on draws or rows.
func (a axes) isValue(sh graph.Shape) bool {
	return len(sh) > a.eventAxis() && fits(sh[a.drawAxis()], a.k) && fits(sh[a.rowAxis()], a.b)
}

// isScore tells whether a shape has one number for each enumerated value, draw
// and row, or for all of them.
func (a axes) isScore(sh graph.Shape) bool {
	ok := len(sh) == a.eventAxis()
	for i, want := range append(a.sizes(), a.k, a.b) {
		ok = ok && fits(sh[i], want)
	}
	return ok
}

func fits(n, size int) bool { return n == 1 || n == size }

// covers tells whether a score keeps all of a value's axes.
func (a axes) covers(score, value graph.Shape) bool {
	for i, n := range value[:a.eventAxis()] {
		if n > 1 && score[i] != n {
			return false
		}
	}
	return true
}

// varies tells whether a score differs between draws or enumerated values.
func (a axes) varies(sh graph.Shape) bool { return graph.Size(sh[:a.rowAxis()]) > 1 }

// summedIn returns the site that only the joint enumerates and that a shape has
// an axis of; "" if there is none.
func (a axes) summedIn(sh graph.Shape) string {
	for i, e := range a.enum {
		if e.summed && sh[i] > 1 {
			return e.site
		}
	}
	return ""
}

// repeats is how often a score's shape has all draws and rows, for the values of
// the sites that only the joint enumerates.
func (a axes) repeats(score graph.Shape) float64 {
	n := 1.
	for i, e := range a.enum {
		if e.summed {
			n *= float64(score[i])
		}
	}
	return n
}

// rowsOf returns the number of rows of a value's shape and the size of one.
func (a axes) rowsOf(sh graph.Shape) (rows, size int) {
	return sh[a.rowAxis()], graph.Size(graph.Shape(a.event(sh)))
}

// ofData gives data [B, event…] the axes of values.
func (a axes) ofData(x *graph.Node) *graph.Node {
	return graph.Reshape(x, append(ones(a.rowAxis()), x.Shape()...)...)
}

// asData returns a value of one draw as data [B, event…].
func (a axes) asData(x *graph.Node) *graph.Node {
	return graph.Reshape(x, x.Shape()[a.rowAxis():]...)
}

// ofRows gives [K or 1, B] the axes of scores.
func (a axes) ofRows(x *graph.Node) *graph.Node {
	return graph.Reshape(x, append(ones(len(a.enum)), x.Shape()...)...)
}

// padded gives what was computed from parameters without leading axes the ones
// of a score, or those and some event axes.
func (a axes) padded(x *graph.Node, events int) *graph.Node {
	if short := a.eventAxis() + events - len(x.Shape()); short > 0 {
		return graph.Reshape(x, append(ones(short), x.Shape()...)...)
	}
	return x
}

// wide stretches a score to [E…, K, B], with the values of the guide's
// enumerations; those summed out stay 1.
func (a axes) wide(x *graph.Node) *graph.Node {
	sh := []int{}
	for _, e := range a.enum {
		n := e.size
		if e.summed {
			n = 1
		}
		sh = append(sh, n)
	}
	return graph.BroadcastTo(x, append(sh, a.k, a.b)...)
}

// fold sums [E…, K, B] over the enumerations that a score does not depend on,
// and repeats it along those that it alone depends on.
func (a axes) fold(x *graph.Node, score graph.Shape) *graph.Node {
	sh := a.scored(score)
	small := slices.Clone(sh)
	for i, d := range x.Shape() {
		small[i] = min(d, small[i])
	}
	return graph.BroadcastTo(graph.SumTo(x, small...), sh...)
}

// sumValues sums over the enumerations, whose axes go.
func (a axes) sumValues(x *graph.Node) *graph.Node {
	if len(a.enum) == 0 {
		return x
	}
	return graph.Sum(x, first(len(a.enum))...)
}

// logSumValues is log Σ exp over the enumerations, whose axes go.
func (a axes) logSumValues(x *graph.Node) *graph.Node {
	if len(a.enum) == 0 {
		return x
	}
	return logSum(x, first(len(a.enum))...)
}

// logSumSummed is log Σ exp over what only the joint enumerates, whose axes
// stay as 1.
func (a axes) logSumSummed(x *graph.Node) *graph.Node {
	var at []int
	keep := x.Shape()
	for i, e := range a.enum {
		if e.summed {
			at, keep[i] = append(at, i), 1
		}
	}
	return graph.Reshape(logSum(x, at...), keep...)
}

// meanDraws averages over the draws and enumerations that have been weighted:
// [B].
func (a axes) meanDraws(x *graph.Node) *graph.Node {
	return graph.BroadcastTo(graph.Mean(a.sumValues(x), 0), a.b)
}

// sumRows sums over enumerations and draws: [B].
func (a axes) sumRows(x *graph.Node) *graph.Node {
	return graph.Sum(x, first(a.rowAxis())...)
}

// normalised is exp x over its sum over enumerations and draws, of [E…, K, B].
func (a axes) normalised(x *graph.Node) *graph.Node {
	at := first(a.rowAxis())
	w := graph.Exp(x.Sub(largest(x, at...)))
	total := graph.Sum(w, at...) // 1 or more, as one weight is
	return w.Div(graph.Reshape(graph.Max(total, graph.Const(1)), a.each()...))
}

// splitRows puts an axis of 1 between the rows and the event, isSplit tells
// whether a shape has it, and joinRows takes it out again.
func (a axes) splitRows(sh graph.Shape) []int {
	return slices.Insert([]int(slices.Clone(sh)), a.eventAxis(), 1)
}

func (a axes) isSplit(sh graph.Shape) bool { return len(sh) > a.eventAxis() && sh[a.eventAxis()] == 1 }

func (a axes) joinRows(sh graph.Shape) []int {
	return slices.Delete([]int(slices.Clone(sh)), a.eventAxis(), a.eventAxis()+1)
}
