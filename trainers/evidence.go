package trainers

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// EvidenceConfig says how Evidence draws.
type EvidenceConfig struct {
	K         int      // draws of the globals, 2 or more, each with a pass over the data; 0 means 1000
	RowDraws  int      // draws of the latents of each row, for each draw of the globals; 0 means 1
	Enumerate []string // as in vi.Config
	Seed      uint64   // of the noise
}

const maxDraws = 1 << 24

// EvidenceResult is what importance sampling says of the evidence.
type EvidenceResult struct {
	LogEvidence float64   // log p(data), in nats of the whole data set
	StdErr      float64   // its standard error, to be believed where Shape is below .7
	Shape       float64   // k̂ of the weights: see vi.ParetoShape
	ESS         float64   // effective number of draws
	LogWeights  []float64 // log w of each draw
}

// Evidence estimates log p(data) of a model with globals θ by importance sampling
// from its guide,
//
//	p(data) ≈ (1/K) Σ_k w_k,  w_k = p(θ_k)/q(θ_k) Π_i (1/L) Σ_l p(x_i, z_il|θ_k)/q(z_il|x_i, θ_k)
//
// over the rows of epoch 0 of batches, which has the whole data set once. p(data) is
// estimated without bias, its logarithm with one of about −½·StdErr². A guide that is
// narrower than the posterior has weights without a variance, which Shape tells. Latents
// of rows add the noise of each row to that of the weights: raise RowDraws with the
// number of rows, or integrate them out. Without a guide θ is drawn from the prior.
// Float64 params keep the digits of weights of many rows.
//
// Of a model without globals vi.Evidence is the better estimate, row by row; with a
// guide.Laplace, Laplace says what the approximation itself comes to.
func Evidence(ctx context.Context, model func(s *graph.Scope) vi.Model, params *graph.Params, b data.Batches, c EvidenceConfig) (EvidenceResult, error) {
	switch {
	case model == nil:
		return EvidenceResult{}, errors.New("trainers: no model to estimate the evidence of")
	case ctx == nil:
		return EvidenceResult{}, errNoContext
	case c.K < 0 || c.K == 1 || c.K > maxDraws:
		return EvidenceResult{}, errors.Errorf("trainers: Evidence by %d draws, want 2 or more for a standard error, up to %d, or 0 for 1000", c.K, maxDraws)
	case c.RowDraws < 0:
		return EvidenceResult{}, errors.Errorf("trainers: Evidence by %d RowDraws, want 1 or more, or 0 for 1", c.RowDraws)
	}
	const shared, rows = "trainers/evidence/shared", "trainers/evidence/rows"
	e, err := newEvaluator(func(s *graph.Scope, d vi.Data) {
		r := vi.Run(s, model(s), d, vi.Config{K: cmp.Or(c.RowDraws, 1), Enumerate: c.Enumerate})
		weighable(r)
		of, each := r.GlobalLogWeight()
		s.Output(shared, of)
		s.Output(rows, graph.Sum(each))
	}, params, b, EvalConfig{Seed: c.Seed})
	if err != nil {
		return EvidenceResult{}, err
	}
	logw := make([]float64, cmp.Or(c.K, 1000))
	for k := range logw {
		of := 0. // the same in each batch
		err := e.each(ctx, 0, k, func(p *graph.Program, _ int) error {
			v, err := p.Value(shared)
			if err != nil {
				return err
			}
			sum, err := p.Value(rows)
			if err != nil {
				return err
			}
			of, logw[k] = v[0], logw[k]+sum[0]
			return nil
		})
		if err != nil {
			return EvidenceResult{}, interruption(ctx, err)
		}
		logw[k] += of
	}
	return weighed(logw)
}

// weighable refuses a run whose draws have no weights of their own.
func weighable(r *vi.Record) {
	globals, observed := false, false
	for _, site := range r.Sites() {
		globals, observed = globals || site.Global, observed || site.Observed
		if site.Global && site.Value == nil {
			graph.Fail("trainers: Evidence of a model with the latent weight %s, whose noise is that of the products: importance sampling is for few globals, drawn by Trace.Global", site.Name)
		}
		if _, point := site.Q.(prob.Delta); point {
			graph.Fail("trainers: Evidence by a guide that draws %s from prob.Delta: a point has no density to weigh by; use a law with some width, such as that of guide.Normal", site.Name)
		}
	}
	if !globals {
		graph.Fail("trainers: Evidence of a model without a global: p(data) is a product over the rows, for which vi.Evidence is the better estimate")
	}
	if !observed {
		graph.Fail("trainers: Evidence of a model without an observed site")
	}
}

// weighed sums up the weights.
func weighed(logw []float64) (EvidenceResult, error) {
	r := EvidenceResult{LogWeights: logw}
	top := slices.Max(logw) // NaN if there is one
	switch {
	case math.IsNaN(top) || math.IsInf(top, 1):
		return r, errors.Errorf("trainers: Evidence: the weight of draw %d is %v", slices.IndexFunc(logw, func(v float64) bool { return !(v < math.Inf(1)) }), top)
	case math.IsInf(top, -1):
		return r, errors.Errorf("trainers: Evidence: none of %d draws of the guide is possible under the joint", len(logw))
	case top == slices.Min(logw):
		return r, errors.Errorf("trainers: Evidence: all %d draws of the guide weigh the same: it is a point, as guide.Laplace is before trainers.Laplace has been there", len(logw))
	}
	n, sum, squares := float64(len(logw)), 0., 0.
	for _, l := range logw {
		w := math.Exp(l - top)
		sum, squares = sum+w, squares+w*w
	}
	r.LogEvidence, r.ESS = top+math.Log(sum/n), sum*sum/squares
	r.StdErr = math.Sqrt(max(n/r.ESS-1, 0) / (n - 1)) // of log w̄: sd(w)/(w̄·√n)
	r.Shape = vi.ParetoShape(logw)
	return r, nil
}
