package probtest

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// subject is a Case under test, with results that several rules need.
type subject struct {
	Case
	shapes [][]int
	event  int

	once sync.Once
	err  error
	dist prob.Dist // of a build that is over: for its type and what needs no build

	mu    sync.Mutex
	draws map[int][]float64
	laws  map[int]*law
}

func newSubject(c Case) *subject {
	made := c.New
	c.New = func(s *graph.Scope, p []*graph.Node) prob.Dist {
		if made == nil {
			graph.Fail("probtest: the case has no New")
		}
		d := made(s, p)
		if op.Nil(d) {
			graph.Fail("probtest: the case's New returned no distribution")
		}
		return d
	}
	s := &subject{Case: c, shapes: c.Shapes, event: max(c.Event, 1), draws: map[int][]float64{}, laws: map[int]*law{}}
	if s.shapes == nil && len(c.Params) > 0 {
		for range c.Params[0] {
			s.shapes = append(s.shapes, []int{1})
		}
	}
	if s.Draws == 0 {
		s.Draws = 100_000
	}
	return s
}

// distribution returns the distribution for type assertions.
func (s *subject) distribution() (prob.Dist, error) {
	s.once.Do(func() {
		want := 0
		for _, sh := range s.shapes {
			want += size(sh)
		}
		if len(s.Params) == 0 {
			s.err = errors.New("the case has no Params")
		}
		for _, p := range slices.Concat(s.Params, s.Extremes, s.Degenerate) {
			if len(p) != want {
				s.err = errors.Errorf("params %v: %d numbers, the shapes %v have %d", p, len(p), s.shapes, want)
			}
		}
		if s.err == nil {
			_, s.err = s.build(graph.Float64, nil, nil, func(e env) {
				s.dist = e.d
				e.s.Output("none", e.s.Const(0))
			})
		}
	})
	return s.dist, s.err
}

// as returns the distribution as T, or a notApplicable error.
func as[T any](s *subject, method string) error {
	d, err := s.distribution()
	if err != nil {
		return err
	}
	if _, ok := d.(T); !ok {
		return notApplicable("the type has no " + method)
	}
	return nil
}

// is tells whether the distribution is a T.
func is[T any](s *subject) bool { return as[T](s, "") == nil }

// support returns that of a setting.
func (s *subject) support(params []float64) prob.Support {
	if s.Support != nil {
		return s.Support(params)
	}
	if d, ok := s.dist.(prob.Supported); ok {
		return d.Support()
	}
	return prob.Support{}
}

// reals tells whether the support is the reals only because nothing says another.
func (s *subject) reals() bool {
	_, says := s.dist.(prob.Supported)
	return s.dist != nil && !says && s.Support == nil && s.Discrete == nil
}

func (s *subject) discrete(params []float64) bool {
	if s.Discrete != nil {
		return true
	}
	return s.support(params).Discrete()
}

// sampled returns the draws at setting i, which are made once.
func (s *subject) sampled(i int) ([]float64, error) {
	if err := as[prob.Sampler](s, "Sample"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draws[i] == nil {
		p, err := s.sampler(graph.Float64, s.Draws)
		if err != nil {
			return nil, err
		}
		for j, params := range s.Params {
			out, err := p.eval(nil, params)
			if err != nil {
				return nil, err
			}
			s.draws[j] = out[0]
		}
	}
	return s.draws[i], nil
}

func (s *subject) sampler(dt graph.Dtype, n int) (*program, error) {
	p, err := s.build(dt, nil, nil, func(e env) {
		e.s.Output("draws", e.d.(prob.Sampler).Sample(e.s.In("draw"), n))
	})
	if err == nil && !slices.Equal(p.Shape("draws"), []int{n, s.event}) {
		err = errors.Errorf("Sample(s, %d) has shape %v, want [%d %d]", n, p.Shape("draws"), n, s.event)
	}
	return p, err
}

// some returns up to n of the draws at a setting.
func (s *subject) some(i, n int) ([]float64, error) {
	d, err := s.sampled(i)
	if err != nil {
		return nil, err
	}
	return d[:min(n*s.event, len(d))], nil
}

// each calls f for every setting and joins what it finds.
func (s *subject) each(f func(i int, params []float64) error) error {
	if _, err := s.distribution(); err != nil {
		return err
	}
	var skip error
	found := &findings{}
	for i, params := range s.Params {
		err := f(i, params)
		if errors.As(err, new(notApplicable)) {
			skip = err
			continue
		}
		if err != nil {
			found.add("params %v: %s", params, strings.ReplaceAll(err.Error(), "\n", "\n\t"))
		}
	}
	if found.text == "" {
		return skip
	}
	return found.err()
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// near tells whether a and b agree within tol of 1 + |b|; infinities of a sign
// agree.
func near(a, b, tol float64) bool { return a == b || math.Abs(a-b) <= tol*(1+math.Abs(b)) }

func finite(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }
