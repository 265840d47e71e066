package engine

import "slices"

// Scheduling gives every computed value a stage. What a value reads from memory
// was written in an earlier stage; what it takes from a value of its own loop
// has the same stage. So the units of one stage do not depend on each other. And
// any connected values of one class and stage can be one loop: a value outside of
// it that reads one of them has a later stage, so none of them can depend on it.

// A staged program knows when each value is computed.
type staged struct {
	*classified
	stage []int // by number, of computed values
}

// newStaged finds the stages.
func newStaged(p *classified) *staged {
	earliest, stage := make([]int, len(p.values)), make([]int, len(p.values))
	for _, v := range p.order {
		e := 0
		p.eachOperand(v, func(u *value, share bool) {
			if e = max(e, earliest[u.id]); !share {
				e = max(e, earliest[u.id]+1)
			}
		})
		earliest[v.id], stage[v.id] = e, -1
	}
	// An element-wise value waits for the first that wants it, to share its
	// loop; the others come as early as they can.
	for _, v := range slices.Backward(p.order) {
		if p.kind[v.id] != fusedLoop || v.folds() || stage[v.id] < 0 {
			stage[v.id] = earliest[v.id]
		}
		p.eachOperand(v, func(u *value, share bool) {
			if p.kind[u.id] != fusedLoop || u.folds() {
				return
			}
			latest := stage[v.id]
			if !share {
				latest--
			}
			if s := stage[u.id]; s < 0 || latest < s {
				stage[u.id] = latest
			}
		})
	}
	return &staged{p, stage}
}
