package kernel

import "unsafe"

const (
	scratchBytes = 64 << 10
	cacheLine    = 64
)

// A scratch is memory of one worker. What it holds does not outlive a part.
type scratch struct {
	mem []byte
	_   [cacheLine - unsafe.Sizeof([]byte(nil))%cacheLine]byte
}

// newScratch returns memory that starts on a cache line.
func newScratch() scratch {
	b := make([]byte, scratchBytes+cacheLine)
	off := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % cacheLine
	return scratch{mem: b[off:][:scratchBytes]}
}

// room returns a worker's scratch memory.
func room[T Float](p *Pool, worker int) []T {
	mem := p.scratch[worker].mem
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(mem))), scratchBytes/sizeOf[T]())
}

// sizeOf is the number of bytes of a T.
func sizeOf[T Float]() int {
	var zero T
	return int(unsafe.Sizeof(zero))
}
