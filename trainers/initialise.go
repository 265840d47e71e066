package trainers

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// initialise gives parameters their first values from the first batch and the
// noise of the first step.
func (t *trainer) initialise(ctx context.Context, m Bound) error {
	first := &runner{
		params: t.Params, batches: t.runs.batches, initialising: true,
		declare: func(s *graph.Scope, d vi.Data) { m.estimate(s, d) },
	}
	if err := first.start(); err != nil {
		return err
	}
	if !first.batches.Next() {
		if err := first.batches.Err(); err != nil {
			return err
		}
		return errors.New("epoch 1 has no batch")
	}
	p, err := first.program()
	if err != nil {
		return err
	}
	if err := first.feed(p, t.Schedules, 0); err != nil {
		return err
	}
	if err := p.Run(ctx, graph.Key{Seed: t.Seed}); err != nil {
		return err
	}
	return p.Commit()
}
