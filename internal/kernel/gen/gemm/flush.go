package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// flush makes the processor take subnormal numbers for zeros, as operands and as
// results, until restore is called: on some processors each of them takes a
// product a hundred times as long, and the gradients of draws that have next to
// no weight are full of them. Go code never runs meanwhile.
func (g gen) flush() (restore func()) {
	const flushToZero, denormalsAreZero = 1 << 15, 1 << 6
	room := AllocLocal(8)
	word := GP32()
	STMXCSR(room)
	MOVL(room, word)
	ORL(U32(flushToZero|denormalsAreZero), word)
	MOVL(word, room.Offset(4))
	LDMXCSR(room.Offset(4))
	return func() { LDMXCSR(room) }
}
