package trainers

import (
	"cmp"
	"context"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// LaplaceResult says what Laplace found.
type LaplaceResult struct {
	LogEvidence float64 // log p(data) by the approximation, in nats of the whole data set
	LogJoint    float64 // log p(data, u) at the mode, with the Jacobian of u
	Steps       int     // of Newton's method
}

// Laplace gives the guide of a model whose family is guide.Laplace its mean and
// covariance, on epoch 0 of batches, which has the whole data set once: the mode u*
// of log p(data, u), by damped steps of Newton's method from where the parameters
// are, and Σ = −H⁻¹ with H the Hessian there, one column a pass over the data.
// With D numbers in u
//
//	log p(data) ≈ log p(data, u*) + ½D·log 2π + ½ log|Σ|
//
// (MacKay, Information Theory, Inference, and Learning Algorithms, 2003, eq. 27.6).
// Other parameters stay as they are, and other latents are refused. A density
// without a maximum, or flat at it, is an error. Params of float64 find the mode
// to 1e-10 of its spread, those of float32 to 1e-3.
func Laplace(ctx context.Context, m Bound, params *graph.Params, b data.Batches) (LaplaceResult, error) {
	if m == nil {
		return LaplaceResult{}, errors.New("trainers: no model to approximate")
	}
	if ctx == nil {
		return LaplaceResult{}, errNoContext
	}
	c := &curvature{params: params}
	e, err := newEvaluator(func(s *graph.Scope, d vi.Data) { c.declare(s, m.estimate(s, d)) }, params, b, EvalConfig{
		Schedules: map[string]Schedule{columnInput: ScheduleFunc(func(step int) float64 { return float64(step) })},
	})
	if err != nil {
		return LaplaceResult{}, err
	}
	release, err := reserve(params)
	if err != nil {
		return LaplaceResult{}, err
	}
	defer release()
	c.runs = e
	r, err := c.newton(ctx)
	return r, interruption(ctx, errors.WithMessage(err, "trainers: Laplace"))
}

// newton goes to the mode and leaves the guide there.
func (c *curvature) newton(ctx context.Context) (LaplaceResult, error) {
	var r LaplaceResult
	tolerance := 1e-18 // of the square of the step, in units of the spread
	if c.params.Dtype != graph.Float64 {
		tolerance = 1e-6
	}
	if err := c.begin(); err != nil {
		return r, err
	}
	for done := false; ; r.Steps++ {
		value, g, a, err := c.at(ctx, true)
		if err != nil {
			return r, err
		}
		if err := finite(value, g, a.RawSymmetric().Data); err != nil {
			return r, err
		}
		if done {
			return r, c.leave(value, a, &r)
		}
		if r.Steps == 200 {
			return r, errors.Errorf("no mode after %d steps of Newton's method: log p(data, u) is %v and has no maximum nearby, or is flat at it; train first, or look at the prior", r.Steps, value)
		}
		step, decrement := ascent(a, g)
		from, scale := c.read(), 1.
		for ; ; scale /= 2 {
			to := make([]float64, len(from))
			for i := range to {
				to[i] = from[i] + scale*step[i]
			}
			c.write(to)
			if decrement < 1e-6 {
				break // rounding hides what is gained
			}
			if v, _, _, err := c.at(ctx, false); err != nil {
				return r, err
			} else if v > value {
				break
			}
			if scale < 1e-12 {
				c.write(from)
				return r, errors.Errorf("no step of Newton's method raises log p(data, u) = %v: it has no mode here", value)
			}
		}
		done = decrement < tolerance
	}
}

// begin makes the guide a point, so that there is no noise in the density.
func (c *curvature) begin() error {
	b := c.runs.runs.batches
	if err := b.Seek(0, 0); err != nil {
		return err
	}
	if !b.Next() {
		return errors.WithMessage(cmp.Or(b.Err(), errors.New("the epoch has no batch")), "first batch")
	}
	if _, err := c.runs.runs.program(); err != nil {
		return err
	}
	c.set(c.cholesky, make([]float64, c.size*c.size))
	return nil
}

// ascent returns A⁻¹g, with enough added to the diagonal of A to make it positive
// definite, and gᵀA⁻¹g.
func ascent(a *mat.SymDense, g []float64) (step []float64, decrement float64) {
	n := len(g)
	largest := 0.
	for i := range n {
		largest = max(largest, math.Abs(a.At(i, i)))
	}
	for add := 0.; ; add = max(10*add, 1e-6*max(largest, 1e-6)) {
		damped := mat.NewSymDense(n, nil)
		damped.CopySym(a)
		for i := range n {
			damped.SetSym(i, i, a.At(i, i)+add)
		}
		var f mat.Cholesky
		if !f.Factorize(damped) {
			continue
		}
		var x mat.VecDense
		if err := f.SolveVecTo(&x, mat.NewVecDense(n, g)); err != nil && add < 1e6*largest {
			continue
		}
		step = x.RawVector().Data
		for i, s := range step {
			decrement += s * g[i]
		}
		return step, decrement
	}
}

// leave writes the covariance.
func (c *curvature) leave(value float64, a *mat.SymDense, r *LaplaceResult) error {
	var f, of mat.Cholesky
	var inverse mat.SymDense
	if !f.Factorize(a) || f.InverseTo(&inverse) != nil || !of.Factorize(&inverse) {
		return errors.New("the Hessian of log p(data, u) at the mode is not negative definite: it is flat in some direction, along which nothing is known; give such globals proper priors")
	}
	var l mat.TriDense
	of.LTo(&l)
	flat := make([]float64, c.size*c.size)
	for i := range c.size {
		for j := range i + 1 {
			flat[i*c.size+j] = l.At(i, j)
		}
	}
	c.set(c.cholesky, flat)
	r.LogJoint = value
	r.LogEvidence = value + float64(c.size)/2*math.Log(2*math.Pi) - f.LogDet()/2
	return nil
}

func finite(value float64, g, h []float64) error {
	for _, v := range append(append([]float64{value}, g...), h...) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("log p(data, u) = %v or one of its derivatives is not finite", value)
		}
	}
	return nil
}
