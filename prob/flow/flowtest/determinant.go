package flowtest

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
)

// stencil is a central difference of fourth order, in steps of 1.
var stencil = [...]struct{ steps, weight float64 }{{1, 8. / 12}, {-1, -8. / 12}, {2, -1. / 12}, {-2, 1. / 12}}

// differences returns the matrix of differences of f, which has as many results as
// x has numbers, by each of them; it may move them.
func differences(x []float64, f func() ([]float64, error)) (*mat.Dense, error) {
	jacobian := mat.NewDense(len(x), len(x), nil)
	for j, at := range x {
		h := 1e-4 * math.Max(1, math.Abs(at))
		for _, c := range stencil {
			x[j] = at + c.steps*h
			y, err := f()
			if err != nil {
				return nil, err
			}
			for i, v := range y {
				jacobian.Set(i, j, jacobian.At(i, j)+c.weight*v/h)
			}
		}
		x[j] = at
	}
	return jacobian, nil
}

// jacobians gives check the matrix of differences of Forward and LogDet at every
// event and setting.
func (s *subject) jacobians(check func(f *findings, where string, event int, jacobian *mat.Dense, logDet float64)) error {
	p, err := s.build(graph.Float64, []int{1}, nil, func(e env) {
		e.s.Output("y", e.b.Forward(e.x))
		e.s.Output("logdet", e.b.LogDet(e.x))
	})
	if err != nil {
		return err
	}
	f := &findings{}
	for i, set := range s.settings() {
		if err := p.set(set); err != nil {
			return err
		}
		for n := range s.rows() {
			x, c := s.row(n)
			out, err := p.eval(x, c)
			if err != nil {
				return err
			}
			moved := append([]float64(nil), x...)
			jacobian, err := differences(moved, func() ([]float64, error) {
				out, err := p.eval(moved, c)
				return out["y"], err
			})
			if err != nil {
				return err
			}
			check(f, setting(i), n, jacobian, out["logdet"][0])
		}
	}
	return f.err()
}

func checkLogDet(s *subject) error {
	sign := map[string]float64{}
	return s.jacobians(func(f *findings, where string, n int, jacobian *mat.Dense, got float64) {
		want, way := mat.LogDet(jacobian)
		if !near(got, want, 1e-6) {
			f.add("%s: LogDet of event %d is %v, that of the differences is %v", where, n, got, want)
		}
		if sign[where] == 0 {
			sign[where] = way
		}
		if way != sign[where] {
			f.add("%s: the determinant changes its sign at event %d", where, n)
		}
	})
}

func checkTriangular(s *subject) error {
	if s.Order == nil {
		return notApplicable("the case claims no Order")
	}
	return s.jacobians(func(f *findings, where string, n int, jacobian *mat.Dense, _ float64) {
		for k, i := range s.Order {
			if !(math.Abs(jacobian.At(i, i)) > 0) {
				f.add("%s: y_%d does not depend on x_%d at event %d", where, i, i, n)
			}
			for _, j := range s.Order[k+1:] {
				if v := jacobian.At(i, j); math.Abs(v) > 1e-10 {
					f.add("%s: y_%d depends on x_%d, which comes later, at event %d: %v", where, i, j, n, v)
				}
			}
		}
	})
}
