package trainers

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/op"
)

// search is a bound on all batches as a function of all parameters, a vector,
// for a method that maximises it.
type search struct {
	LBFGS
	ctx        context.Context
	runs       *runner
	began      time.Time
	result     Result
	iterations int
	x          []float64 // parameters of the last iteration

	at    []float64 // where these were looked at
	value float64   // minus the bound; +Inf where it or its gradient is not finite
	grad  []float64 // of value
	terms map[string]float64
	err   error // that ends the search
}

// start looks at the bound where the parameters are.
func (s *search) start() error {
	if err := meaningful(s.Schedules); err != nil {
		return err
	}
	if err := s.runs.start(); err != nil {
		return err
	}
	if !s.runs.batches.Next() {
		if err := s.runs.batches.Err(); err != nil {
			return err
		}
		return errors.New("the epoch has no batch")
	}
	p, err := s.runs.program()
	if err != nil {
		return err
	}
	if err := idle(s.Schedules, s.runs.own(p)); err != nil {
		return err
	}
	s.Params.Seal()
	err = s.each(func(x graph.Array) {
		for i := range x.Len() {
			s.x = append(s.x, x.At(i))
		}
	})
	if err != nil {
		return err
	}
	s.at, s.grad = slices.Clone(s.x), make([]float64, len(s.x))
	return s.pass(false)
}

// each visits the parameters that are trained.
func (s *search) each(visit func(x graph.Array)) error {
	for _, name := range s.runs.update.names {
		x, err := memory(s.Params, name)
		if err != nil {
			return err
		}
		visit(x)
	}
	return nil
}

// put makes a vector the parameters.
func (s *search) put(x []float64) error {
	return door.WriteParams(s.Params, func() error {
		return s.each(func(to graph.Array) {
			for i := range to.Len() {
				to.Set(i, x[i])
			}
			x = x[to.Len():]
		})
	})
}

// look finds value, grad and terms at x, unless they are of x already.
func (s *search) look(x []float64) {
	if s.err != nil || slices.Equal(x, s.at) {
		return
	}
	copy(s.at, x)
	most := math.MaxFloat32
	if s.Params.Dtype == graph.Float64 {
		most = math.MaxFloat64
	}
	if slices.ContainsFunc(x, func(v float64) bool { return !(math.Abs(v) <= most) }) {
		s.value = math.Inf(1)
		return
	}
	err := s.put(x)
	if err == nil {
		err = s.pass(false)
	}
	if bad := (*NotFinite)(nil); errors.As(err, &bad) { // the search goes back
		s.value, err = math.Inf(1), nil
	}
	s.err = err
}

// pass goes through the batches, and commits their states if it is the last.
func (s *search) pass(last bool) error {
	r := s.runs
	if err := r.batches.Seek(0, 0); err != nil {
		return err
	}
	clear(s.grad)
	var mean means
	for r.batches.Next() {
		p, err := r.program()
		if err == nil {
			err = r.feed(p, s.Schedules, 0)
		}
		if err == nil {
			err = p.Run(s.ctx, graph.Key{Seed: s.Seed, Row: mean.rows})
		}
		if err == nil {
			s.result.Steps++
			err = mean.add(p, r.rows[0])
		}
		if err == nil {
			err = s.gather(p, float64(r.rows[0]))
		}
		if err == nil && last {
			err = p.Commit()
		}
		if err != nil {
			return r.placed(err, s.iterations)
		}
	}
	if err := r.batches.Err(); err != nil {
		return err
	}
	if mean.rows == 0 {
		return errors.New("the epoch has no batch")
	}
	for i := range s.grad {
		s.grad[i] /= float64(mean.rows)
	}
	s.terms = mean.values()
	s.value = -s.terms["bound"]
	return nil
}

// gather adds the gradient of p's run, times a weight.
func (s *search) gather(p *graph.Program, weight float64) error {
	u, to := s.runs.update, s.grad
	for i, output := range u.outputs {
		g, err := view(p, output, s.Params.Dtype == graph.Float64)
		if err != nil {
			return err
		}
		if !allFinite(g) {
			return badGradient(p, output, u.names[i], g)
		}
		for k := range g.Len() {
			to[k] += weight * g.At(k)
		}
		to = to[op.Size(u.shapes[i]):]
	}
	return nil
}

// finish leaves the parameters of the last iteration, with states as a pass over
// the batches leaves them.
func (s *search) finish(states bool) error {
	if s.x == nil {
		return nil
	}
	if err := s.put(s.x); err != nil || !states {
		return err
	}
	return s.pass(true)
}
