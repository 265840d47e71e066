package graph

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// NonFinite is the origin of a NaN or an infinity in an output: an input, a
// parameter or noise that holds one, or the first operation that made one of
// finite operands. An infinity that stands in the graph as a constant is on
// purpose, such as the −Inf of a mask: what chose it is the origin.
type NonFinite struct {
	Output string
	Leaf   string    // the input, parameter, state, noise, carry or constant NaN that holds it; "" where an operation made it
	Kind   string    // "input", "parameter", "state", "noise", "carry", "collected" or "constant" with Leaf; else the name of the operation
	In     []float64 // the operands of an element-wise operation at that element, else nil
	Value  float64   // NaN or ±Inf
	Index  []int     // of the element
	Shape  Shape     // that Index is in
	Where  string    // the site, layer or other place that was entered when the operation was made; "" for none
	Of     string    // the operation whose derivative it is a part of, and where that was made; "" for none

	Node *Node // the leaf or operation; with Of the operation whose derivative it is

	text string // the operation and its operands
}

// Error says what made the number from what, and where.
func (e *NonFinite) Error() string {
	if e == nil {
		return "graph: finite"
	}
	var b strings.Builder
	at := fmt.Sprintf("element %v of %v", e.Index, []int(e.Shape))
	if len(e.Shape) == 0 {
		at = "a scalar"
	}
	switch {
	case e.Leaf != "":
		fmt.Fprintf(&b, "%s %s holds %.6g: %s", e.Kind, e.Leaf, e.Value, at)
		return b.String()
	case e.Kind == "where" && len(e.In) == 3:
		fmt.Fprintf(&b, "where chooses %.6g", e.Value)
	case len(e.In) > 0:
		fmt.Fprintf(&b, "%s of %s is %.6g", e.Kind, join(e.In), e.Value)
	default:
		fmt.Fprintf(&b, "%s of finite numbers is %.6g", e.Kind, e.Value)
	}
	if e.Where != "" {
		fmt.Fprintf(&b, " in %s", e.Where)
	}
	if e.Of != "" {
		fmt.Fprintf(&b, ", in the derivative of %s", e.Of)
	}
	fmt.Fprintf(&b, " (%s, %s)", e.text, at)
	return b.String()
}

// join writes numbers as a list: 1, 2 and 3.
func join(xs []float64) string {
	s := fmt.Sprintf("%.6g", xs[0])
	for i, x := range xs[1:] {
		sep := ", "
		if i == len(xs)-2 {
			sep = " and "
		}
		s += fmt.Sprintf("%s%.6g", sep, x)
	}
	return s
}

// NonFinite looks for the origin of a NaN or an infinity in an output of the
// last Run, and returns it as a *NonFinite; nil if the output is finite. It
// evaluates the graph anew, operation by operation, from the same inputs, noise
// and parameters, which is slow.
func (p *Program) NonFinite(output string) error {
	p.notNil()
	out := p.b.outputs[output]
	if out == nil {
		return errors.Errorf("graph: no output %s, want one of %v", output, p.Outputs())
	}
	r, err := p.again(out)
	if err != nil {
		return err
	}
	o := r.Origin(out)
	if o == nil {
		return nil
	}
	e := &NonFinite{
		Output: output, Kind: p.operation(o.Node), In: o.In, Value: o.Value,
		Index: op.Position(o.Node.Shape(), o.At), Shape: o.Node.Shape(), Node: o.Node, text: o.Node.String(),
	}
	if o.Step >= 0 {
		e.text += fmt.Sprintf(" at step %d of a scan", o.Step)
	}
	if op.RuleOf(o.Node) == nil {
		e.Leaf, e.Kind = o.Node.String(), "constant"
		if l, ok := p.b.leaves[o.Node]; ok {
			e.Kind = l.kind.String()
		}
		return e
	}
	place := p.b.ProvenanceOf(o.Node)
	e.Where = place.Where
	if of := place.Of; of != nil {
		e.Node = of
		e.Of = of.String()
		if at := p.b.ProvenanceOf(of).Where; at != "" {
			e.Of += " in " + at
		}
	}
	return e
}

// operation returns the name of a node's operation.
func (p *Program) operation(n *Node) string {
	return op.Name(op.RuleOf(n))
}

func (k kind) String() string {
	return [...]string{"input", "parameter", "state", "noise", "carry", "collected"}[k]
}

// again evaluates nodes from the inputs, noise and parameters of the last Run.
func (p *Program) again(nodes ...*Node) (*engine.Reference, error) {
	if !p.ready {
		return nil, errors.New("graph: the program has not run")
	}
	if err := p.acquire("look into a run", ""); err != nil {
		return nil, err
	}
	defer p.use.Store(idle)
	p.b.params.values.RLock()
	defer p.b.params.values.RUnlock()
	memory, needed, noise, carries := maps.Clone(p.memory), slices.Clone(p.needed), p.noise, p.carries
	r, err := engine.NewReference(nodes, p.leafValue)
	if len(p.noise.sites) > len(noise.sites) { // noise that no output depends on
		p.noise.draw(p.noise.now, p.noise.pass)
	}
	p.memory, p.needed, p.noise, p.carries = memory, needed, noise, carries // a Run needs no more than before
	if err != nil {
		return nil, err
	}
	return r, r.Run(context.Background())
}

// Again returns the values of any nodes of the build, computed anew, operation
// by operation, from the inputs, noise and parameters as they are since the
// last Run. It is for looking into a run after it, such as one that went wrong;
// what every run is to say should be an output.
func (p *Program) Again(nodes ...*Node) ([][]float64, error) {
	p.notNil()
	for i, n := range nodes {
		if n == nil || !p.b.Has(n) {
			return nil, errors.Errorf("graph: again: node %d is nil or of another Build", i)
		}
	}
	r, err := p.again(nodes...)
	if err != nil {
		return nil, err
	}
	values := make([][]float64, len(nodes))
	for i, n := range nodes {
		a := r.Value(n)
		for k := range a.Len() {
			values[i] = append(values[i], a.At(k))
		}
	}
	return values, nil
}

// Params returns the parameters that the program was built with.
func (p *Program) Params() *Params {
	p.notNil()
	return p.b.params
}

// note is door.Note.
func (s *Scope) note(v any) {
	s.notNil()
	s.b.notes = append(s.b.notes, v)
}

// notes is door.Notes.
func (p *Program) notes() []any {
	p.notNil()
	return append([]any(nil), p.b.notes...)
}
