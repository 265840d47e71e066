package engine

// vectors calls f with each vector operand of a step.
func (s *step) vectors(f func(slot *int)) {
	for _, slot := range []*int{&s.a, &s.b, &s.c}[:codes[s.code].vectors] {
		f(slot)
	}
}

// registers replaces virtual vectors by slots: first come the loads and saves
// that are slices of memory, then registers, which are reused as soon as the last
// step that reads them has run.
func (e *emitter) registers() {
	l := e.loop
	slot := make([]int, e.nvec)
	for i := range slot {
		slot[i] = -1
	}
	for i := range l.loads {
		if a := &l.loads[i]; a.mode == aliased {
			slot[a.to] = l.slots
			a.to = l.slots
			l.slots++
		}
	}
	for i, m := range e.saves {
		slot[m.virtual] = l.slots
		l.saves[i].to = l.slots
		l.slots++
	}
	next := l.slots
	take := func() int {
		next++
		return next - 1
	}
	for i := range l.loads { // registers of their own
		if a := &l.loads[i]; a.mode == gathered || a.mode == copiedOnce {
			slot[a.to] = take()
			a.to = slot[a.to]
		}
	}
	for i := range l.first {
		s := &l.first[i]
		slot[s.dst] = take()
		s.dst = slot[s.dst]
	}
	owned := next
	last := make([]int, e.nvec)
	for i := range last {
		last[i] = -1
	}
	for i := range l.steps {
		l.steps[i].vectors(func(v *int) { last[*v] = i })
	}
	var free []int
	for i := range l.steps {
		s := &l.steps[i]
		s.vectors(func(v *int) {
			if last[*v] == i && slot[*v] >= owned {
				free = append(free, slot[*v])
				last[*v] = -1
			}
			*v = slot[*v]
		})
		if s.code == foldOf {
			l.folds[s.dst].to = s.a
			continue
		}
		if slot[s.dst] < 0 {
			if k := len(free); k > 0 {
				slot[s.dst], free = free[k-1], free[:k-1]
			} else {
				slot[s.dst] = take()
			}
			if last[s.dst] < 0 { // no step reads it
				free = append(free, slot[s.dst])
			}
		}
		s.dst = slot[s.dst]
	}
	l.regs = next - l.slots
	l.slots = next
}
