package vi_test

import (
	"math"
	"slices"
)

// ordered is bits(2) integrated over the orders in which Gumbel noise puts its four
// values, a point for each of its chance.
func ordered() problem {
	p := bits(2)
	return p.with(func(v map[string]float64, _ int) (ds []dimension) {
		a, b := p.chance(v, 2, 0), p.chance(v, 2, 1)
		chances := []float64{(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b}
		var all [][]int
		var walk func(done []int)
		walk = func(done []int) {
			if len(done) == 4 {
				all = append(all, slices.Clone(done))
			}
			for i := range 4 {
				if !slices.Contains(done, i) {
					walk(append(slices.Clone(done), i))
				}
			}
		}
		walk(nil)
		level := func(order, e int) float64 { // which tells the order too
			g := []float64{14, 7, 0, -3}[slices.Index(all[order], e)]
			return math.Exp(-math.Exp(-g)) * (1 - 1e-9*float64(order))
		}
		for e := range 4 {
			ds = append(ds, dimension{"z/set", e, func(before []float64) (x, w []float64) {
				for o, order := range all {
					if e > 0 && before[0] == level(o, 0) {
						return []float64{level(o, e)}, []float64{1}
					}
					left, chance := 1., 1.
					for _, i := range order {
						chance *= chances[i] / left
						left -= chances[i]
					}
					x, w = append(x, level(o, e)), append(w, chance)
				}
				return x, w
			}})
		}
		return ds
	})
}
