package flowtest

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/floats"

	"github.com/latentgo/latent/graph"
)

// cost is a scalar in which every element of the results has a weight of its own.
func (s *subject) cost(e env) *graph.Node {
	sum := e.s.Const(0)
	results := e.results()
	for _, name := range slices.Sorted(maps.Keys(results)) {
		y := results[name]
		w := normal(s.random("weights"), graph.Size(y.Shape()), 1)
		sum = sum.Add(graph.Sum(y.Mul(graph.Tensor(w, y.Shape()...))))
	}
	return sum
}

// gradients compares the gradients of the cost by nodes with differences of the
// cost along the axes of the numbers that a program reads for each node, or, where
// those are many, along random directions, of which each sees them all.
func (s *subject) gradients(nodes func(e env) []*graph.Node, numbers func(p *program, x, c []float64) ([][]float64, error)) error {
	n := min(3, s.rows())
	value, err := s.build(graph.Float64, []int{n}, nil, func(e env) { e.s.Output("cost", s.cost(e)) })
	if err != nil {
		return err
	}
	slope, err := s.build(graph.Float64, []int{n}, nil, func(e env) {
		for i, g := range graph.Grad(s.cost(e), nodes(e)) {
			e.s.Output("gradient"+strconv.Itoa(i), g)
		}
	})
	if err != nil {
		return err
	}
	f := &findings{}
	for i, set := range s.settings() {
		for _, p := range []*program{value, slope} {
			if err := p.set(set); err != nil {
				return err
			}
		}
		x, c := slices.Clone(s.values[:n*s.Event]), slices.Clone(s.context[:n*s.Context])
		got, err := slope.eval(x, c)
		if err != nil {
			return err
		}
		read, err := numbers(value, x, c)
		if err != nil {
			return err
		}
		for k, v := range read {
			for _, along := range directions(s.random("directions"), len(v)) {
				g := floats.Dot(got["gradient"+strconv.Itoa(k)], along)
				var want [2]float64
				for j, step := range []float64{1e-4, 1e-6} { // the second where the first meets a kink
					if want[j], err = derivative(v, along, step, func() (float64, error) {
						out, err := value.eval(x, c)
						if err != nil {
							return 0, err
						}
						return out["cost"][0], nil
					}); err != nil {
						return err
					}
				}
				if !near(g, want[0], 1e-6) && !near(g, want[1], 1e-6) {
					f.add("%s: the derivative by node %d along %.3v is %v, differences give %v", setting(i), k, along, g, want)
				}
			}
		}
	}
	return f.err()
}

// directions are those in which a derivative by n numbers is taken.
func directions(r *rand.Rand, n int) [][]float64 {
	var all [][]float64
	for i := range min(n, 12) {
		v := make([]float64, n)
		if n <= 12 {
			v[i] = 1
		} else {
			v = normal(r, n, 1/math.Sqrt(float64(n)))
		}
		all = append(all, v)
	}
	return all
}

// derivative returns the central difference of fourth order of f along a
// direction in the numbers x, which it may move.
func derivative(x, along []float64, step float64, f func() (float64, error)) (float64, error) {
	at, sum := slices.Clone(x), 0.0
	h := step * max(1, floats.Norm(x, math.Inf(1)))
	for _, c := range stencil {
		floats.AddScaledTo(x, at, c.steps*h, along)
		y, err := f()
		if err != nil {
			return 0, err
		}
		sum += c.weight * y / h
	}
	copy(x, at)
	return sum, nil
}

func checkValueGradient(s *subject) error {
	return s.gradients(func(e env) []*graph.Node { return []*graph.Node{e.x} },
		func(_ *program, x, _ []float64) ([][]float64, error) { return [][]float64{x}, nil })
}

func checkContextGradient(s *subject) error {
	if s.Context == 0 {
		return notApplicable("the flow takes no context")
	}
	return s.gradients(func(e env) []*graph.Node { return []*graph.Node{e.context} },
		func(_ *program, _, c []float64) ([][]float64, error) { return [][]float64{c}, nil })
}

func checkParamGradient(s *subject) error {
	if len(s.starts) == 0 {
		return notApplicable("the flow has no parameters")
	}
	return s.gradients(func(e env) []*graph.Node { return e.trained },
		func(p *program, _, _ []float64) (vs [][]float64, err error) {
			for _, n := range p.names {
				v, err := graph.Memory[float64](p.params, n) // where the program reads them
				if err != nil {
					return nil, err
				}
				vs = append(vs, v)
			}
			return vs, nil
		})
}
