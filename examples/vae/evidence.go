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
	c := a.evaluation()
	c.Batch = max(min(c.Batch, 5000/a.evaluate), 1) // memory grows with the draws
	rows, err := trainers.Rows(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		r := vi.Run(s, a.newVAE(s), d, vi.Config{K: a.evaluate})
		logp, stderr := r.Evidence()
		return map[string]*graph.Node{"logp": logp, "stderr": stderr, "mean": r.PosteriorMeans("z")}
	}, a.params, a.sets.Test, c)
	if err != nil {
		return errors.WithMessage(err, "-evaluate")
	}
	logp, stderr := rows["logp"], rows["stderr"]
	mean, byPicture := meanError(logp)
	byDraws := 0.
	for _, e := range stderr {
		byDraws += e * e
	}
	byDraws = math.Sqrt(byDraws) / float64(len(logp))
	var units vi.Activity
	units.Add(rows["mean"], a.latents)
	fmt.Fprintf(a.stdout, "test log p(x) %.2f nats by %d draws (standard errors: %.3f by the draws, %.2f by the pictures), %d of %d latent dimensions active\n",
		mean, a.evaluate, byDraws, byPicture, units.Active(), a.latents)
	if a.other != nil {
		difference := slices.Clone(logp)
		floats.Sub(difference, a.other)
		mean, paired := meanError(difference)
		fmt.Fprintf(a.stdout, "log p(x) less that in %s: %+.2f nats (paired standard error %.3f)\n", a.compare, mean, paired)
	}
	return atomicfile.Write(a.path(evidenceFile), func(w io.Writer) error {
		c := csv.NewWriter(w)
		c.Write(evidenceHeader)
		for i := range logp {
			c.Write([]string{strconv.Itoa(i), strconv.FormatFloat(logp[i], 'g', -1, 64), strconv.FormatFloat(stderr[i], 'g', 4, 64)})
		}
		c.Flush()
		return errors.Wrap(c.Error(), evidenceFile)
	})
}

// meanError returns a mean and its standard error.
func meanError(x []float64) (mean, stderr float64) {
	mean, std := stat.MeanStdDev(x, nil)
	return mean, stat.StdErr(std, float64(len(x)))
}

const evidenceFile = "evidence.csv"

var evidenceHeader = []string{"picture", "logp", "stderr"}

// readEvidence reads the log p(x) that another run wrote for the same number
// of pictures.
func readEvidence(path string, pictures int) ([]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, errors.Wrap(err, path)
	}
	if len(lines) != pictures+1 {
		return nil, errors.Errorf("%s: %d lines, want a header and one for each of the %d test pictures", path, len(lines), pictures)
	}
	logp := make([]float64, pictures)
	for i, line := range lines[1:] {
		if len(line) == len(evidenceHeader) {
			logp[i], err = strconv.ParseFloat(line[1], 64)
		}
		if len(line) != len(evidenceHeader) || err != nil || math.IsNaN(logp[i]) || math.IsInf(logp[i], 0) {
			return nil, errors.Errorf("%s: line %d is %q, want %q with a finite logp", path, i+2, line, evidenceHeader)
		}
	}
	return logp, nil
}
