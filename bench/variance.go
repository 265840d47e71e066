package bench

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Case is an estimator of a gradient, to be compared with others.
type Case struct {
	Estimator string                        // its name in the rows
	Objective string                        // likewise
	Bound     vi.Objective                  // with the estimator in it; Made if it has nodes, which belong to one build
	Exact     trainers.Bound                // an estimate with the same gradient in expectation but no noise, such as by enumeration; it declares the model itself; nil means unknown
	Reference bool                          // the cases of its Objective without an Exact have as bias the difference of their means from this one's, draw by draw, with Row.Against its Estimator
	Biased    bool                          // by design: Check measures the bias and does not fail
	Model     func(s *graph.Scope) vi.Model // in place of the common one, with the same parameters; nil means that one
}

// Made is an objective that has nodes in it, such as ELBO's Beta: they are made
// anew in the build of each program, by this function.
type Made func(s *graph.Scope) vi.Objective

// Estimate implements vi.Objective.
func (f Made) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	if f == nil {
		graph.Fail("bench: Made of nil, want a function that makes an objective")
	}
	o := f(s)
	if op.Nil(o) {
		graph.Fail("bench: Made makes no objective: its function returned nil")
	}
	return o.Estimate(s, m, d)
}

// Config says how to measure. The zero values are usable.
type Config struct {
	Problem   string                    // a name for the rows
	Params    *graph.Params             // at which gradients are taken; not changed; nil means new float32 ones of this Seed
	Arrays    []string                  // the arrays of the data that the model is given; nil means all
	Map       map[string]data.Transform // of arrays by name, as data.BatchConfig.Map; what is random in them is drawn anew for each draw, which counts as an epoch
	Draws     int                       // of each gradient; 0 means 1000
	Most      int                       // where Draws allow no honest interval of the variance, four times as many, and again, up to this; 0 means 16 times Draws
	Precision float64                   // half the interval of the variance over the variance: likewise, until it is at most this; 0 means any
	Seconds   float64                   // no draws after so many, whatever Draws; without a Most that is the end, and with it rows depend on the clock; 0 means none
	Batch     int                       // rows a gradient, chosen anew for each draw; 0 means all rows, always the same
	Parts     bool                      // make a second gradient of each batch, for Row.Noise
	Warmup    int                       // training steps, before, of what the estimators learn (baselines, control variates), by Adam of rate .001 with the model held; 0 means until it has settled, a negative number none
	Every     int                       // of so many blocks of a long gradient one is looked at in a draw, in turn; 0 means as many as keep that below a tenth of the gradient's time, and 1, all, where a case has an Exact or is a Reference
	Seed      uint64                    // of the noise and the batches
	Group     func(param string) string // the group of a parameter; "" leaves it out; nil makes each a group
	Clock     func() time.Time          // for the times; nil means time.Now
	Single    bool                      // keep the variance of each parameter by itself, for Row.SingleMax and Row.Singles, in 8 bytes more a parameter and case

	// OnDraw is given every draw of every group of a case, by its number, in a slice
	// that is its own until it returns; an error ends the measurement. nil means none.
	OnDraw func(k Case, group string, draw int, gradient []float64) error
}

// GradientVariance draws the gradients of all cases in turns and returns a row
// for each case and group, in that order. m declares a model's parameters and
// returns it; the rows of the data are given as vectors. Memory is 12 or 16 bytes a
// parameter and case, and a number for each draw and group.
//
// It is an error if a case's Exact gradient depends on the draw, if cases have
// other parameters than the model, or if a gradient is not finite.
func GradientVariance(ctx context.Context, m func(s *graph.Scope) vi.Model, d *data.Set, cases []Case, c Config) ([]Row, error) {
	return measure(ctx, m, d, cases, c, false)
}

// measure is GradientVariance; with others Params may have those of other cases.
func measure(ctx context.Context, m func(s *graph.Scope) vi.Model, d *data.Set, cases []Case, c Config, others bool) ([]Row, error) {
	if err := c.check(m, d, cases); err != nil {
		return nil, err
	}
	if c.Draws == 0 {
		c.Draws = 1000
	}
	if c.Most == 0 {
		c.Most = max(c.Draws, 16*min(c.Draws, math.MaxInt32/64)) // 4·Most fits an int of 32 bits
		if c.Seconds > 0 {
			c.Most = math.MaxInt32 / 4
		}
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Arrays == nil {
		c.Arrays = d.Names()
	}
	b := &batches{set: d, size: c.Batch, seed: c.Seed, arrays: c.Arrays, transforms: c.Map}
	var gs []*gradient
	for _, k := range cases {
		own := m
		if k.Model != nil {
			own = k.Model
		}
		g, err := newGradient(ctx, own, k, b, c)
		if err == nil && len(gs) > 0 && !slices.Equal(g.names, gs[0].names) {
			err = errors.Errorf("parameters %v, want those of the first case, %v", g.names, gs[0].names)
		}
		if err == nil && k.Exact != nil {
			err = g.compare(ctx, k.Exact, d, c)
		}
		if err != nil {
			return nil, errors.WithMessagef(err, "bench: case %s of %s", k.Estimator, k.Objective)
		}
		gs = append(gs, g)
	}
	if c.Params != nil && !others {
		for _, name := range c.Params.Names() {
			if !slices.ContainsFunc(gs, func(g *gradient) bool { return g.params.Tensor(name) != nil }) {
				return nil, errors.Errorf("bench: Config.Params has %s, a parameter of no case; the first has %v", name, gs[0].params.Names())
			}
		}
	}
	if c.Every == 0 && slices.ContainsFunc(cases, func(k Case) bool { return k.Exact != nil || k.Reference }) {
		c.Every = 1
	}
	for i, g := range gs {
		if cases[i].Exact == nil && !cases[i].Reference {
			at := slices.IndexFunc(cases, func(k Case) bool { return k.Reference && k.Objective == cases[i].Objective })
			if at >= 0 {
				g.against = gs[at]
			}
		}
		g.prepare(c)
	}
	rows, err := drawAll(ctx, gs, b, c)
	return slices.Concat(rows...), err
}

// drawAll draws until the intervals are as asked for.
func drawAll(ctx context.Context, gs []*gradient, b *batches, c Config) ([][]Row, error) {
	rows := make([][]Row, len(gs))
	began, late := c.Clock(), false
	for from, to := 0, c.Draws; from < to && !late; from, to = to, min(4*to, c.Most) {
		wanting := make([]bool, len(gs))
		for i, g := range gs {
			if rows[i] == nil || slices.ContainsFunc(rows[i], c.wants) {
				wanting[i] = true
				if g.against != nil {
					wanting[slices.Index(gs, g.against)] = true
				}
			}
		}
		if !slices.Contains(wanting, true) {
			break
		}
		for step := from; step < to && !late; step++ {
			if err := b.draw(step); err != nil {
				return nil, errors.WithMessage(err, "bench")
			}
			if err := drawOnce(ctx, gs, wanting, b, step, c); err != nil {
				return nil, err
			}
			late = c.Seconds > 0 && step >= 9 && c.Clock().Sub(began).Seconds() >= c.Seconds
		}
		for i, g := range gs {
			if wanting[i] {
				rows[i] = g.rows(c)
			}
		}
	}
	return rows, nil
}

// drawOnce makes a draw of the cases that are wanting, references first.
func drawOnce(ctx context.Context, gs []*gradient, wanting []bool, b *batches, step int, c Config) error {
	each := func(which func(g *gradient) bool, f func(g *gradient) error) error {
		for i, g := range gs {
			if wanting[i] && which(g) {
				if err := f(g); err != nil {
					return errors.WithMessagef(err, "bench: case %s of %s, draw %d", g.of.Estimator, g.of.Objective, step)
				}
			}
		}
		return nil
	}
	draw := func(g *gradient) error { return g.draw(ctx, b, step, c) }
	if err := each(func(g *gradient) bool { return g.against == nil }, draw); err != nil {
		return err
	}
	if err := each(func(g *gradient) bool { return g.against != nil }, draw); err != nil || !c.Parts {
		return err
	}
	return each(func(*gradient) bool { return true }, func(g *gradient) error { return g.again(ctx, step, c) })
}

// wants tells whether a row asks for more draws.
func (c Config) wants(r Row) bool {
	return r.NoInterval != "" || c.Precision > 0 && r.VarHi-r.VarLo > 2*c.Precision*r.Var || c.Seconds > 0 && c.Precision == 0
}

func (c Config) check(m func(s *graph.Scope) vi.Model, d *data.Set, cases []Case) error {
	switch {
	case m == nil:
		return errors.New("bench: no model")
	case d == nil || d.Len() == 0:
		return errors.New("bench: no data")
	case len(cases) == 0:
		return errors.New("bench: no cases")
	case c.Draws < 0 || c.Draws > 0 && c.Draws < 10 || c.Draws > math.MaxInt32/4:
		return errors.Errorf("bench: Draws %d, want 10 or more", c.Draws)
	case c.Most < 0 || c.Most > 0 && c.Most < max(c.Draws, 10) || c.Most > math.MaxInt32/4:
		return errors.Errorf("bench: Most %d, want Draws or more", c.Most)
	case c.Every < 0 || c.Every > max(c.Draws, 1000)/10:
		return errors.Errorf("bench: Every %d, want 0 or 1 to a tenth of the draws", c.Every)
	case !(c.Precision >= 0 && c.Precision < 1):
		return errors.Errorf("bench: Precision %v, want a number from 0 to below 1", c.Precision)
	case !(c.Seconds >= 0):
		return errors.Errorf("bench: Seconds %v, want 0 or more", c.Seconds)
	case c.Batch < 0 || c.Batch > d.Len():
		return errors.Errorf("bench: Batch %d, want 1 to %d, the rows of the data, or 0", c.Batch, d.Len())
	}
	for i, name := range c.Arrays {
		if d.Cols(name) == 0 {
			return errors.Errorf("bench: no array %s in the data, which have %v", name, d.Names())
		}
		if slices.Contains(c.Arrays[:i], name) {
			return errors.Errorf("bench: Arrays names %s twice", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Map)) {
		if d.Cols(name) == 0 || c.Arrays != nil && !slices.Contains(c.Arrays, name) || c.Map[name] == nil {
			return errors.Errorf("bench: Map has a Transform of %s, want one that is not nil of an array that the model is given", name)
		}
	}
	for i, k := range cases {
		if k.Exact != nil && len(c.Map) > 0 {
			return errors.Errorf("bench: case %d, %s of %s, has an Exact gradient, that of one set of rows, and Map makes others", i, k.Estimator, k.Objective)
		}
		if k.Reference && slices.ContainsFunc(cases[:i], func(o Case) bool { return o.Reference && o.Objective == k.Objective }) {
			return errors.Errorf("bench: case %d, %s, is a second Reference of %s", i, k.Estimator, k.Objective)
		}
		if op.Nil(k.Bound) {
			return errors.Errorf("bench: case %d, %s of %s, has no Bound", i, k.Estimator, k.Objective)
		}
	}
	return nil
}
