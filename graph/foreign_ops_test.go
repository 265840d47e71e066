package graph_test

import (
	"errors"
	"hash"
	"io"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// plain is a user's operation without a derivative: the identity on vectors.
type plain struct{}

func (plain) Arity() int { return 1 }

func (plain) Type() hm.Type {
	v := gorgonia.TensorType{Dims: 1, Of: tensor.Float32}
	return hm.NewFnType(v, v)
}

func (plain) InferShape(in ...gorgonia.DimSizer) (tensor.Shape, error) {
	return in[0].(tensor.Shape), nil
}
func (plain) Do(in ...gorgonia.Value) (gorgonia.Value, error) { return in[0], nil }
func (plain) ReturnsPtr() bool                                { return true }
func (plain) CallsExtern() bool                               { return false }
func (plain) OverwritesInput() int                            { return -1 }
func (plain) WriteHash(h hash.Hash)                           { io.WriteString(h, "plain") }
func (plain) Hashcode() uint32                                { return 7 }
func (plain) String() string                                  { return "plain" }

// wrongCount has more derivatives than operands.
type wrongCount struct{ plain }

func (wrongCount) DiffWRT(int) []bool { return []bool{true} }
func (wrongCount) SymDiff(in gorgonia.Nodes, _, g *gorgonia.Node) (gorgonia.Nodes, error) {
	return gorgonia.Nodes{g, g}, nil
}

// wrongShape has a derivative of another shape.
type wrongShape struct{ plain }

func (wrongShape) DiffWRT(int) []bool { return []bool{true} }
func (wrongShape) SymDiff(in gorgonia.Nodes, _, g *gorgonia.Node) (gorgonia.Nodes, error) {
	s, err := gorgonia.Sum(g)
	return gorgonia.Nodes{s}, err
}

// failing stops when it runs, or returns what its type does not say.
type failing struct {
	plain
	as string
}

func (f failing) String() string        { return "failing " + f.as }
func (f failing) WriteHash(h hash.Hash) { io.WriteString(h, "failing"+f.as) }
func (f failing) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	switch f.as {
	case "dtype":
		return tensor.New(tensor.WithBacking([]float64{1, 2})), nil
	case "shape":
		return tensor.New(tensor.WithBacking([]float32{1, 2, 3})), nil
	}
	return nil, errors.New("out of order")
}
