package trainers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/latentgo/latent/internal/door"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// The names of a program's outputs. Names of a model's own cannot clash: it
// declares none at the root before its estimate is made.
const (
	boundOutput = "trainers/bound"
	termOutput  = "trainers/term/"
)

// runner holds the programs of one model on one set, by number of rows.
type runner struct {
	declare func(s *graph.Scope, d vi.Data) // the outputs
	params  *graph.Params
	arrays  []string
	set     *data.Set
	update  *Updater // nil in evaluation

	programs map[int]*graph.Program
	f32      map[string]*filling[float32]
	f64      map[string]*filling[float64]
}

// program returns the program for a batch of some rows. A set needs two: one
// for full batches and one for the last.
func (r *runner) program(rows int) (*graph.Program, error) {
	if p := r.programs[rows]; p != nil {
		return p, nil
	}
	build := graph.Build
	if r.update != nil {
		build = graph.BuildTraining
	}
	p, err := build(r.params, func(s *graph.Scope) {
		d := vi.Data{}
		for _, name := range r.arrays {
			d[name] = s.Input(name, rows, r.set.Cols(name))
		}
		r.declare(s, d)
	})
	if err != nil {
		return nil, err
	}
	if r.programs == nil {
		r.programs = map[int]*graph.Program{}
		r.f32, r.f64 = map[string]*filling[float32]{}, map[string]*filling[float64]{}
	}
	r.programs[rows] = p
	return p, nil
}

func (m Model) declare(s *graph.Scope, d vi.Data) { m.outputs(s, d) }

// outputs declares the value and the terms of a model's estimate.
func (m Model) outputs(s *graph.Scope, d vi.Data) *vi.Estimate {
	e := m(s, d)
	if e == nil {
		graph.Fail("trainers: the model returned no estimate")
	}
	s.Output(boundOutput, e.Value)
	if e.Terms["bound"] != nil {
		graph.Fail("trainers: a term of the estimate is called bound, the name of its value")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Terms)) {
		s.Output(termOutput+name, e.Terms[name])
	}
	return e
}

// feed sets the inputs of a program to a batch.
func (r *runner) feed(p *graph.Program, b *data.Batches, schedules map[string]Schedule, step int) error {
	for _, name := range r.arrays {
		var err error
		if r.params.Dtype == graph.Float64 {
			err = feed(p, r.f64, name, r.set.Cols(name), b, (*data.Batches).Float64)
		} else {
			err = feed(p, r.f32, name, r.set.Cols(name), b, (*data.Batches).Float32)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range r.own(p) {
		f := schedules[name]
		if f == nil {
			return errors.Errorf("input %s is neither in the data %v nor in Config.Schedules", name, r.arrays)
		}
		v := f(step)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("schedule %s is %v at step %d", name, v, step)
		}
		if err := graph.Feed(p, name, []float64{v}); err != nil {
			return err
		}
	}
	return nil
}

// own returns the inputs of a program that are not data.
func (r *runner) own(p *graph.Program) []string {
	return slices.DeleteFunc(p.Inputs(), func(name string) bool { return slices.Contains(r.arrays, name) })
}

// idle is an error if some schedules are of none of the inputs.
func idle(schedules map[string]Schedule, inputs []string) error {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(schedules)), func(name string) bool { return slices.Contains(inputs, name) })
	if len(names) > 0 {
		return errors.Errorf("Schedules has %v, the model's own inputs are %v", names, slices.Compact(slices.Sorted(slices.Values(inputs))))
	}
	return nil
}

// A filling moves an array of a batch through a buffer that is kept, part by
// part.
type filling[T graph.Float] struct {
	*data.Batches
	name string
	cols int
	read func(*data.Batches, string, []T) error
	x    []T
	errs []error
}

// fillRows is the number of rows of a part.
const fillRows = 16

func feed[T graph.Float](p *graph.Program, kept map[string]*filling[T], name string, cols int, b *data.Batches, read func(*data.Batches, string, []T) error) error {
	f := kept[name]
	if f == nil {
		f = &filling[T]{name: name, cols: cols, read: read}
		kept[name] = f
	}
	rows := len(b.Rows())
	parts := (rows + fillRows - 1) / fillRows
	if len(f.errs) < parts {
		f.x, f.errs = make([]T, parts*fillRows*cols), make([]error, parts)
	}
	f.Batches, f.x = b, f.x[:rows*cols]
	if err := door.Parallel(p, parts, f); err != nil {
		return err
	}
	for _, err := range f.errs[:parts] {
		if err != nil {
			return err
		}
	}
	return graph.Feed(p, name, f.x)
}

// Do fills a part.
func (f *filling[T]) Do(part, _ int) {
	from := part * fillRows
	to := min(from+fillRows, len(f.Rows()))
	b := f.Part(from, to)
	f.errs[part] = f.read(&b, f.name, f.x[from*f.cols:to*f.cols])
}

// means averages the bound and the terms over batches, weighted by rows.
type means struct {
	rows int
	sums map[string]float64
}

// add reads the outputs of a run. A bound that is not finite is an error.
func (m *means) add(p *graph.Program, rows int) error {
	if m.sums == nil {
		m.sums = map[string]float64{}
	}
	for _, output := range p.Outputs() {
		name, term := strings.CutPrefix(output, termOutput)
		switch {
		case output == boundOutput:
			name = "bound"
		case !term:
			continue
		}
		var v [1]float64
		if err := graph.Read(p, output, v[:]); err != nil {
			return err
		}
		if output == boundOutput && (math.IsNaN(v[0]) || math.IsInf(v[0], 0)) {
			return notFinite(p, output, fmt.Sprintf("the bound is %v", v[0]))
		}
		m.sums[name] += v[0] * float64(rows)
	}
	m.rows += rows
	return nil
}

func (m *means) values() map[string]float64 {
	for name := range m.sums {
		m.sums[name] /= float64(m.rows)
	}
	return m.sums
}
