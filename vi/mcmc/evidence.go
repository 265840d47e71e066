package mcmc

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
)

// EvidenceConfig says how log p(x) is estimated.
type EvidenceConfig struct {
	Rows   map[string][]int // the shape of a row of each array of data
	Kernel Kernel           // nil means NUTS{}
	Warmup int              // of the chain of each datum; 0 means 500
	Draws  int              // L: of which the density is fitted, and as many again that it is averaged over; 0 means 500
	Batch  int              // data at once; 0 means 100, or all if they are fewer
	Seed   uint64
}

// RowEvidence is the log evidence of one datum.
type RowEvidence struct {
	LogP   float64 // log p(x)
	StdErr float64 // Monte Carlo standard error
}

// Evidence estimates log p(x) of each datum from draws of its posterior, by the
// estimator of Kingma and Welling, arXiv 1312.6114, appendix D: of 2L draws, a density
// q is fitted to the first L, here a normal one of the reals that stand for the
// latents, with all covariances, and with the others
//
//	1/p(x) ≈ (1/L) Σ q(z)/p(x, z),  z ~ p(z|x)
//
// which is a harmonic mean that has a variance, where q has no heavier tails than the
// posterior. As they say, it is for few dimensions, less than five. vi.Evidence needs
// a guide and no chains. data are [rows, row…] by name.
func Evidence(ctx context.Context, params *graph.Params, model RowModel, data map[string][]float64, c EvidenceConfig) ([]RowEvidence, error) {
	switch {
	case ctx == nil:
		return nil, errors.New("mcmc: the context is nil")
	case params == nil || model == nil:
		return nil, errors.New("mcmc: Evidence without Params or without a model")
	case c.Batch < 0 || c.Batch > maxCount:
		return nil, errors.Errorf("mcmc: Evidence of Batch %d, want 1 to %d, or 0 for 100", c.Batch, maxCount)
	case c.Draws < 0 || c.Draws > maxCount/2:
		return nil, errors.Errorf("mcmc: Evidence of %d Draws, want 1 to %d, or 0 for 500", c.Draws, maxCount/2)
	}
	t, err := rowTarget(params, model, c.Rows)
	if err != nil {
		return nil, err
	}
	rows := 0
	for i, name := range t.names {
		if n := len(data[name]); n > 0 && rows == 0 {
			rows = n / graph.Size(t.rows[i])
		}
	}
	if rows == 0 {
		return nil, errors.Errorf("mcmc: Evidence of no data; Rows are of %v", t.names)
	}
	if err := checkRows(t, data, rows); err != nil {
		return nil, err
	}
	batch, draws := min(cmp.Or(c.Batch, 100), rows), cmp.Or(c.Draws, 500)
	if draws <= t.space.Size+1 {
		return nil, errors.Errorf("mcmc: Evidence of %d Draws for %d reals: a normal density is not fitted to so few", draws, t.space.Size)
	}
	var out []RowEvidence
	for from := 0; from < rows; from += batch {
		own := laneData{}
		for i, name := range t.names {
			size := graph.Size(t.rows[i])
			for lane := range batch { // the last row fills up the last batch
				at := min(from+lane, rows-1)
				own[name] = append(own[name], data[name][at*size:(at+1)*size]...)
			}
		}
		p, err := Config{Kernel: c.Kernel, Chains: batch, Warmup: cmp.Or(c.Warmup, 500), Draws: 2 * draws, Seed: c.Seed + uint64(from)}.plan()
		if err != nil {
			return nil, err
		}
		s, err := newSampler(ctx, t, p, own)
		if err != nil {
			return nil, interruption(ctx, err)
		}
		err = s.run(ctx)
		s.stop()
		if err != nil {
			return nil, err
		}
		for _, chain := range s.chains[:min(batch, rows-from)] {
			out = append(out, chain.evidence(draws))
		}
	}
	return out, nil
}

// evidence is that of a chain's target, from its first draws and the others.
func (c *chain) evidence(draws int) RowEvidence {
	d := c.plan.dim
	half := func(i int) *mat.Dense { return mat.NewDense(draws, d, c.positions[i*draws*d:(i+1)*draws*d]) }
	fit, rest := half(0), half(1)
	mean := make([]float64, d)
	for i := range mean {
		mean[i] = stat.Mean(mat.Col(nil, i, fit), nil)
	}
	var cov mat.SymDense
	var root mat.Cholesky
	stat.CovarianceMatrix(&cov, fit, nil)
	if !root.Factorize(&cov) {
		return RowEvidence{math.NaN(), math.NaN()}
	}
	ratio := make([]float64, draws) // log q(u)/p(x, u)
	off := mat.NewVecDense(d, nil)
	var solved mat.VecDense
	for i := range ratio {
		for j, m := range mean {
			off.SetVec(j, rest.At(i, j)-m)
		}
		if err := root.SolveVecTo(&solved, off); err != nil {
			return RowEvidence{math.NaN(), math.NaN()}
		}
		log := -.5 * (mat.Dot(off, &solved) + root.LogDet() + float64(d)*math.Log(2*math.Pi))
		ratio[i] = log - c.trace[draws+i].LogP
	}
	top := slices.Max(ratio)
	for i, r := range ratio {
		ratio[i] = math.Exp(r - top)
	}
	average := floats.Sum(ratio) / float64(draws)
	return RowEvidence{LogP: -top - math.Log(average), StdErr: MeanError([][]float64{ratio}) / average}
}
