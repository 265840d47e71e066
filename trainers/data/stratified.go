package data

import (
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// SplitByClass is Split with equal numbers of rows of each class taken: label is
// an array of one column, whose different values are the classes, and n is divided
// by their number. It is how a few labels are chosen for semi-supervised learning.
func (s *Set) SplitByClass(label string, seed uint64, n int) (rest, taken *Set, err error) {
	s.notNil()
	if s.Cols(label) != 1 {
		return nil, nil, errors.Errorf("data: split by the classes of array %q, want one of one column, have %v", label, s.Names())
	}
	class := s.Values(label)
	left := map[float32]int{}
	for _, c := range class {
		left[c] = 0
	}
	if n < len(left) || n%len(left) != 0 || n >= s.rows {
		return nil, nil, errors.Errorf("data: split of %d rows from %d by %d classes, want a multiple of the classes", n, s.rows, len(left))
	}
	for c := range left {
		left[c] = n / len(left)
	}
	order := make([]int, s.rows)
	shuffle(order, kernel.Noise{Key: kernel.SiteKey(seed, 0, "data/split")})
	var in, out []int
	for _, r := range order {
		if left[class[r]] > 0 {
			left[class[r]]--
			in = append(in, r)
		} else {
			out = append(out, r)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(left)) {
		if left[c] > 0 {
			return nil, nil, errors.Errorf("data: split of %d rows by %d classes: class %v has %d too few", n, len(left), c, left[c])
		}
	}
	slices.Sort(in)
	slices.Sort(out)
	return s.take(out), s.take(in), nil
}
