package kernel

import (
	"syscall"
	"unsafe"
)

// Huge asks the system to back memory with large pages, of which the processor keeps
// track more easily than of many small ones; what has been touched is moved to such
// pages if now says so, which takes a while. It is advice: where it is not followed
// nothing changes.
func Huge(mem unsafe.Pointer, bytes int, now bool) {
	const page, advise, collapse = 2 << 20, 14, 25 // MADV_HUGEPAGE and, of what has been touched already, MADV_COLLAPSE
	lead := int(-uintptr(mem) % page)
	if n := (bytes - lead) &^ (page - 1); n >= page {
		whole := unsafe.Slice((*byte)(unsafe.Add(mem, lead)), n)
		if syscall.Madvise(whole, advise) == nil && now {
			_ = syscall.Madvise(whole, collapse)
		}
	}
}
