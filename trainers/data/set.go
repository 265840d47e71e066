package data

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// Set is a data set in memory: named arrays with a row for each datum. By
// convention of Load and Digits "x" is what a model explains, rows [H, W] of
// pixels in [0, 1] when the data are pictures, and "y" is the label, rows [1]
// with the class index.
//
// A Set is not changed after New, so many goroutines may read it.
type Set struct {
	arrays []Array
	rows   int
}

// New makes a set of arrays with equal numbers of rows, at least one.
//
// Errors name the array and, for a value that is not finite, its row and
// column.
func New(arrays ...Array) (*Set, error) {
	if len(arrays) == 0 {
		return nil, errors.Errorf("data: set of no arrays")
	}
	s := &Set{}
	for _, a := range arrays {
		switch {
		case a.err != nil:
			return nil, errors.WithMessage(a.err, "data")
		case a.nan != nil:
			return nil, errors.WithMessage(a.nan, "data")
		case a.cols == 0:
			return nil, errors.Errorf("data: array not made by FromFlat or FromRows")
		case s.Cols(a.name) > 0:
			return nil, errors.Errorf("data: array %q given twice", a.name)
		case s.rows > 0 && a.rows() != s.rows:
			return nil, errors.Errorf("data: array %q has %d rows, array %q has %d", a.name, a.rows(), s.arrays[0].name, s.rows)
		}
		s.rows = a.rows()
		s.arrays = append(s.arrays, a)
	}
	return s, nil
}

// Len returns the number of rows.
func (s *Set) Len() int {
	s.notNil()
	return s.rows
}

// Names returns the names of the arrays, in the order given to New.
func (s *Set) Names() []string {
	s.notNil()
	names := make([]string, len(s.arrays))
	for i, a := range s.arrays {
		names[i] = a.name
	}
	return names
}

// array returns an array by its name. It does not allocate.
func (s *Set) array(name string) (Array, bool) {
	s.notNil()
	for _, a := range s.arrays {
		if a.name == name {
			return a, true
		}
	}
	return Array{}, false
}

// Cols returns the values a row of an array, 0 if there is no such array.
func (s *Set) Cols(name string) int {
	a, _ := s.array(name)
	return a.cols
}

// Shape returns the shape of a row of an array, nil if there is no such array.
func (s *Set) Shape(name string) []int {
	a, _ := s.array(name)
	return slices.Clone(a.shape)
}

// Values returns an array as float32, row by row, nil if there is no such
// array. A float32 array is not copied: do not change it.
func (s *Set) Values(name string) []float32 {
	a, _ := s.array(name)
	if a.f64 == nil {
		return a.f32
	}
	v := make([]float32, len(a.f64))
	kernel.Convert(v, a.f64)
	return v
}

// Binary reports whether every value of an array is 0 or 1.
func (s *Set) Binary(name string) bool {
	a, ok := s.array(name)
	return ok && zeroOne(a.f32) && zeroOne(a.f64)
}

func zeroOne[T float32 | float64](v []T) bool {
	for _, v := range v {
		if v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// Slice returns the rows from, …, to-1, at least one. They share their memory
// with s.
func (s *Set) Slice(from, to int) (*Set, error) {
	s.notNil()
	if from < 0 || from >= to || to > s.rows {
		return nil, errors.Errorf("data: slice [%d, %d) of %d rows", from, to, s.rows)
	}
	return s.derive(to-from, func(a Array) Array { return a.slice(from, to) }), nil
}

// Split copies n rows, chosen at random by the seed, to taken and the others
// to rest. Both keep the rows in the order of s and have at least one.
func (s *Set) Split(seed uint64, n int) (rest, taken *Set, err error) {
	s.notNil()
	if n < 1 || n >= s.rows {
		return nil, nil, errors.Errorf("data: split of %d rows from %d", n, s.rows)
	}
	order := make([]int, s.rows)
	shuffle(order, kernel.Noise{Key: kernel.SiteKey(seed, 0, "data/split")})
	in := make([]bool, s.rows)
	for _, r := range order[:n] {
		in[r] = true
	}
	var a, b []int
	for r := range s.rows {
		if in[r] {
			b = append(b, r)
		} else {
			a = append(a, r)
		}
	}
	return s.take(a), s.take(b), nil
}

func (s *Set) take(rows []int) *Set {
	return s.derive(len(rows), func(a Array) Array { return a.take(rows) })
}

func (s *Set) derive(rows int, f func(Array) Array) *Set {
	d := &Set{rows: rows}
	for _, a := range s.arrays {
		d.arrays = append(d.arrays, f(a))
	}
	return d
}

// shuffle fills order with a permutation of its indices that depends on the
// noise alone (Fisher and Yates).
func shuffle(order []int, n kernel.Noise) {
	g := n.Substream(0, 0, 0)
	for i := range order {
		j := g.Intn(i + 1)
		order[i] = order[j]
		order[j] = i
	}
}
