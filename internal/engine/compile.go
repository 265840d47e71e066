package engine

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// Compile plans the computation of outs and of nothing else. leaf gives the
// memory of each input, parameter, constant and noise node that they need. What
// the plan keeps itself must fit into maxBytes. Its runs have at most most
// workers, the caller included; 0 means one for every processor. What fixed arrays
// determine is computed now, if fixed is not nil.
func Compile(outs []*op.Node, leaf func(*op.Node) (op.Array, error), maxBytes, most int, fixed *Fixed) (*Plan, error) {
	d, err := passes(outs, leaf, given{}, fixed, func(string, program) {})
	if err != nil {
		return nil, err
	}
	if need := float64(d.size)*float64(d.dt.Size()) + float64(d.bytes) + float64(d.nestBytes()); need < 0 || need > float64(maxBytes) {
		return nil, errors.Errorf("intermediate results and outputs take %.0f bytes, Params.MaxBytes leaves %d%s", need, maxBytes, d.largest())
	}
	if CheckPrograms {
		if err := d.check(); err != nil {
			return nil, errors.WithMessagef(err, "engine: a pass is wrong")
		}
	}
	p := &Plan{program: d, values: map[*op.Node]op.Array{}, nodes: len(d.of)}
	if d.dt == op.Float64 {
		err = bind[float64](p, most)
	} else {
		err = bind[float32](p, most)
	}
	d.byKey, d.of = nil, nil // only passes look things up
	return p, err
}

// A program is what a pass leaves.
type program interface{ explain() string }

// passes runs all passes but the last, which gives a program its memory, and shows
// what each leaves.
func passes(outs []*op.Node, leaf func(*op.Node) (op.Array, error), g given, fixed *Fixed, show func(pass string, left program)) (*placed, error) {
	e, of, err := load(outs, leaf, g)
	if err != nil {
		return nil, err
	}
	show("load", e)
	l := lower(e, outs, of)
	if err := nestScans(l, fixed); err != nil {
		return nil, err
	}
	show("lower", l)
	c := classify(l, fixed)
	show("classify", c)
	s := schedule(c)
	show("schedule", s)
	p := planLoops(s)
	show("loop", p)
	d := divide(p)
	show("split", d)
	f := foldFixed(d, fixed)
	show("fold", f)
	r := live(f)
	show("live", r)
	m := lay(r)
	show("place", m)
	return m, nil
}

// ExplainPasses compiles outs as Compile does up to the memory, and returns what the
// passes with the names given leave; all if none are given.
func ExplainPasses(outs []*op.Node, leaf func(*op.Node) (op.Array, error), names ...string) (string, error) {
	text := ""
	_, err := passes(outs, leaf, given{}, nil, func(pass string, left program) {
		if len(names) == 0 || slices.Contains(names, pass) {
			text += fmt.Sprintf("\n%s\n%s", pass, left.explain())
		}
	})
	return text, err
}
