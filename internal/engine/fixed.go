package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"
	"unsafe"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Fixed are arrays that never change, and what the programs that read them have made
// of them: matrices packed for products, and results that depend on nothing else.
// Programs of any shapes and in any goroutines share them.
type Fixed struct {
	half  bool
	names map[unsafe.Pointer]string // of the arrays, by where they start

	mu     sync.Mutex
	ids    map[key]int           // of expressions of fixed arrays
	units  map[string][]op.Array // what a unit stores
	packed map[packedKey]any     // a *kernel.Packed, nil where F16 has no room for the matrix
	bytes  int                   // of units and packed
}

// packedKey is what a packed matrix depends on.
type packedKey struct {
	at                      unsafe.Pointer
	n, k, ld, stride, batch int
	trans                   bool
}

// NewFixed takes arrays by name. They must not be written to any more. If half is set
// the matrices that products of float32 multiply by are rounded to F16, as
// kernel.Gemm.PackHalf has it.
func NewFixed(arrays map[string]op.Array, half bool) *Fixed {
	f := &Fixed{half: half, names: map[unsafe.Pointer]string{}, ids: map[key]int{}, units: map[string][]op.Array{}, packed: map[packedKey]any{}}
	for name, a := range arrays {
		if p := start(a, 0); p != nil {
			f.names[p] = name
		}
	}
	return f
}

// Bytes is the memory of what was made of the arrays.
func (f *Fixed) Bytes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes
}

// start is where an array has an element; nil of none.
func start(a op.Array, i int) unsafe.Pointer {
	switch {
	case len(a.F64) > i:
		return unsafe.Pointer(&a.F64[i])
	case len(a.F32) > i:
		return unsafe.Pointer(&a.F32[i])
	}
	return nil
}

// settle finds the values that nothing but fixed arrays determine and that a loop of
// their own may compute: all but those that the step of a value which does change
// takes in, so that a program rounds as it would if nothing were fixed.
func (f *Fixed) settle(order []*value) {
	if f == nil {
		return
	}
	seen := map[*value]bool{}
	for _, v := range order {
		v.settled = v.kind != uncomputed && !v.isOutput && f.fixes(v, seen)
	}
	for _, v := range slices.Backward(order) {
		if v.settled || v.kind != fusedLoop {
			continue
		}
		for _, c := range v.in {
			if u := c.view().base; u.settled && u.uses <= 1 && mayTakeIn(v, u) {
				u.settled = false
			}
		}
	}
}

// fixes reports whether nothing but fixed arrays and constants determine v. Whoever
// reads an output may write to it, so what depends on one is left alone.
func (f *Fixed) fixes(v *value, seen map[*value]bool) bool {
	switch v.form {
	case leaf:
		return f.names[start(v.data, 0)] != ""
	case constant, uniform:
		return true
	}
	is, ok := seen[v]
	if !ok {
		is = !slices.ContainsFunc(v.in, func(c *value) bool { return c.view().base.isOutput || !f.fixes(c, seen) })
		seen[v] = is
	}
	return is
}

// fold takes out of units, which are in order, those that fixed arrays determine, and
// gives their results memory of their own: what an earlier program kept, or else new,
// of the units in folded, which are still to be run. It returns the bytes of these.
func (f *Fixed) fold(units []*unit, dt op.Dtype) (rest, folded []*unit, bytes int) {
	if f == nil {
		return units, nil, 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := map[*value]int{}
	for _, u := range units {
		if !u.folds() {
			rest = append(rest, u)
			continue
		}
		u.shared = true
		for _, v := range u.values {
			id := f.id(v, ids)
			u.shared = u.shared && id >= 0
			u.name += fmt.Sprint(id, v.stored, " ")
		}
		if l := u.loop; l != nil { // sums depend on it
			u.name += fmt.Sprint(l.outer, l.cols, l.blockRows, l.blockCols, l.split)
		}
		stored := slices.DeleteFunc(slices.Clone(u.values), func(v *value) bool { return !v.stored })
		arrays := f.units[u.name]
		if !u.shared || arrays == nil {
			arrays = nil
			for _, v := range stored {
				arrays = append(arrays, keep(v, dt))
				bytes += v.size * dt.Size()
			}
			folded = append(folded, u)
		}
		u.kept = arrays
		for i, v := range stored {
			v.kept, v.shared, v.data = true, u.shared, arrays[i]
		}
	}
	return rest, folded, bytes
}

// folds reports whether a unit can be run before all that is not fixed.
func (u *unit) folds() bool {
	return !slices.ContainsFunc(u.values, func(v *value) bool {
		return !v.settled || slices.ContainsFunc(v.in, func(c *value) bool {
			b := c.view().base
			return b.unit != u && b.kind != uncomputed && !b.kept
		})
	})
}

// keep makes memory for a value as the arena would.
func keep(v *value, dt op.Dtype) op.Array {
	if dt == op.Float64 {
		return arrayOf(newArena[float64](v.size)[:v.size], v.shape)
	}
	return arrayOf(newArena[float32](v.size)[:v.size], v.shape)
}

// done notes the results of a unit for later programs.
func (f *Fixed) done(u *unit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if u.shared && f.units[u.name] == nil {
		f.units[u.name] = u.kept
		for _, a := range u.kept {
			f.bytes += a.Len() * (4 + 4*b2i(a.F64 != nil))
		}
	}
}

// unshared is the id of what is an expression of one program alone.
const unshared = -1

// id numbers the expression of a fixed value. A rule that others wrote may be told
// from another by where it is in memory, which says nothing in another program.
func (f *Fixed) id(v *value, ids map[*value]int) int {
	if n, ok := ids[v]; ok {
		return n
	}
	k := key{in: [3]int{-1, -1, -1}, rest: fmt.Sprint(v.shape)}
	var in []int
	for _, c := range v.in {
		in = append(in, f.id(c, ids))
	}
	switch {
	case v.form == leaf:
		k.rule = f.names[start(v.data, 0)]
	case v.form == constant:
		k.rule = digest(v.data)
	case v.form == uniform:
		k.rule = math.Float64bits(v.c)
	case v.kind == evaluate || slices.Contains(in, unshared):
		ids[v] = unshared
		return unshared
	default:
		k.rule = op.Identity(v.rule)
	}
	if m := v.mul; m != nil {
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

// pack gives a product its second matrix packed, if it is fixed.
func pack[T kernel.Float](f *Fixed, g *kernel.Gemm[T], o operand) {
	if f == nil || g.K == 0 || g.N == 0 || !(o.base.kept || o.base.form == leaf && f.names[start(o.base.data, 0)] != "") {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	k := packedKey{at: start(o.base.data, o.off), n: g.N, k: g.K, ld: g.LDB, stride: g.StrideB, batch: max(g.Batch, 1), trans: g.TransB}
	if g.StrideB == 0 {
		k.batch = 1
	}
	kept, ok := f.packed[k]
	p, _ := kept.(*kernel.Packed[T])
	if !ok && f.half {
		p = g.PackHalf()
		ok = p != nil
	}
	if p == nil && g.Packs() {
		p, ok = g.Pack(), true
	}
	if g.Packed = p; p == nil || kept != nil || o.base.kept && !o.base.shared {
		return
	}
	f.packed[k] = p
	f.bytes += p.Bytes()
}
