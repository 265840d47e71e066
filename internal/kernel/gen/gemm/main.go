// Command gemm writes the assembly of the matrix products.
//
// The vector width and the number of vector registers are parameters (machine),
// so one source yields the kernels of every width: -machine avx512 emits the
// same kernels with 14×32 tiles and mask registers. Run it through go generate
// in internal/kernel.
package main

import (
	"flag"
	"log"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// machine describes a vector extension: what it is called, the bytes of a
// vector and how many vector registers there are.
type machine struct {
	name  string
	bytes int
	regs  int
}

// element describes an element type.
type element struct {
	name, goType string
	size, shift  int
}

// gen emits the kernels of one element type on one machine.
type gen struct {
	machine
	element
}

// lanes is the number of elements in a vector.
func (g gen) lanes() int { return g.bytes / g.size }

// rows is the tallest tile of v vectors a row that the registers hold beside v
// vectors of B and two broadcasts of A.
func (g gen) rows(v int) int {
	r := (g.regs - v - 2) / v
	if v > 2 {
		r = (g.regs - 1) / (v + 1) // here the broadcasts stay and B passes by
	}
	return min(r, 14)
}

var machines = map[string]machine{
	"avx2":   {"AVX2", 32, 16},
	"avx512": {"AVX512", 64, 32},
}

func main() {
	name := flag.String("machine", "avx2", "avx2 or avx512")
	flag.Parse()
	m, ok := machines[*name]
	if !ok {
		log.Fatalf("no machine %q", *name)
	}
	ConstraintExpr("!purego")
	elements := []element{{"F32", "float32", 4, 2}, {"F64", "float64", 8, 3}}
	for _, e := range elements {
		g := gen{m, e}
		for _, v := range []int{1, 2, 4, 8} {
			g.tile(v)
			g.sparse(v)
			g.pack(v)
		}
		g.dot(4)
		g.dot(1)
		if !g.wide() {
			g.packTransposed() // it writes 32 bytes a row whatever the machine
		}
	}
	if m.bytes == 32 {
		for _, e := range elements {
			gen{m, e}.maskTable()
		}
	}
	Generate()
}

// vec returns a fresh vector register.
func (g gen) vec() reg.VecVirtual {
	if g.wide() {
		return ZMM()
	}
	return YMM()
}

// wide reports whether there are mask registers.
func (g gen) wide() bool { return g.bytes == 64 }

// single reports whether the elements are float32.
func (g gen) single() bool { return g.size == 4 }

func (g gen) load(m, r Op) {
	if g.single() {
		VMOVUPS(m, r)
	} else {
		VMOVUPD(m, r)
	}
}

func (g gen) broadcast(m, r Op) {
	if g.single() {
		VBROADCASTSS(m, r)
	} else {
		VBROADCASTSD(m, r)
	}
}

// fma adds x*y to acc; x may be in memory.
func (g gen) fma(x, y, acc Op) {
	if g.single() {
		VFMADD231PS(x, y, acc)
	} else {
		VFMADD231PD(x, y, acc)
	}
}

func (g gen) add(x, y, sum Op) {
	if g.single() {
		VADDPS(x, y, sum)
	} else {
		VADDPD(x, y, sum)
	}
}

func (g gen) zero(r Op) { VXORPS(r, r, r) }

// arg loads a parameter.
func arg(name string) reg.GPVirtual {
	r := GP64()
	Load(Param(name), r)
	return r
}

// stride loads a parameter given in elements and scales it to bytes.
func (g gen) stride(name string) reg.GPVirtual {
	r := arg(name)
	SHLQ(Imm(uint64(g.shift)), r)
	return r
}

// rowAddrs returns the addresses of n rows ld bytes apart, one pointer for
// every three rows. The pointers are p and fresh registers.
func rowAddrs(p, ld reg.GPVirtual, n int) (addrs []Mem, ptrs []reg.GPVirtual) {
	for i := range n {
		if i%3 == 0 {
			if i > 0 {
				q := GP64()
				LEAQ(Mem{Base: ptrs[i/3-1], Index: ld, Scale: 2}, q)
				ADDQ(ld, q)
				p = q
			}
			ptrs = append(ptrs, p)
		}
		m := Mem{Base: p}
		if i%3 > 0 {
			m.Index, m.Scale = ld, uint8(i%3)
		}
		addrs = append(addrs, m)
	}
	return addrs, ptrs
}

// copyOf returns a fresh register that holds r's value.
func copyOf(r reg.GPVirtual) reg.GPVirtual {
	c := GP64()
	MOVQ(r, c)
	return c
}
