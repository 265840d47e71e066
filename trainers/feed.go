package trainers

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/mark"
	"github.com/latentgo/latent/trainers/data"
)

// feed sets the inputs of a program to this batch.
func (r *runner) feed(p *graph.Program, schedules map[string]Schedule, step int) error {
	for i, f := range r.fillings {
		if err := f.feed(p, r.rows[i], r.params.Dtype); err != nil {
			return err
		}
	}
	for _, name := range r.own(p) {
		f := schedules[name]
		if f == nil {
			return mark.Error(errors.Errorf("input %s is neither in the data %v nor in Schedules", name, r.names()), graph.ErrMissingInput)
		}
		v, err := finiteAt(name, f, step)
		if err != nil {
			return err
		}
		if err := graph.Feed(p, name, []float64{v}); err != nil {
			return err
		}
	}
	return nil
}

// A filling moves an array of a batch through a buffer that is kept, part by
// part.
type filling struct {
	batches data.Batches
	name    string
	cols    int
	buffer  graph.Array // of the largest batch so far
	rows    int         // of this one
	errs    []error
}

// fillRows is the number of rows of a part.
const fillRows = 16

func (f *filling) feed(p *graph.Program, rows int, dt graph.Dtype) error {
	parts := (rows + fillRows - 1) / fillRows
	if len(f.errs) < parts {
		f.errs = make([]error, parts)
		if n := parts * fillRows * f.cols; dt == graph.Float64 {
			f.buffer.F64 = make([]float64, n)
		} else {
			f.buffer.F32 = make([]float32, n)
		}
	}
	f.rows = rows
	if err := door.Parallel(p, parts, f); err != nil {
		return err
	}
	for _, err := range f.errs[:parts] {
		if err != nil {
			return err
		}
	}
	if x := part(f.buffer, 0, rows*f.cols); dt == graph.Float64 {
		return graph.Feed(p, f.name, x.F64)
	} else {
		return graph.Feed(p, f.name, x.F32)
	}
}

// Do fills a part.
func (f *filling) Do(at, _ int) {
	from := at * fillRows
	to := min(from+fillRows, f.rows)
	f.errs[at] = f.batches.Fill(f.name, from, part(f.buffer, from*f.cols, to*f.cols))
}
