package op

import (
	"slices"
	"strings"
)

// Provenance says where in a model an operation was made.
type Provenance struct {
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

// ProvenanceOf returns where a node of this builder was made.
func (b *Builder) ProvenanceOf(n *Node) Provenance { return b.provenance[n] }

// recordProvenance notes where a new node is made.
func (b *Builder) recordProvenance(n *Node) {
	if b.deriving != nil || len(b.where) > 0 {
		b.provenance[n] = Provenance{Where: b.joined(), Of: b.deriving}
	}
}

// joined returns the places entered, joined once for the nodes made there.
func (b *Builder) joined() string {
	if !slices.Equal(b.where, b.whereOf) {
		b.whereOf, b.whereAll = slices.Clone(b.where), strings.Join(b.where, ": ")
	}
	return b.whereAll
}
