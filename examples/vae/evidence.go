package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

// evidence estimates log p(x) of every test picture by importance sampling,
// prints the mean and writes evidence.csv.
func (a *app) evidence(ctx context.Context) error {
	rows, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		e, r := vi.Evidence{K: a.evaluate}.PerRow(s, a.newVAE(s), d)
		return map[string]*graph.Node{"pixels": pixels(d), "logp": e.LogP, "stderr": e.StdErr, "bias": e.Bias, "mean": r.PosteriorMeans("z")}
	}, a.params, a.batches(a.sets.Test, true), trainers.EvalConfig{Seed: a.seed})
	if err != nil {
		return errors.WithMessage(err, "-evaluate")
	}
	logp, stderr := rows["logp"], rows["stderr"]
	mean, byPicture := meanError(logp)
	byDraws := floats.Norm(stderr, 2) / float64(len(logp))
	bias, _ := meanError(rows["bias"])
	var units vi.Activity
	units.Add(rows["mean"], a.latents)
	fmt.Fprintf(a.stdout, "test log p(x) %.2f nats by %d draws (bias %.3f; standard errors: %.3f by the draws, %.2f by the pictures), %d of %d latent dimensions active\n",
		mean, a.evaluate, bias, byDraws, byPicture, units.Active(), a.latents)
	if a.other != nil {
		difference := slices.Clone(logp)
		floats.Sub(difference, a.other)
		mean, paired := meanError(difference)
		fmt.Fprintf(a.stdout, "log p(x) less that in %s: %+.2f nats (paired standard error %.3f)\n", a.compare, mean, paired)
	}
	return atomicfile.Write(a.path("evidence.csv"), func(w io.Writer) error {
		c := csv.NewWriter(w)
		c.Write(a.evidenceHeader())
		for i := range logp {
			c.Write([]string{strconv.Itoa(i), number(rows["pixels"][i]), number(logp[i]), number(stderr[i])})
		}
		c.Flush()
		return errors.Wrap(c.Error(), "evidence.csv")
	})
}

// evidenceHeader names the columns, and the likelihood, whose log p(x) are of
// one kind.
func (a *app) evidenceHeader() []string {
	return []string{"picture", "pixels", "logp " + a.likelihood, "stderr"}
}

// pixels returns the sum of each picture, by which it is known again.
func pixels(d vi.Data) *graph.Node { return graph.Sum(d["x"], -1) }

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// meanError returns a mean and its standard error.
func meanError(x []float64) (mean, stderr float64) {
	mean, std := stat.MeanStdDev(x, nil)
	return mean, stat.StdErr(std, float64(len(x)))
}

// readOther reads the log p(x) that another run wrote for the same pictures,
// before anything is trained.
func (a *app) readOther(ctx context.Context) error {
	f, err := os.Open(a.compare)
	if err != nil {
		return errors.WithStack(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return errors.Wrap(err, a.compare)
	}
	n := a.sets.Test.Len()
	if len(lines) != n+1 || !slices.Equal(lines[0], a.evidenceHeader()) {
		return errors.Errorf("%s: want the header %q and a line for each of the %d test pictures", a.compare, a.evidenceHeader(), n)
	}
	rows, err := trainers.Predict(ctx, func(_ *graph.Scope, d vi.Data) map[string]*graph.Node {
		return map[string]*graph.Node{"pixels": pixels(d)}
	}, &graph.Params{}, a.batches(a.sets.Test, true), trainers.EvalConfig{Seed: a.seed})
	if err != nil {
		return err
	}
	for i, line := range lines[1:] {
		if line[0] != strconv.Itoa(i) || line[1] != number(rows["pixels"][i]) {
			return errors.Errorf("%s: line %d is of another picture: the other run had other -data, -binarize or -seed", a.compare, i+2)
		}
		logp, err := strconv.ParseFloat(line[2], 64)
		if err != nil || math.IsNaN(logp) || math.IsInf(logp, 0) {
			return errors.Errorf("%s: line %d: logp %q, want a finite number", a.compare, i+2, line[2])
		}
		a.other = append(a.other, logp)
	}
	return nil
}
