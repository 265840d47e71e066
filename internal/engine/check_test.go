package engine

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/op"
)

// The check of programs finds what a pass might do wrong.
func TestCheckFindsFaults(t *testing.T) {
	for _, c := range []struct {
		want  string
		spoil func(d *placed)
	}{
		{"", func(d *placed) {}},
		{"before it is computed", func(d *placed) { d.phases[0], d.phases[1] = d.phases[1], d.phases[0] }},
		{"written in the same phase", func(d *placed) {
			d.phases = append([][]*unit{append(d.phases[0], d.phases[1]...)}, d.phases[2:]...)
		}},
		{"has no memory", func(d *placed) { d.stored[d.phases[0][0].values[0].id] = false }},
		{"overlaps", func(d *placed) {
			for i := range d.mem {
				d.mem[i] = 0
			}
		}},
		{"in an arena of", func(d *placed) { d.size = 1 }},
		{"end at row", func(d *placed) { d.splits[d.phases[0][0].id].cols-- }},
		{"has rows", func(d *placed) { s := &d.splits[d.phases[0][0].id]; s.rows, s.unit = 2*s.rows, s.unit*2; s.rows++ }},
		{"with strides", func(d *placed) { d.loops[d.phases[0][0].id].saves[0].off = 1 }},
		{"add to the same elements", func(d *placed) {
			u := d.phases[len(d.phases)-1][0]
			f := &d.loops[u.id].folds[0]
			f.kind, f.outer, f.inner = ofCols, []int{0}, 0
			d.splits[u.id].byCols, d.splits[u.id].unit, d.splits[u.id].parts = true, 1, d.loops[u.id].cols
		}},
	} {
		b := op.NewBuilder(op.Float32, op.DefaultLimit)
		var outs []*op.Node
		leaf := op.NewArray(op.Float32, []int{300, 400})
		if err := b.Do(func() {
			x := op.Apply(op.CumSum{Axis: 1}, op.Map(op.Exp, b.Leaf("x", []int{300, 400})))
			outs = []*op.Node{x, op.Apply(op.Reduce{Axes: []int{0}}, op.Map(op.Exp, x))}
		}); err != nil {
			t.Fatal(err)
		}
		d, err := passes(outs, func(*op.Node) (op.Array, error) { return leaf, nil }, given{}, nil, func(string, program) {})
		if err != nil {
			t.Fatal(err)
		}
		c.spoil(d)
		if err := d.check(); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}
