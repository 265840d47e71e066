package trainers

import (
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// The names of a program's outputs. Names of a model's own cannot clash: it
// declares none at the root before its estimate is made.
const (
	boundOutput   = "trainers/bound"
	termOutput    = "trainers/term/"
	predictOutput = "trainers/predict/"
)

// runner holds the programs of one model on some batches, by the numbers of rows
// of their arrays.
type runner struct {
	declare func(s *graph.Scope, d vi.Data) // the outputs
	params  *graph.Params
	batches data.Batches
	update  *Updater // nil in evaluation

	initialising bool // its programs give parameters their first values

	arrays   []data.Spec
	rows     []int      // of this batch, by array
	fillings []*filling // by array
	programs []*graph.Program
	sizes    [][]int // the rows of each
}

// start looks at the arrays. A mistake in making the batches is an error of
// Seek.
func (r *runner) start() error {
	if err := r.batches.Seek(0, 0); err != nil {
		return err
	}
	r.arrays = r.batches.Arrays()
	if len(r.arrays) == 0 {
		return errors.New("the batches have no arrays")
	}
	r.rows = make([]int, len(r.arrays))
	for _, a := range r.arrays {
		if slices.ContainsFunc(a.Shape, func(d int) bool { return d < 1 }) {
			return errors.Errorf("the batches have rows of shape %v in array %s", a.Shape, a.Name)
		}
		r.fillings = append(r.fillings, &filling{batches: r.batches, name: a.Name, cols: graph.Size(a.Shape)})
	}
	return nil
}

// program returns the program for this batch. Batches of a set need two: one
// for full ones and one for the last.
func (r *runner) program() (*graph.Program, error) {
	for i, a := range r.arrays {
		if r.rows[i] = len(r.batches.Index(a.Name)); r.rows[i] == 0 {
			return nil, errors.Errorf("the batch has no rows of array %s", a.Name)
		}
	}
	for i, rows := range r.sizes {
		if slices.Equal(rows, r.rows) {
			return r.programs[i], nil
		}
	}
	build := graph.Build
	switch {
	case r.update != nil:
		build = graph.BuildTraining
	case r.initialising:
		build = graph.BuildInitialising
	}
	p, err := build(r.params, func(s *graph.Scope) {
		d := vi.Data{}
		for i, a := range r.arrays {
			d[a.Name] = s.Input(a.Name, append([]int{r.rows[i]}, a.Shape...)...)
		}
		r.declare(s, d)
	})
	if err != nil {
		return nil, err
	}
	r.programs, r.sizes = append(r.programs, p), append(r.sizes, slices.Clone(r.rows))
	return p, nil
}

// names returns those of the arrays.
func (r *runner) names() []string {
	names := make([]string, len(r.arrays))
	for i, a := range r.arrays {
		names[i] = a.Name
	}
	return names
}

func (m Bound) declare(s *graph.Scope, d vi.Data) { m.outputs(s, d) }

// estimate is what m builds, which is something.
func (m Bound) estimate(s *graph.Scope, d vi.Data) *vi.Estimate {
	e := m(s, d)
	if e == nil {
		graph.Fail("trainers: the model returned no estimate")
	}
	return e
}

// outputs declares the value and the terms of a model's estimate.
func (m Bound) outputs(s *graph.Scope, d vi.Data) *vi.Estimate {
	e := m.estimate(s, d)
	s.Output(boundOutput, e.Value)
	if e.Terms["bound"] != nil {
		graph.Fail("trainers: a term of the estimate is called bound, the name of its value")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Terms)) {
		s.Output(termOutput+name, e.Terms[name])
	}
	return e
}

// own returns the inputs of a program that are not data.
func (r *runner) own(p *graph.Program) []string {
	return slices.DeleteFunc(p.Inputs(), func(name string) bool {
		return slices.ContainsFunc(r.arrays, func(a data.Spec) bool { return a.Name == name })
	})
}

// meaningful is an error if the numbers of a schedule mean nothing.
func meaningful(schedules map[string]Schedule) error {
	for _, name := range slices.Sorted(maps.Keys(schedules)) {
		if s := schedules[name]; s != nil && op.Nil(s) {
			return errors.Errorf("schedule %s is a nil %T", name, s)
		}
		if err := checked(schedules[name]); err != nil {
			return errors.WithMessagef(err, "schedule %s", name)
		}
	}
	return nil
}

// idle is an error if some schedules are of none of the inputs.
func idle(schedules map[string]Schedule, inputs []string) error {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(schedules)), func(name string) bool { return slices.Contains(inputs, name) })
	if len(names) > 0 {
		return errors.Errorf("Schedules has %v, the model's own inputs are %v", names, slices.Compact(slices.Sorted(slices.Values(inputs))))
	}
	return nil
}
