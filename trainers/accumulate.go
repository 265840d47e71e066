package trainers

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// sums is the gradient of several batches on the way to one update.
type sums struct {
	grads   []graph.Array // Σ weight·gradient, by parameter; nil before the first Add
	weight  float64       // Σ weight
	batches int
	last    *graph.Program // nil after a Restore
}

// Add takes the gradient of p's last run into the next update, which Apply makes,
// with a weight above 0: the rows of the batch, so that the update is that of one
// batch of all the rows. It commits p's states. On an error nothing changes.
func (u *Updater) Add(p *graph.Program, weight float64) error {
	if err := u.takes(p); err != nil {
		return err
	}
	if !validRate(weight) {
		return errors.Errorf("trainers: add: a batch of weight %v, want a finite number > 0", weight)
	}
	d, s := u.update, &u.sums
	if err := d.see(u, p); err != nil {
		return err
	}
	if s.grads == nil {
		for _, t := range d.tensors {
			s.grads = append(s.grads, zeros(t.Param))
		}
	}
	d.program, d.weight, d.into = p, weight, s.grads
	if err := p.Update(d.gather); err != nil {
		return err
	}
	s.weight, s.batches, s.last = s.weight+weight, s.batches+1, p
	return nil
}

// Apply updates every parameter by the mean, by weight, of the gradients that
// were added since the last update; ClipNorm is of that mean. If it, or what
// would be written, is not finite, it changes nothing and returns an error.
func (u *Updater) Apply() error {
	if err := u.ready(); err != nil {
		return err
	}
	s := &u.sums
	if s.batches == 0 {
		return errors.New("trainers: apply: no gradient has been added")
	}
	for i := range u.update.tensors {
		u.update.tensors[i].Grad = s.grads[i]
	}
	bad, err := u.update.look(s.last)
	if bad >= 0 {
		return &NotFinite{What: "the mean gradient of " + u.names[bad] + " is not finite", params: u.params}
	}
	if err == nil {
		err = u.update.run(u, s.last, 1/s.weight)
	}
	if err == nil {
		s.clear()
	}
	return err
}

// clear begins anew.
func (s *sums) clear() {
	for _, g := range s.grads {
		clear(g.F32)
		clear(g.F64)
	}
	s.weight, s.batches, s.last = 0, 0, nil
}

// gather adds weight times the gradient of a piece.
func gather(to graph.Array, weight float64, grad graph.Array) {
	if to.F64 != nil {
		kernel.AddScaled(to.F64, to.F64, weight, grad.F64)
	} else {
		kernel.AddScaled(to.F32, to.F32, float32(weight), grad.F32)
	}
}
