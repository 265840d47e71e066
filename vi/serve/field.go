package serve

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// field is a node of a program, [K or 1, B, event…], and what becomes of it in
// the outputs of a request. It does not refer to the node when the program is
// built.
type field struct {
	kind   fieldKind
	name   string
	shape  []int // of the event
	size   int
	varies bool // between draws
	spread bool // there is a variance

	node, variance *graph.Node
}

type fieldKind uint8

const (
	perRow     fieldKind = iota // as it is
	eachDraw                    // of every draw: [rows, draws, event…]
	average                     // over the draws
	moment                      // mean and standard deviation over the draws
	logWeights                  // log w of every draw
)

// field makes a field of a value with or without draws, whose parameters may have
// fewer axes than it.
func (a *asked) field(kind fieldKind, name string, n *graph.Node, event []int) field {
	f := field{kind: kind, name: name, shape: slices.Clone(event), size: graph.Size(event)}
	f.node, f.varies = a.lift(n, event)
	return f
}

// moments makes the fields of a law: its mean and variance where they are known,
// else those of the draws; of class indices their probabilities.
func (a *asked) moments(name string, law prob.Dist, value *graph.Node, event []int) []field {
	if c, ok := law.(prob.Categorical); ok {
		classes := c.Logits.Shape()[len(c.Logits.Shape())-1]
		return []field{a.field(average, name+"/probs", graph.Softmax(c.Logits), append(slices.Clone(event), classes))}
	}
	m, ok := law.(prob.Moments)
	if !ok {
		return []field{a.field(moment, name, value, event)}
	}
	mean, variance := m.Moments()
	f := a.field(moment, name, mean, event)
	var varies bool
	if f.variance, varies = a.lift(variance, event); varies != f.varies {
		f.varies = true
		full := append([]int{a.draws, a.rows}, event...)
		f.node, f.variance = graph.BroadcastTo(f.node, full...), graph.BroadcastTo(f.variance, full...)
	}
	f.spread = true
	return []field{f}
}

// lift gives a node the axes of draws, 1 where it does not vary with them, and of
// rows.
func (a *asked) lift(n *graph.Node, event []int) (lifted *graph.Node, varies bool) {
	sh := n.Shape()
	for len(sh) < len(event)+2 {
		sh = append([]int{1}, sh...)
	}
	k := sh[0]
	return graph.BroadcastTo(graph.Reshape(n, sh...), append([]int{k, a.rows}, event...)...), k > 1
}

// outputs lists what a request gets of fields, with the shapes of a row. Draws
// are −1 in them.
func outputs(fields []field) (out []Output) {
	add := func(name string, shape ...int) { out = append(out, Output{Name: name, Shape: shape}) }
	for _, f := range fields {
		switch f.kind {
		case moment:
			add(f.name+"/mean", f.shape...)
			add(f.name+"/std", f.shape...)
		case eachDraw:
			add(f.name, append([]int{-1}, f.shape...)...)
		case logWeights:
			for _, name := range weightOutputs {
				add(name)
			}
		default:
			add(f.name, f.shape...)
		}
	}
	return out
}

// sizeOf is the numbers of a row of an output with so many draws.
func sizeOf(shape []int, draws int) int {
	n := 1
	for _, d := range shape {
		if d < 0 {
			d = draws
		}
		n *= d
	}
	return n
}

// span says which rows and draws of a run are whose.
type span struct {
	rows     int // of the program
	at, from int // the first of them, in the run and in the request
	n        int // rows of the request
	first    int // draw of this pass
	draws    int // of this pass that the request asks for
	all      int // draws of the request
}

// collect adds what a pass computed of a field to the outputs of a request.
func collect[T graph.Float](f *field, x, variance []T, s span, out, spread []float64) {
	draws := s.draws
	if !f.varies {
		if s.first > 0 && f.kind != eachDraw {
			return
		}
		if f.kind != eachDraw {
			draws = 1
		}
	}
	for i := range s.n {
		to := out[(s.from+i)*f.size:]
		for k := range draws {
			at := s.at + i
			if f.varies {
				at += k * s.rows
			}
			src := x[at*f.size : (at+1)*f.size]
			n := float64(s.first + k + 1)
			switch f.kind {
			case perRow:
				convert(to[:f.size], src)
			case eachDraw:
				convert(out[((s.from+i)*s.all+s.first+k)*f.size:][:f.size], src)
			case average:
				for e, v := range src {
					if n == 1 {
						to[e] = 0
					}
					to[e] += (float64(v) - to[e]) / n
				}
			case moment:
				v := variance
				if v != nil {
					v = v[at*f.size : (at+1)*f.size]
				}
				addMoments(to[:f.size], spread[(s.from+i)*f.size:][:f.size], src, v, n)
			}
		}
		if f.kind == moment && (!f.varies || s.first+draws == s.all) {
			n := float64(s.all)
			if !f.varies {
				n = 1
			}
			for e, v := range spread[(s.from+i)*f.size:][:f.size] {
				spread[(s.from+i)*f.size+e] = math.Sqrt(v / n)
			}
		}
	}
}

// addMoments takes the n-th draw's conditional mean and variance: mean becomes
// that of all so far, sum n times the variance, the mean of the variances and the
// variance of the means (Welford, 1962).
func addMoments[T graph.Float](mean, sum []float64, x, variance []T, n float64) {
	for e, v := range x {
		if n == 1 {
			mean[e], sum[e] = float64(v), 0
		} else {
			d := float64(v) - mean[e]
			mean[e] += d / n
			sum[e] += d * (float64(v) - mean[e])
		}
		if variance != nil {
			sum[e] += float64(variance[e])
		}
	}
}

func convert[T, S graph.Float](dst []T, src []S) {
	for i, v := range src {
		dst[i] = T(v)
	}
}
