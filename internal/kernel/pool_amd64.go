//go:build !purego

package kernel

// pause tells the processor that it spins, and takes some 40 to 60 cycles.
//
//go:noescape
func pause()
