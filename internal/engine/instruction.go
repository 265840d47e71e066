package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A runner is an instruction with its memory. Its parts may run at the same
// time as those of others in its phase; before and after run alone.
type runner interface {
	kernel.Task
	count() int // of parts
	before()
	after() error
}

// runAlone runs an instruction on the caller.
func runAlone(c runner) error {
	c.before()
	for k := range c.count() {
		c.Do(k, 0)
	}
	return c.after()
}

// maxAxes bounds the axes of a loop.
const maxAxes = 32

// A scratch is the memory that one worker needs while it runs loops.
type scratch[T kernel.Float] struct {
	slots [][]T      // the vectors of a block: slices of an array or of regs
	scals []T        // the scalars of a loop
	regs  []T        // the registers, one after the other
	acc   []float64  // a running sum for each fold
	coord []int      // of the row at hand
	arg   []op.Array // the one operand of a step that calls its rule
	_     [8]uint64  // keeps the scratch of two workers off one cache line
}

// planState is what all instructions of a plan share.
type planState[T kernel.Float] struct {
	scratch []scratch[T]
	pool    *kernel.Pool
}

// A boundAccess is an access with its memory.
type boundAccess[T kernel.Float] struct {
	access
	mem []T
}

// loopCode is the instruction of a loop.
type loopCode[T kernel.Float] struct {
	*loop
	*planState[T]
	split split
	loads []boundAccess[T]
	saves []boundAccess[T]
	folds []foldCode[T]
	imm   []T
	span  int // elements of a register
}

// foldCode is a reduction with its memory.
//
// A part that alone writes an element of the result writes it there; results
// that several parts share are kept by each part apart, and combined in order
// of the parts when all are done.
type foldCode[T kernel.Float] struct {
	*fold
	mem      []T
	partials []T       // a result for each part where parts share elements, else nil
	stride   int       // from the result of one part to that of the next
	total    []float64 // of each part
	pieces   bool      // a row comes in several blocks, and its sum builds up in scratch.acc
}
