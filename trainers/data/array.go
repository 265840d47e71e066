package data

import (
	"math"
	"slices"
	"unsafe"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// Number is the type of a value given to FromFlat or FromRows. Integers must be at
// most 2^24 in size, which float32 holds exactly.
type Number interface {
	float32 | float64 | int | int32 | int64 | uint8
}

// Array is a named array of rows, one a datum, all of one shape: [D] is a
// vector, [H, W] a grey picture, [T, D] a sequence. It is float64 when made from
// float64 values and float32 otherwise; batches deliver it as either. A mistake
// in making it is reported by New.
type Array struct {
	name  string
	shape []int     // of a row
	cols  int       // its size
	f32   []float32 // one of f32 and f64 is nil
	f64   []float64
	err   error
	gaps  bool  // some value is NaN
	nan   error // the same, which has not been declared
}

// Index is an array of the numbers 0 … n−1, one a row of n rows: what models take
// the parameters of a row by, since batches come in another order. A float32 graph
// tells 2²⁴ of them apart.
func Index(name string, n int) Array {
	if n < 1 || n > 1e8 {
		return Array{name: name, err: errors.Errorf("array %q: numbers of %d rows, want from 1 to 1e8", name, n)}
	}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return FromFlat(name, rows, 1)
}

// FromFlat is the array of values given row after row, each row of the shape.
// Slices of float32 and float64 are kept, not copied.
//
// The values must be finite, also after rounding to float32, but for NaN where
// Missing declares it.
func FromFlat[T Number](name string, values []T, shape ...int) Array {
	a := Array{name: name, shape: slices.Clone(shape), cols: 1}
	if len(shape) == 0 {
		a.cols = 0
	}
	for _, d := range shape {
		if d < 1 || a.cols > math.MaxInt32/d {
			a.cols = 0
			break
		}
		a.cols *= d
	}
	switch {
	case name == "":
		a.err = errors.Errorf("array without a name")
	case a.cols < 1:
		a.err = errors.Errorf("array %q: rows of shape %v, want one or more sizes of at least 1", name, shape)
	case len(values) == 0 || len(values)%a.cols != 0:
		a.err = errors.Errorf("array %q: %d values do not make rows of %d", name, len(values), a.cols)
	}
	if a.err != nil {
		return a
	}
	for i, v := range values {
		switch why := misfit(v); {
		case why == "":
		case v != v:
			if !a.gaps {
				a.gaps, a.nan = true, errors.Errorf("array %q: row %d column %d is NaN, want a finite value, or Array.Missing if it was not observed", name, i/a.cols, i%a.cols)
			}
		default:
			a.err = errors.Errorf("array %q: row %d column %d is %v, %s", name, i/a.cols, i%a.cols, v, why)
			return a
		}
	}
	switch v := any(values).(type) {
	case []float32:
		a.f32 = v
	case []float64:
		a.f64 = v
	default:
		a.f32 = room(len(values))
		for i, v := range values {
			a.f32[i] = float32(v)
		}
	}
	return a
}

// room returns n zeros in large pages, if the system has them, as batches read rows here
// and there: to find a page among many small ones takes longer than to copy a row.
func room(n int) []float32 {
	x := make([]float32, n)
	kernel.Huge(unsafe.Pointer(unsafe.SliceData(x)), 4*n, false)
	return x
}

// Missing returns the array with the declaration that NaN stands for a value
// that was not observed. Batches hand it on as NaN, and Binarize does, for
// prob.Masked, which does not count it:
//
//	seen := x.Eq(x) // NaN equals nothing
//	t.Draw("x", prob.Masked(prob.Normal{…}, seen))
//
// A network that reads them needs a number: graph.Where(seen, x, graph.Const(0)).
func (a Array) Missing() Array {
	a.nan = nil
	return a
}

// FromRows is the array of the vectors given, which it copies; all must be
// equally long.
func FromRows[T Number](name string, rows [][]T) Array {
	if len(rows) == 0 {
		return Array{name: name, err: errors.Errorf("array %q: no rows", name)}
	}
	cols := len(rows[0])
	for i, r := range rows {
		if len(r) != cols {
			return Array{name: name, err: errors.Errorf("array %q: row %d has %d values, row 0 has %d", name, i, len(r), cols)}
		}
	}
	return FromFlat(name, slices.Concat(rows...), cols)
}

// misfit says why a value cannot be data, or nothing.
func misfit[T Number](v T) string {
	f := float64(v)
	switch any(v).(type) {
	case float32, float64:
		switch {
		case math.IsNaN(f) || math.IsInf(f, 0):
			return "want a finite value"
		case math.IsInf(float64(float32(f)), 0):
			return "beyond the range of float32"
		}
	default:
		if math.Abs(f) > 1<<24 {
			return "beyond the integers that float32 holds"
		}
	}
	return ""
}

func (a Array) rows() int { return (len(a.f32) + len(a.f64)) / a.cols }

// slice returns rows from to to, sharing memory.
func (a Array) slice(from, to int) Array {
	if a.f64 != nil {
		a.f64 = a.f64[from*a.cols : to*a.cols : to*a.cols]
	} else {
		a.f32 = a.f32[from*a.cols : to*a.cols : to*a.cols]
	}
	return a
}

// take returns a copy of the given rows.
func (a Array) take(rows []int) Array {
	if a.f64 != nil {
		f64 := make([]float64, len(rows)*a.cols)
		gather(f64, a, rows)
		a.f64 = f64
	} else {
		f32 := make([]float32, len(rows)*a.cols)
		gather(f32, a, rows)
		a.f32 = f32
	}
	return a
}

// gather fills dst with the given rows of a.
func gather[T float32 | float64](dst []T, a Array, rows []int) {
	for i, r := range rows {
		to := dst[i*a.cols : (i+1)*a.cols]
		if a.f64 != nil {
			kernel.Convert(to, a.f64[r*a.cols:(r+1)*a.cols])
		} else {
			kernel.Convert(to, a.f32[r*a.cols:(r+1)*a.cols])
		}
	}
}
