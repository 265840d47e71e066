package flowtest

import (
	"fmt"
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// roundings is how many of them, each relative to the result, to every parameter
// and to 1 + |x|, a result in float32 may be from that in float64.
const roundings = 64

func checkFloat32(s *subject) error {
	f := &findings{}
	programs := map[bool][2]*program{}
	for _, extreme := range []bool{false, true} {
		double, err := s.precise(graph.Float64, extreme)
		if err != nil {
			return err
		}
		single, err := s.precise(graph.Float32, extreme)
		if err != nil {
			return err
		}
		programs[extreme] = [2]*program{double, single}
	}
	// Values are multiplied by the sizes.
	for _, at := range []struct {
		where   string
		set     map[string][]float64
		sizes   []float64
		extreme bool
	}{
		{"as the parameters start", s.moved(0, "not"), []float64{0, 1e-6, 1}, false},
		{"with moved parameters", s.moved(s.Spread, "once"), []float64{0, 1e-6, 1}, false},
		{"with moved parameters", s.moved(s.Spread, "once"), []float64{1e3, 1e6}, true},
		{"with parameters moved by 20", s.moved(20, "far"), []float64{0, 1e-6, 1, 1e3, 1e6}, true},
		{"with parameters moved by 1000", s.moved(1000, "farther"), []float64{0, 1e-6, 1, 1e3, 1e6}, true},
	} {
		for _, values := range at.set {
			for i, v := range values {
				values[i] = float64(float32(v))
			}
		}
		if err := s.compare(f, at.where, programs[at.extreme], at.set, at.sizes); err != nil {
			return err
		}
	}
	return f.err()
}

// precise compiles for one event the numbers of Forward and LogDet, and of Inverse
// where neither the event nor the parameters are extreme. In float64 each has a
// size: the sum of what every input and parameter times the derivative by it is.
// In float32 there is a mark that the gradient of all is finite.
func (s *subject) precise(dt graph.Dtype, extreme bool) (*program, error) {
	return s.build(dt, []int{1}, nil, func(e env) {
		all := []*graph.Node{e.b.Forward(e.x), graph.ExpandDims(e.b.LogDet(e.x), -1)}
		if b, ok := e.b.(prob.Inverter); ok && !extreme {
			all = append(all, b.Inverse(e.x))
		}
		y := graph.Concat(-1, all...)
		e.s.Output("y", y)
		by := append([]*graph.Node{e.x}, e.trained...)
		if e.context != nil {
			by = append(by, e.context)
		}
		if dt == graph.Float32 {
			finite := e.s.Const(1)
			for _, g := range graph.Grad(graph.Sum(y), by) {
				finite = graph.Min(finite, graph.MinOver(graph.IsFinite(g)))
			}
			e.s.Output("finite", finite)
			return
		}
		var sizes []*graph.Node
		for i := range y.Shape()[1] {
			sum := e.s.Const(0)
			one := graph.Sum(graph.Cols(y, i, i+1))
			for k, g := range graph.Grad(one, by) {
				size := graph.Abs(by[k])
				if k == 0 { // a value may be compared with numbers of the size of 1
					size = size.Shift(1)
				}
				sum = sum.Add(graph.Sum(graph.Abs(g).Mul(size)))
			}
			sizes = append(sizes, graph.Reshape(sum, 1, 1))
		}
		e.s.Output("size", graph.Concat(-1, sizes...))
	})
}

// compare evaluates the flow in float64 and float32.
func (s *subject) compare(f *findings, where string, programs [2]*program, set map[string][]float64, sizes []float64) error {
	for _, p := range programs {
		if err := p.set(set); err != nil {
			return err
		}
	}
	for n := range s.rows() {
		for _, size := range sizes {
			x, c := s.row(n)
			x, c = slices.Clone(x), slices.Clone(c)
			for i := range x {
				x[i] = float64(float32(x[i] * size))
			}
			for i := range c {
				c[i] = float64(float32(c[i]))
			}
			want, err := programs[0].eval(x, c)
			if err != nil {
				return err
			}
			got, err := programs[1].eval(x, c)
			if err != nil {
				return err
			}
			for i, v := range got["y"] {
				w := want["y"][i]
				if !finite(want["size"][i]) {
					f.add("%s: the gradient of %s at %v is not finite", where, s.result(i), x)
					continue
				}
				tol := roundings * 0x1p-23 * (1 + math.Abs(w) + want["size"][i])
				if !(math.Abs(v-w) <= tol) {
					f.add("%s: %s at %v is %v in float32, %v in float64, further than %.2g", where, s.result(i), x, v, w, tol)
				}
			}
			if got["finite"][0] != 1 {
				f.add("%s: a gradient at %v is not finite", where, x)
			}
		}
	}
	return nil
}

// result names a number of precise.
func (s *subject) result(i int) string {
	switch {
	case i < s.Event:
		return fmt.Sprintf("y_%d", i)
	case i == s.Event:
		return "LogDet"
	}
	return fmt.Sprintf("element %d of Inverse", i-s.Event-1)
}
