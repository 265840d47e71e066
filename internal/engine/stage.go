package engine

import (
	"cmp"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Scheduling gives every computed value a stage. What a value reads from memory
// was written in an earlier stage; what it takes from a value of its own loop
// has the same stage. So the units of one stage do not depend on each other. And
// any connected values of one class and stage can be one loop: a value outside of
// it that reads one of them has a later stage, so none of them can depend on it.

// A unit is one instruction: a loop over several values, or one other value.
// Units of equal stage and part are independent.
type unit struct {
	stage    int
	part     int      // 0, or the number of this piece of a loop that was too long
	values   []*value // operands first
	reads    []*value // bases that other units computed, leaves and constants
	loop     *loop
	tempSize int // elements of memory needed while the unit runs
	tempOff  int // their offset in the arena

	name   string     // of what it computes, if fixed arrays determine it
	shared bool       // the name says it in other programs, too
	kept   []op.Array // its results
}

// sharesLoop reports whether v may read u, an operand, as a vector of the loop
// that computes both, without going through memory.
func sharesLoop(u, v *value) bool {
	return v.kind == fusedLoop && u.kind == fusedLoop && u.class == v.class && !u.folds() && u.settled == v.settled
}

// eachOperand calls f with each computed value that v reads, and whether v may
// share a loop with it through that operand.
func eachOperand(v *value, f func(u *value, share bool)) {
	for _, c := range v.in {
		w := c.view()
		if w.base.kind == uncomputed {
			continue
		}
		f(w.base, sharesLoop(w.base, v) && w.whole(c.shape))
	}
}

// schedule sorts values into units, in order of stage.
func schedule(order []*value) []*unit {
	for _, v := range order {
		eachOperand(v, func(u *value, share bool) {
			if !share {
				v.earliest = max(v.earliest, u.earliest+1)
			} else {
				v.earliest = max(v.earliest, u.earliest)
			}
		})
		v.stage = -1
	}
	// An element-wise value waits for the first that wants it, to share its
	// loop; the others come as early as they can.
	for _, v := range slices.Backward(order) {
		if v.kind != fusedLoop || v.folds() || v.stage < 0 {
			v.stage = v.earliest
		}
		eachOperand(v, func(u *value, share bool) {
			if u.kind != fusedLoop || u.folds() {
				return
			}
			latest := v.stage
			if !share {
				latest--
			}
			if u.stage < 0 || latest < u.stage {
				u.stage = latest
			}
		})
	}
	return formUnits(recompute(order))
}

// find returns the value that stands for the loop of v.
func (v *value) find() *value {
	for v.parent != nil {
		if v.parent.parent != nil {
			v.parent = v.parent.parent
		}
		v = v.parent
	}
	return v
}

func union(v, w *value) {
	if a, b := v.find(), w.find(); a != b {
		a.parent = b
	}
}

const (
	maxUnitValues = 512 // the most values of a loop
	smallLoop     = 512 // elements below which one loop takes all there are of a class
)

// formUnits forms loops of the values of one stage and class that are connected, by
// an operand or by reading the same array. Where arrays are small, the loops
// cost more than the elements, and one takes all values.
func formUnits(order []*value) []*unit {
	type reader struct {
		base  *value
		class *class
		stage int
		fixed bool
	}
	first := map[reader]*value{}
	for _, v := range order {
		if v.kind != fusedLoop {
			continue
		}
		if op.Size(v.domain()) <= smallLoop {
			k := reader{nil, v.class, v.stage, v.settled}
			if first[k] == nil {
				first[k] = v
			}
			union(v, first[k])
			continue
		}
		for _, c := range v.in {
			w := c.view()
			if c.form == uniform || c.size != op.Size(v.domain()) {
				continue
			}
			if sharesLoop(w.base, v) && w.whole(c.shape) && w.base.stage == v.stage {
				union(v, w.base)
				continue
			}
			k := reader{w.base, v.class, v.stage, v.settled}
			if first[k] == nil {
				first[k] = v
			} else {
				union(v, first[k])
			}
		}
	}
	var units []*unit
	for _, v := range order {
		var u *unit
		if v.kind == uncomputed {
			continue
		}
		if v.kind == fusedLoop {
			u = v.find().openUnit
		}
		if u == nil || len(u.values) == maxUnitValues {
			part := 0
			if u != nil {
				part = u.part + 1
			}
			u = &unit{stage: v.stage, part: part}
			units = append(units, u)
			if v.kind == fusedLoop {
				v.find().openUnit = u
			}
		}
		v.unit, v.at = u, len(u.values)
		u.values = append(u.values, v)
	}
	slices.SortStableFunc(units, func(a, b *unit) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.part, b.part))
	})
	for _, u := range units {
		u.findReads()
	}
	return units
}

// findReads lists the arrays that a unit reads from memory.
func (u *unit) findReads() {
	for _, v := range u.values {
		for _, c := range v.in {
			if b := c.view().base; b.unit != u && b.reader != u && c.form != uniform {
				b.reader, b.read = u, true
				u.reads = append(u.reads, b)
			}
		}
	}
}
