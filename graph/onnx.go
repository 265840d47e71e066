package graph

import (
	"io"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/onnx"
	"github.com/latentgo/latent/internal/op"
)

// WriteONNX writes a program as a model in the Open Neural Network Exchange format
// (opset 18), for ONNX Runtime and whatever else reads it:
//
//   - The outputs of the program, under their names.
//   - The inputs that they depend on, under theirs, of the shapes that the program
//     was built for.
//   - Noise that they depend on, as further inputs of its name and shape: the caller
//     draws standard normal numbers for GaussianNoise, numbers between 0 and 1 for
//     UniformNoise.
//   - The parameters and states that they depend on, with the values that they have
//     now, as initialisers. What a training step would write is left out.
//
// Numbers are of the program's dtype. What this package computes in float64 the
// model does too: functions for which ONNX has no operator, such as Lgamma, are made
// of others there. Where a run here would stop, because an index is out of range or
// a value outside of what a law takes, the result is NaN.
//
// An operation that ONNX has no operator for is an error that names it: matrix
// factorisations, draws by rejection, distribution functions and incomplete gamma
// and beta functions, derivatives of densities, operations of Gorgonia's and of
// one's own. So is a run in several passes, as vi.Evidence makes of many draws, and an
// output that has the name of an input, a parameter or noise.
func WriteONNX(w io.Writer, p *Program) error {
	p.notNil()
	switch {
	case w == nil:
		return errors.New("graph: write ONNX: the writer is nil")
	case p.b.passes > 1:
		return errors.Errorf("graph: write ONNX: a run of the program is %d passes over its graph, which no model has", p.b.passes)
	case len(p.b.outs) == 0:
		return errors.New("graph: write ONNX: the program has no outputs")
	}
	p.b.params.values.RLock()
	defer p.b.params.values.RUnlock()
	outs := make([]onnx.Output, len(p.b.outs))
	for i, name := range p.b.outs {
		outs[i] = onnx.Output{Name: name, Node: p.b.outputs[name]}
	}
	err := onnx.Write(w, p.b.Dtype, outs, func(n *Node) (string, op.Array, error) {
		l, ok := p.b.leaves[n]
		switch {
		case !ok:
			return "", op.Array{}, errors.Errorf("%s was not declared in a Scope", n)
		case l.kind == carried || l.kind == collected:
			return "", op.Array{}, errors.Errorf("%s goes from pass to pass of a run, of which a model has one", l.name)
		case l.kind == param || l.kind == state:
			a, _ := p.b.params.array(l.name)
			return l.name, a, nil
		}
		return l.name, op.Array{}, nil
	})
	return errors.WithMessage(err, "graph: write ONNX")
}
