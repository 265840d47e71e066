package engine

import (
	"cmp"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A unit is one instruction: a loop over several values, or one other value.
// Units of equal stage and part are independent.
type unit struct {
	id     int // its number
	stage  int
	part   int      // 0, or the number of this piece of a loop that was too long
	values []*value // operands first
	reads  []*value // bases that other units computed, leaves and constants
}

// A scheduled program is units, in order of stage and part. Its tables are by number
// of values.
type scheduled struct {
	*staged
	units  []*unit // by number
	unit   []*unit // that computes it
	at     []int   // its place among the values of that
	stored []bool  // it is written to memory
}

const (
	maxUnitValues = 512 // the most values of a loop
	smallLoop     = 512 // elements below which one loop takes all there are of a class
)

// schedule forms units.
func schedule(c *classified) *scheduled {
	s := &scheduled{staged: recompute(newStaged(c))}
	n := len(s.values)
	s.unit, s.at, s.stored = make([]*unit, n), make([]int, n), make([]bool, n)
	loops := s.connect()
	open := make([]*unit, n) // of each group, the unit that a further value joins
	for _, v := range s.order {
		loop := v.id
		switch s.kind[v.id] {
		case uncomputed:
			continue
		case fusedLoop:
			loop = loops.find(v.id)
		}
		u := open[loop]
		if u == nil {
			u = &unit{stage: s.stage[v.id]}
		} else if len(u.values) == maxUnitValues {
			u = &unit{stage: s.stage[v.id], part: u.part + 1}
		}
		if u != open[loop] {
			open[loop] = u
			s.units = append(s.units, u)
		}
		s.unit[v.id], s.at[v.id] = u, len(u.values)
		u.values = append(u.values, v)
	}
	slices.SortStableFunc(s.units, func(a, b *unit) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.part, b.part))
	})
	reader := make([]*unit, n) // of each base, the last unit found to read it
	for i, u := range s.units {
		u.id = i
		for _, v := range u.values {
			s.stored[v.id] = s.stored[v.id] || s.output[v.id] || v.folds()
			for _, c := range s.in[v.id] {
				if b := s.base(c); s.unit[b.id] != u && reader[b.id] != u && c.form != uniform {
					reader[b.id], s.stored[b.id] = u, true
					u.reads = append(u.reads, b)
				}
			}
		}
	}
	return s
}

// groups are sets of numbers, each named by one of them. -1 stands for itself.
type groups []int

func (g groups) find(i int) int {
	for g[i] >= 0 {
		if p := g[i]; g[p] >= 0 {
			g[i] = g[p]
		}
		i = g[i]
	}
	return i
}

func (g groups) union(i, j int) {
	if a, b := g.find(i), g.find(j); a != b {
		g[a] = b
	}
}

// connect groups the values of one stage and class that are connected, by an
// operand or by reading the same array, into loops. Where arrays are small, the
// loops cost more than the elements, and one takes all values.
func (s *scheduled) connect() groups {
	loops := make(groups, len(s.values))
	for i := range loops {
		loops[i] = -1
	}
	type reader struct {
		base  *value
		class *class
		stage int
		fixed bool
	}
	first := map[reader]*value{}
	join := func(v, base *value) {
		k := reader{base, s.class[v.id], s.stage[v.id], s.fixed[v.id]}
		if f := first[k]; f != nil {
			loops.union(v.id, f.id)
		} else {
			first[k] = v
		}
	}
	for _, v := range s.order {
		if s.kind[v.id] != fusedLoop {
			continue
		}
		n := op.Size(v.domain())
		if n <= smallLoop {
			join(v, nil)
			continue
		}
		for _, c := range s.in[v.id] {
			w := s.view(c)
			switch {
			case c.form == uniform || c.size != n:
			case s.sharesLoop(w.base, v) && w.whole(c.shape) && s.stage[w.base.id] == s.stage[v.id]:
				loops.union(v.id, w.base.id)
			default:
				join(v, w.base)
			}
		}
	}
	return loops
}
