package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A folded program has the units that fixed arrays determine taken out. If there are
// no such arrays it has all.
type folded struct {
	*divided
	arrays *Fixed
	rest   []*unit               // of every run
	once   []onceUnit            // still to be run when the plan is made
	kept   map[*value]keptResult // of units taken out
	bytes  int                   // of the results of once
}

// A onceUnit is a unit that fixed arrays determine.
type onceUnit struct {
	*unit
	name    string // of what it computes
	shared  bool   // the name says it in other programs, too
	results []op.Array
}

// A keptResult is memory of its own that a result has. Other programs may have it, too.
type keptResult struct {
	op.Array
	shared bool
}

// foldFixed takes out the units that fixed arrays determine, and gives their results
// memory of their own: what an earlier program kept, or else new, of the units that
// are still to be run.
func foldFixed(d *divided, f *Fixed) *folded {
	p := &folded{divided: d, arrays: f, rest: d.units}
	if f == nil {
		return p
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p.rest, p.kept = nil, map[*value]keptResult{}
	ids := map[*value]int{}
	for _, u := range d.units {
		if !p.folds(u) {
			p.rest = append(p.rest, u)
			continue
		}
		o := onceUnit{unit: u, shared: true}
		for _, v := range u.values {
			id := f.id(d, v, ids)
			o.shared = o.shared && id >= 0
			o.name += fmt.Sprint(id, d.stored[v.id], " ")
		}
		if l := d.loops[u.id]; l != nil { // sums depend on it
			o.name += fmt.Sprint(l.outer, l.cols, l.blockRows, l.blockCols, d.splits[u.id])
		}
		stored := slices.DeleteFunc(slices.Clone(u.values), func(v *value) bool { return !d.stored[v.id] })
		o.results = f.units[o.name]
		if !o.shared || o.results == nil {
			o.results = nil
			for _, v := range stored {
				o.results = append(o.results, keep(v, d.dt))
				p.bytes += v.size * d.dt.Size()
			}
			p.once = append(p.once, o)
		}
		for i, v := range stored {
			p.kept[v] = keptResult{o.results[i], o.shared}
		}
	}
	return p
}

// folds reports whether a unit can be run before all that is not fixed.
func (p *folded) folds(u *unit) bool {
	return !slices.ContainsFunc(u.values, func(v *value) bool {
		return !p.fixed[v.id] || slices.ContainsFunc(p.in[v.id], func(c *value) bool {
			b := p.base(c)
			_, kept := p.kept[b]
			return p.unit[b.id] != u && p.kind[b.id] != uncomputed && !kept
		})
	})
}

// inArena reports whether a value is computed in every run and so lies in the arena.
func (p *folded) inArena(v *value) bool {
	_, kept := p.kept[v]
	return p.kind[v.id] != uncomputed && p.stored[v.id] && !kept
}

// keep makes memory for a value as the arena would.
func keep(v *value, dt op.Dtype) op.Array {
	if dt == op.Float64 {
		return arrayOf(newArena[float64](v.size)[:v.size], v.shape)
	}
	return arrayOf(newArena[float32](v.size)[:v.size], v.shape)
}

// done notes the results of a unit for later programs.
func (f *Fixed) done(u onceUnit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if u.shared && f.units[u.name] == nil {
		f.units[u.name] = u.results
		for _, a := range u.results {
			f.bytes += a.Len() * (4 + 4*b2i(a.F64 != nil))
		}
	}
}

// unshared is the id of what is an expression of one program alone.
const unshared = -1

// id numbers the expression of a fixed value. A rule that others wrote may be told
// from another by where it is in memory, which says nothing in another program.
func (f *Fixed) id(p *divided, v *value, ids map[*value]int) int {
	if n, ok := ids[v]; ok {
		return n
	}
	k := key{in: [3]int{-1, -1, -1}, rest: fmt.Sprint(v.shape)}
	var in []int
	for _, c := range p.in[v.id] {
		in = append(in, f.id(p, c, ids))
	}
	switch {
	case v.form == leaf:
		k.rule = f.names[start(v.data, 0)]
	case v.form == constant:
		k.rule = digest(v.data)
	case v.form == uniform:
		k.rule = math.Float64bits(v.c)
	case p.kind[v.id] == evaluate || slices.Contains(in, unshared):
		ids[v] = unshared
		return unshared
	default:
		k.rule = op.Identity(v.rule)
	}
	if m := p.mul[v.id]; m != nil {
		k.rest += fmt.Sprint(m)
	}
	k.rest += fmt.Sprint(in)
	n, ok := f.ids[k]
	if !ok {
		n = len(f.ids)
		f.ids[k] = n
	}
	ids[v] = n
	return n
}

// digest tells an array from others.
func digest(a op.Array) [sha256.Size]byte {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, a.F32) // a hash takes everything
	_ = binary.Write(h, binary.LittleEndian, a.F64)
	return [sha256.Size]byte(h.Sum(nil))
}
