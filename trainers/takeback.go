package trainers

import "github.com/latentgo/latent/graph"

// overflow says which parameter, or a slot of which, became infinite or NaN.
type overflow struct {
	of   int
	slot bool
}

func (overflow) Error() string { return "overflow" }

// save keeps what the update changes.
func (d *update) save() {
	i := 0
	d.each(func(x graph.Array) {
		if i == len(d.saved) {
			d.saved = append(d.saved, zeros(x))
		}
		d.saved[i].Copy(x)
		i++
	})
}

// restore puts back what save kept. A step without a doubt has nothing to put
// back: it is only found not to be finite if somebody else has changed the
// parameters since the last one.
func (d *update) restore() {
	if !d.doubt {
		return
	}
	i := 0
	d.each(func(x graph.Array) {
		x.Copy(d.saved[i])
		i++
	})
}

func (d *update) each(visit func(x graph.Array)) {
	for _, t := range d.tensors {
		visit(t.Param)
		for _, k := range t.Slots {
			visit(k)
		}
	}
}
