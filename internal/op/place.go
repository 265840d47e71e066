package op

import (
	"slices"
	"strings"
)

// Place says where in a model an operation was made.
type Place struct {
	Where string // the places entered, joined by colons; "" for none
	Of    *Node  // the operation whose derivative it is a part of, or nil
}

// Deriving says that the nodes made until leave is called belong to the
// derivative of n.
func Deriving(n *Node) (leave func()) {
	b := Current()
	was := b.deriving
	b.deriving = n
	return func() { b.deriving = was }
}

// PlaceOf returns where a node of this builder was made.
func (b *Builder) PlaceOf(n *Node) Place { return b.places[n] }

// put notes where a new node is made.
func (b *Builder) put(n *Node) {
	if b.deriving != nil || len(b.where) > 0 {
		b.places[n] = Place{Where: b.joined(), Of: b.deriving}
	}
}

// joined returns the places entered, joined once for the nodes made there.
func (b *Builder) joined() string {
	if !slices.Equal(b.where, b.whereOf) {
		b.whereOf, b.whereAll = slices.Clone(b.where), strings.Join(b.where, ": ")
	}
	return b.whereAll
}

// ElementAt returns which element of an operand, of a shape that broadcasts to
// out, element i of an element-wise result is computed from.
func ElementAt(out, operand []int, i int) int {
	at := 0
	st := strides(out, operand)
	for a := len(out) - 1; a >= 0; a-- {
		at += i % out[a] * st[a]
		i /= out[a]
	}
	return at
}

// Position returns the indices of element i in row-major order.
func Position(shape []int, i int) []int { return position(shape, i) }
