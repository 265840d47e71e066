package trainers

import (
	"context"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

const (
	columnInput    = "trainers/column"
	gradientOutput = "trainers/gradient"
	hessianOutput  = "trainers/hessian"
)

// curved is the law of a guide that Laplace finds.
type curved interface {
	Curvature() (means []*graph.Node, cholesky *graph.Node)
}

// curvature computes log p(data, u) and its derivatives by u.
type curvature struct {
	params   *graph.Params
	runs     *evaluator
	names    []string // of the parameters that make up u
	sizes    []int
	cholesky string
	size     int // D
	total    int
}

// declare makes the outputs: the bound, its gradient by u and one column of its
// Hessian.
func (c *curvature) declare(s *graph.Scope, e *vi.Estimate) {
	var means []*graph.Node
	var l *graph.Node
	if e.Record == nil {
		graph.Fail("trainers: Laplace of an estimate without a record, such as a sum of several")
	}
	beside := ""
	for _, site := range e.Record.Sites() {
		q, ok := site.Q.(curved)
		switch {
		case ok && means == nil:
			means, l = q.Curvature()
		case site.Q != nil && !site.Observed:
			beside = site.Name
		}
	}
	switch {
	case means == nil:
		graph.Fail("trainers: Laplace of a model whose guide is not by the family guide.Laplace")
	case beside != "":
		graph.Fail("trainers: Laplace of a model with the latent %s beside: its noise would be in the Hessian", beside)
	}
	c.names, c.sizes, c.size = nil, nil, l.Shape()[0]
	for _, n := range means {
		c.names, c.sizes = append(c.names, n.Name()), append(c.sizes, graph.Size(n.Shape()))
	}
	c.cholesky, c.total = l.Name(), e.Record.Total
	flat := func(ns []*graph.Node) *graph.Node {
		var parts []*graph.Node
		for _, n := range ns {
			parts = append(parts, graph.Reshape(n, -1))
		}
		return graph.Concat(0, parts...)
	}
	gradient := flat(graph.Grad(e.Value, means))
	column := graph.OneHot(s.Input(columnInput), c.size)
	s.Output(boundOutput, e.Value)
	s.Output(gradientOutput, gradient)
	s.Output(hessianOutput, flat(graph.Grad(graph.Sum(gradient.Mul(column)), means)))
}

// at computes the sums over the data set: the value, the gradient, and, if it is
// wanted, the Hessian.
func (c *curvature) at(ctx context.Context, hessian bool) (value float64, g []float64, h *mat.SymDense, err error) {
	columns := [][]float64{}
	for j := 0; j == 0 || hessian && j < c.size; j++ {
		rows := 0
		var column []float64
		value, g = 0, nil
		err := c.runs.each(ctx, j, 0, func(p *graph.Program, n int) error {
			if column == nil {
				column, g = make([]float64, c.size), make([]float64, c.size)
			}
			rows += n
			for output, to := range map[string][]float64{gradientOutput: g, hessianOutput: column} {
				v, err := p.Value(output)
				if err != nil {
					return err
				}
				for i, x := range v {
					to[i] += x * float64(n)
				}
			}
			v, err := p.Value(boundOutput)
			if err != nil {
				return err
			}
			value += v[0] * float64(n)
			return nil
		})
		switch {
		case err != nil:
			return 0, nil, nil, err
		case rows != c.total:
			return 0, nil, nil, errors.Errorf("%d rows of data and a Total of %d: want the whole data set", rows, c.total)
		}
		columns = append(columns, column)
	}
	if !hessian {
		return value, g, nil, nil
	}
	h = mat.NewSymDense(c.size, nil)
	for i := range c.size {
		for j := range i + 1 {
			h.SetSym(i, j, -(columns[i][j]+columns[j][i])/2)
		}
	}
	return value, g, h, nil
}

// read returns u.
func (c *curvature) read() []float64 {
	var u []float64
	for _, name := range c.names {
		if v, err := graph.Values[float64](c.params, name); err == nil {
			u = append(u, v...)
		} else if v, err := graph.Values[float32](c.params, name); err == nil {
			for _, x := range v {
				u = append(u, float64(x))
			}
		}
	}
	return u
}

// write sets u.
func (c *curvature) write(u []float64) {
	for i, name := range c.names {
		c.set(name, u[:c.sizes[i]])
		u = u[c.sizes[i]:]
	}
}

func (c *curvature) set(name string, v []float64) {
	if to, err := graph.Memory[float64](c.params, name); err == nil {
		copy(to, v)
	} else if to, err := graph.Memory[float32](c.params, name); err == nil {
		for i, x := range v {
			to[i] = float32(x)
		}
	}
}
