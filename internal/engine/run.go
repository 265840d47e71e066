package engine

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Run computes the outputs. It stops between instructions when ctx is done.
func (p *Plan) Run(ctx context.Context) error {
	for _, l := range p.loops {
		l.within(ctx)
	}
	for i := range p.phases {
		if err := ctx.Err(); err != nil {
			return err
		}
		ph := &p.phases[i]
		for _, c := range ph.code {
			c.before()
		}
		if ph.serial {
			for _, c := range ph.code {
				for k := range c.count() {
					c.Do(k, 0)
				}
			}
		} else {
			p.pool.Run(ph.ends[len(ph.ends)-1], ph)
		}
		for k, c := range ph.code {
			if err := c.after(); err != nil {
				return errors.WithMessage(err, ph.units[k].values[0].node.String())
			}
		}
	}
	return nil
}

// Value returns the memory of an output or leaf. It stays the same; its
// contents are valid until the next Run.
func (p *Plan) Value(n *op.Node) op.Array { return p.values[n] }

// Pool returns the workers, for work between runs.
func (p *Plan) Pool() *kernel.Pool { return p.pool }

// Do runs one part of one instruction.
func (p *phase) Do(part, worker int) {
	i, first := 0, 0
	for part >= p.ends[i] {
		first = p.ends[i]
		i++
	}
	p.code[i].Do(part-first, worker)
}
