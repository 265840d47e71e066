package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// studied is what was measured of a training after some steps.
type studied struct {
	Problem     string  `json:"problem"`
	Evaluations int     `json:"evaluations"`
	Estimator   string  `json:"estimator"`
	Seed        uint64  `json:"seed"`
	Steps       int     `json:"steps"`
	Seconds     float64 `json:"seconds"` // of training
	ELBO        float64 `json:"elbo"`    // of the test pictures, by one draw each
	Bound       float64 `json:"bound"`   // theirs by a hundred draws, at the end
	Var         float64 `json:"var"`     // of the guide's gradient, with its interval
	VarLo       float64 `json:"var_lo"`  // 0 where there is none
	VarHi       float64 `json:"var_hi"`
	Ms          float64 `json:"ms"` // of a gradient
	Draws       int     `json:"draws"`
	Quick       bool    `json:"quick,omitempty"`
}

// course is the training of a network by one estimator.
type course struct {
	options
	network     network
	problem     problem
	sets        data.Sets
	evaluations int
	by          bench.Case
	log         io.Writer

	rows  []studied
	spent spent
}

// studies trains by every estimator that is asked for, with the variance of its own
// gradient along the way, and keeps what comes out in the folder -study. What is
// there already is not run again.
func studies(ctx context.Context, o options, out, log io.Writer) error {
	sets, err := pictures(o)
	if err != nil {
		return err
	}
	found := false
	for _, n := range networks {
		if o.only != n.name {
			continue
		}
		p, err := n.problem(o)
		if err != nil {
			return err
		}
		for _, k := range o.counts() {
			for _, by := range n.compared(k) {
				if !o.wants(by.Estimator) {
					continue
				}
				found = true
				c := course{options: o, network: n, problem: p, sets: sets, evaluations: k, by: by, log: log}
				if err := c.run(ctx); err != nil {
					return errors.WithMessagef(err, "study %s", c.name())
				}
				for _, r := range c.rows {
					if err := json.NewEncoder(out).Encode(r); err != nil {
						return errors.Wrap(err, "output")
					}
				}
			}
		}
	}
	if !found {
		return errors.Errorf("-study of -problem %q, -estimator %q, -evaluations %d: nothing to train; the problems on pictures are those with 784 in their names", o.only, o.estimator, o.evaluations)
	}
	return nil
}

func (c *course) name() string {
	name := strings.NewReplacer("{", "-", "}", "").Replace(c.by.Estimator)
	return fmt.Sprintf("%s-%d-%s-%d", c.network.name, c.evaluations, name, c.seed)
}

func (c *course) path() string { return filepath.Join(c.study, c.name()+".json") }

// run trains to the last step, from where an earlier run was stopped.
func (c *course) run(ctx context.Context) error {
	if err := os.MkdirAll(c.study, 0o777); err != nil {
		return errors.Wrap(err, "-study")
	}
	if err := c.read(); err != nil {
		return err
	}
	if len(c.rows) > 0 && c.rows[len(c.rows)-1].Steps >= c.steps {
		return nil
	}
	train := batched(c.sets.Train, c.seed, false)
	params := &graph.Params{Seed: c.seed}
	model := plainly(c.problem.model, c.by.Bound)
	_, err := trainers.Fit(ctx, model, train, trainers.Config{
		Params: params, Epochs: (c.steps + train.Count() - 1) / train.Count(), Seed: c.seed, Optimizer: trainers.Adam{Rate: 1e-3},
		OnStep: func(s trainers.Step) error { return c.step(ctx, params, s.Number) },
		Checkpoint: &checkpoint.Config{
			Dir: filepath.Join(c.study, "checkpoints", c.name()), Settings: []any{c.name(), c.quick}, Changed: []string{"Stop"}, // to more steps
			Save: []checkpoint.When{checkpoint.EveryTime(5 * time.Minute), checkpoint.OnInterrupt{}}, Keep: []checkpoint.Which{checkpoint.Last(1)},
			State: map[string]checkpoint.Stateful{"seconds": &c.spent},
		},
	})
	return err
}

// step measures where that is due.
func (c *course) step(ctx context.Context, params *graph.Params, step int) error {
	c.spent.stop()
	defer c.spent.start()
	every := c.every
	if every == 0 {
		every = max(c.steps/20, 1)
	}
	if step%every == 0 || step == c.steps {
		if err := c.measure(ctx, params, step); err != nil {
			return err
		}
	}
	if step == c.steps {
		return trainers.Stop
	}
	return nil
}

func (c *course) measure(ctx context.Context, params *graph.Params, step int) error {
	if n := len(c.rows); n > 0 && c.rows[n-1].Steps >= step { // before the run was stopped
		return nil
	}
	r := studied{Problem: c.network.name, Evaluations: c.evaluations, Estimator: c.by.Estimator, Seed: c.seed, Steps: step, Seconds: c.spent.seconds, Quick: c.quick}
	test := func(o vi.Objective, term string) (float64, error) {
		terms, err := trainers.Evaluate(ctx, plainly(c.problem.model, o), params, batched(c.sets.Test, c.seed, true), trainers.EvalConfig{Seed: c.seed})
		return terms[term], err
	}
	var err error
	if r.ELBO, err = test(vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}, "elbo"); err != nil {
		return err
	}
	if step == c.steps {
		if r.Bound, err = test(vi.Evidence{K: 100}, "evidence"); err != nil {
			return err
		}
	}
	draws := max(10, int(c.draws*100))
	rows, err := bench.GradientVariance(ctx, c.problem.model, c.sets.Train, []bench.Case{c.by}, bench.Config{
		Params: params, Arrays: c.problem.arrays, Map: binarized, Batch: c.problem.batch, Draws: draws, Warmup: -1, Seed: c.seed,
		Group: func(param string) string { return strings.TrimSuffix(top(param), "p") },
	})
	if err != nil {
		return err
	}
	g := rows[0]
	r.Var, r.Ms, r.Draws = g.Var, g.Ms, g.Draws
	if g.NoInterval == "" {
		r.VarLo, r.VarHi = g.VarLo, g.VarHi
	}
	c.rows = append(c.rows, r)
	fmt.Fprintf(c.log, "%s: %d steps, %.0f s: test ELBO %.2f, variance %.4g [%.4g, %.4g]\n", c.name(), step, r.Seconds, r.ELBO, r.Var, r.VarLo, r.VarHi)
	return c.write()
}

func (c *course) read() error {
	err := c.readFile(c.path())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (c *course) write() error {
	return atomicfile.Write(c.path(), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "\t")
		return errors.Wrap(e.Encode(c.rows), "results")
	})
}

// spent is the time of training, which goes on with a checkpoint.
type spent struct {
	seconds float64
	since   time.Time
}

func (s *spent) start() { s.since = time.Now() }

func (s *spent) stop() {
	if !s.since.IsZero() {
		s.seconds += time.Since(s.since).Seconds()
	}
}

// MarshalBinary implements checkpoint.Stateful.
func (s *spent) MarshalBinary() ([]byte, error) {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(s.seconds)), nil
}

// UnmarshalBinary implements checkpoint.Stateful.
func (s *spent) UnmarshalBinary(b []byte) error {
	if len(b) != 8 {
		return errors.Errorf("%d bytes of seconds, want 8", len(b))
	}
	s.seconds, s.since = math.Float64frombits(binary.LittleEndian.Uint64(b)), time.Time{}
	return nil
}
