package trainers

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// DrawConfig says what Draw draws.
type DrawConfig struct {
	K     int                                       // draws; 0 means 1000, or the number of Draws
	Rows  int                                       // of a model that reads no data, in place of batches
	Seed  uint64                                    // of the noise
	Sites []string                                  // as in vi.Prediction: whose draws are wanted; nil means all that are drawn
	Draws map[string]*vi.Draws                      // draws of globals made elsewhere
	Of    func(r *vi.Record) map[string]*graph.Node // as in vi.Prediction: more values by row
}

// Draw returns draws of the sites of a model under its guide, by name, for the
// rows of epoch 0 of batches: see vi.Predict. A site that is not among the arrays
// and that the guide does not have is predicted; to predict one of a data set
// leave it out of data.BatchConfig.Arrays. Of a model that reads no data batches
// are nil and Rows says how many rows to draw; without a guide they are simulated
// from the prior. Noise is that of Evaluate: a draw of
// the globals goes with the draw of the same number of every row, whatever the
// batches.
func Draw(ctx context.Context, model func(s *graph.Scope) vi.Model, params *graph.Params, b data.Batches, c DrawConfig) (map[string]*vi.Draws, error) {
	if model == nil {
		return nil, errors.New("trainers: no model to draw from")
	}
	if ctx == nil {
		return nil, errNoContext
	}
	if c.K < 0 {
		return nil, errors.Errorf("trainers: draw: K %d, want 1 or more, or 0", c.K)
	}
	for name, d := range c.Draws {
		if d == nil || d.K < 1 || len(d.Values) != d.K*graph.Size(d.Shape) {
			return nil, errors.Errorf("trainers: draw: Draws of %s: %+v, want K of 1 or more and as many Values as K and Shape say", name, d)
		}
		c.K = cmp.Or(c.K, d.K)
	}
	c.K = cmp.Or(c.K, 1000)
	if c.Rows != 0 {
		if !op.Nil(b) {
			return nil, errors.Errorf("trainers: draw: Rows %d beside batches, which have their own", c.Rows)
		}
		set, err := data.New(data.Index("trainers/row", c.Rows))
		if err != nil {
			return nil, errors.WithMessage(err, "trainers: draw: Rows")
		}
		b = set.Batches(data.BatchConfig{Evaluation: true})
	}
	const rows, globals = predictOutput + "rows/", predictOutput + "globals/"
	e, err := newEvaluator(func(s *graph.Scope, d vi.Data) {
		given := vi.Data{}
		for name, v := range c.Draws {
			given[name] = s.Tensor(v.Values, append([]int{v.K}, v.Shape...)...)
		}
		if c.Rows != 0 {
			d = nil
		}
		drawn := vi.Predict(s, model(s), d, vi.Prediction{K: c.K, Rows: c.Rows, Sites: c.Sites, Draws: given, Of: c.Of})
		for prefix, nodes := range map[string]map[string]*graph.Node{rows: drawn.Rows, globals: drawn.Globals} {
			for _, name := range slices.Sorted(maps.Keys(nodes)) {
				s.Output(prefix+name, nodes[name])
			}
		}
	}, params, b, EvalConfig{Seed: c.Seed})
	if err != nil {
		return nil, err
	}
	out, parts := map[string]*vi.Draws{}, map[string][]batchDraws{}
	err = e.each(ctx, 0, 0, func(p *graph.Program, _ int) error {
		if err := e.inOrder(); err != nil {
			return err
		}
		for _, output := range p.Outputs() {
			shape := p.Shape(output)[1:]
			name, global := strings.CutPrefix(output, globals)
			if global && out[name] != nil {
				continue
			}
			v, err := p.Value(output)
			if err != nil {
				return err
			}
			if global {
				out[name] = &vi.Draws{K: c.K, Shape: shape, Values: v}
				continue
			}
			name = strings.TrimPrefix(output, rows)
			parts[name] = append(parts[name], batchDraws{v, shape})
		}
		return nil
	})
	if err != nil {
		return nil, interruption(ctx, err)
	}
	for name, of := range parts {
		out[name] = joined(c.K, of)
	}
	return out, nil
}

// batchDraws are the draws of a batch, [K, rows, event…].
type batchDraws struct {
	values []float64
	shape  []int // without K
}

// joined puts the rows of batches one after the other in every draw.
func joined(k int, parts []batchDraws) *vi.Draws {
	d := &vi.Draws{K: k, Shape: slices.Clone(parts[0].shape)}
	for _, p := range parts[1:] {
		d.Shape[0] += p.shape[0]
	}
	for i := range k {
		for _, p := range parts {
			n := op.Size(p.shape)
			d.Values = append(d.Values, p.values[i*n:(i+1)*n]...)
		}
	}
	return d
}
