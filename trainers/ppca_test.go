package trainers_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// ppcaModel is probabilistic PCA with a diagonal guide; the optimum has
// orthogonal columns, where the guide is exact and the bound tight.
func ppcaModel(dims, latents int, kl vi.KL) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		dec := layers.NewDense(s.In("dec"), latents, dims)
		enc := layers.NewDense(s.In("enc"), dims, latents)
		logStd, logS := s.Param("log_std", graph.Constant(0)), s.Param("log_s", graph.Constant(0), latents)
		return vi.ELBO{KL: kl}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Normal{Mean: dec.Apply(t.Draw("z", prob.StdNormal(latents))), LogStd: logStd})
			},
			Guide: func(t *vi.Trace) {
				t.Draw("z", prob.Normal{Mean: enc.Apply(t.Given("x")), LogStd: logS})
			},
		}, d)
	}
}

// ppcaData draws rows from a linear-Gaussian model.
func ppcaData(t *testing.T, rows, dims int) (*data.Set, *mat.Dense) {
	t.Helper()
	n := kernel.Noise{Key: 7}
	load := [][]float64{{2, 0, 1, -1}, {0, 1.2, .5, .5}}
	x := mat.NewDense(rows, dims, nil)
	for r := range rows {
		z, e := make([]float64, 2), make([]float64, dims)
		kernel.Normal(z, n, 0, uint32(r), 0)
		kernel.Normal(e, n, 1, uint32(r), 0)
		for d := range dims {
			x.Set(r, d, float64(d)+z[0]*load[0][d]+z[1]*load[1][d]+.5*e[d])
		}
	}
	set, err := data.New(data.FromFlat("x", x.RawMatrix().Data, dims))
	if err != nil {
		t.Fatal(err)
	}
	return set, x
}

// ppcaLikelihood returns the largest mean log p(x) of probabilistic PCA
// (Tipping and Bishop, 1999, eq. 4 at the solution of eq. 7 and 8).
func ppcaLikelihood(t *testing.T, x *mat.Dense, latents int) float64 {
	t.Helper()
	rows, dims := x.Dims()
	var cov mat.SymDense
	stat.CovarianceMatrix(&cov, x, nil)
	cov.ScaleSym(float64(rows-1)/float64(rows), &cov)
	var eig mat.EigenSym
	if !eig.Factorize(&cov, false) {
		t.Fatal("no eigenvalues")
	}
	values := eig.Values(nil) // ascending
	noise, logDet := 0.0, 0.0
	for i, v := range values {
		if i < dims-latents {
			noise += v / float64(dims-latents)
		} else {
			logDet += math.Log(v)
		}
	}
	logDet += float64(dims-latents) * math.Log(noise)
	return -.5 * (float64(dims)*math.Log(2*math.Pi) + logDet + float64(dims))
}

func TestTrainingRecoversMaximumLikelihoodPPCA(t *testing.T) {
	const rows, dims, latents = 500, 4, 2
	set, x := ppcaData(t, rows, dims)
	want := ppcaLikelihood(t, x, latents)
	params := &graph.Params{Seed: 1, Dtype: graph.Float64}
	model := ppcaModel(dims, latents, vi.MonteCarlo)
	for _, rate := range []float64{3e-2, 3e-3, 3e-4} {
		_, err := trainers.Fit(context.Background(), model, set.Batches(data.BatchConfig{Size: 125, Seed: 2}), trainers.Config{
			Params: params, Epochs: 120, Seed: 2, Optimizer: trainers.Adam{Rate: rate},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := trainers.Evaluate(context.Background(), model, params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got["elbo"]-want) > .01 {
		t.Errorf("bound %v, maximum likelihood %v", got["elbo"], want)
	}
}
