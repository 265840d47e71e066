package kernel

import "unsafe"

const (
	scratchBytes = 64 << 10
	cacheLine    = 64
)

// A scratch is the memory of one worker. What it holds does not outlive a part.
type scratch struct {
	fixed []byte // of scratchBytes
	grown []byte // of as many bytes as grow was asked for
	_     [cacheLine - 2*unsafe.Sizeof([]byte(nil))%cacheLine]byte
}

// aligned returns n bytes that start on a cache line.
func aligned(n int) []byte {
	b := make([]byte, n+cacheLine)
	off := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % cacheLine
	return b[off:][:n]
}

// grow gives every worker at least n bytes of grown memory. The pool must be idle.
func (p *Pool) grow(n int) {
	for w := range p.scratch {
		if s := &p.scratch[w]; len(s.grown) < n {
			s.grown = aligned(n)
		}
	}
}

// scratchOf returns a worker's scratch memory.
func scratchOf[T Float](p *Pool, worker int) (fixed, grown []T) {
	s := &p.scratch[worker]
	return elements[T](s.fixed), elements[T](s.grown)
}

func elements[T Float](mem []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(mem))), len(mem)/sizeOf[T]())
}

// sizeOf is the number of bytes of a T.
func sizeOf[T Float]() int {
	var zero T
	return int(unsafe.Sizeof(zero))
}
