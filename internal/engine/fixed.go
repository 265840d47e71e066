package engine

import (
	"slices"
	"sync"
	"unsafe"

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
	packed map[packedKey]any     // a *kernel.Packed
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
func (f *Fixed) settle(p *classified) {
	seen := map[*value]bool{}
	for _, v := range p.order {
		p.fixed[v.id] = p.kind[v.id] != uncomputed && !p.output[v.id] && f.fixes(p.lowered, v, seen)
	}
	for _, v := range slices.Backward(p.order) {
		if p.fixed[v.id] || p.kind[v.id] != fusedLoop {
			continue
		}
		for _, c := range p.in[v.id] {
			if u := p.base(c); p.fixed[u.id] && p.uses[u.id] <= 1 && mayTakeIn(v, u) {
				p.fixed[u.id] = false
			}
		}
	}
}

// fixes reports whether nothing but fixed arrays and constants determine v. Whoever
// reads an output may write to it, so what depends on one is left alone.
func (f *Fixed) fixes(l *lowered, v *value, seen map[*value]bool) bool {
	switch v.form {
	case leaf:
		return f.names[start(v.data, 0)] != ""
	case constant, uniform:
		return true
	}
	is, ok := seen[v]
	if !ok {
		is = !slices.ContainsFunc(l.in[v.id], func(c *value) bool { return l.output[l.base(c).id] || !f.fixes(l, c, seen) })
		seen[v] = is
	}
	return is
}
