package engine

// A lived program knows its phases, and in which of them memory holds a value.
type lived struct {
	*folded
	phases [][]*unit // that run at the same time
	lives  []life    // by number of values
}

// A life is that of a stored value.
type life struct {
	first   int // phase, which writes it
	last    int // that reads it, the first if there is none; the number of phases for an output, which outlives them
	readers int // units of the last phase that read it
}

// live finds when values are needed. The units of a phase run at the same time, and
// may be in any order there.
func live(f *folded) *lived {
	d := &lived{folded: f, lives: make([]life, len(f.values))}
	for i, u := range f.rest {
		if i == 0 || u.stage != f.rest[i-1].stage || u.part != f.rest[i-1].part {
			d.phases = append(d.phases, nil)
		}
		k := len(d.phases) - 1
		d.phases[k] = append(d.phases[k], u)
		for _, v := range u.values {
			d.lives[v.id] = life{first: k, last: k}
		}
		for _, b := range u.reads {
			l := &d.lives[b.id]
			if l.last != k {
				l.last, l.readers = k, 0
			}
			l.readers++
		}
	}
	for _, v := range d.want {
		d.lives[v.id].last = len(d.phases)
	}
	return d
}
