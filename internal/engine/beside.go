package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

const leastBeside = 16 // rows of a product for which it takes columns of A from several arrays

// findBeside finds the joined arrays that only products read, which can take them from
// where they lie side by side; nothing joins them then. Such are the derivatives of the
// gates of a recurrent network, whose weights are the columns of one matrix.
func (l *lowered) findBeside(live []bool) {
	l.beside = map[*value][]operand{}
	apart := map[*value]bool{} // all that reads it can do without it
	for i := len(live) - 1; i >= 0; i-- {
		v := l.values[i]
		if !live[i] {
			continue
		}
		if apart[v] && !l.output[i] {
			if parts := l.sideBySide(v); parts != nil {
				l.beside[v] = parts
			}
		}
		for k, c := range v.in {
			if was, read := apart[c]; was || !read {
				apart[c] = l.takesBeside(v, k) || l.beside[v] != nil && goesThrough(v, c)
			}
		}
	}
}

// goesThrough reports whether what v joins is what c does, and not c.
func goesThrough(v, c *value) bool {
	if _, ok := isRule[op.Concat](v); !ok {
		return true
	}
	_, ok := isRule[op.Concat](c)
	return ok && columnsOf(c) != nil
}

// sideBySide returns what v joins as columns, as matrices of one width and stride; nil if
// they are not.
func (l *lowered) sideBySide(v *value) (parts []operand) {
	in := columnsOf(v)
	for _, x := range in {
		w, n := l.view(x), x.shape[len(x.shape)-1]
		rows := x.size / max(n, 1)
		if x.form != applied || rows < 2 || n == 0 || n%kernel.BesideColumns != 0 || len(in)*n != v.shape[len(v.shape)-1] {
			return nil
		}
		st, ok := restride(x.shape, w.st, []int{rows, n})
		if !ok {
			return nil
		}
		p := operand{base: w.base, off: w.off, ld: st[0]}
		if st[1] != 1 || p.ld < n || parts != nil && p.ld != parts[0].ld {
			return nil
		}
		parts = append(parts, p)
	}
	return parts
}

// takesBeside reports whether v is a product that can take operand k from matrices side
// by side.
func (l *lowered) takesBeside(v *value, k int) bool {
	r, ok := isRule[op.MatMul](v)
	if !ok {
		return false
	}
	other := v.in[1-k]
	if columnsOf(other) != nil {
		return false
	}
	one := op.Size(other.shape[:len(other.shape)-2]) == 1 // not a batch of it
	if k == 1 {
		return one && !r.TransB && op.Size(v.shape[:len(v.shape)-2]) == 1
	}
	return one && !r.TransA && v.size/v.shape[len(v.shape)-1] >= leastBeside
}

// takeBeside gives a product the matrices that lie side by side in the place of operands.
func (l *lowered) takeBeside(v *value, m *matrix) {
	for k, c := range v.in {
		parts := l.beside[c]
		if parts == nil {
			continue
		}
		if l.in[v.id] = columnsOf(c); k == 0 {
			m.besideA, m.m, m.batch = parts, c.size/m.k, 1
			l.in[v.id] = append(l.in[v.id], v.in[1])
		} else {
			m.besideB = parts
			l.in[v.id] = append([]*value{v.in[0]}, columnsOf(c)...)
		}
		return
	}
}
