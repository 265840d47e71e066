package main

import (
	"bytes"
	"context"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

func program(args string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), strings.Fields(args), &out, io.Discard)
	return out.String(), err
}

// elbo reads the bound that a run printed.
func elbo(t *testing.T, out string, err error) float64 {
	t.Helper()
	m := regexp.MustCompile(`test ELBO (-?[\d.]+) nats`).FindStringSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("no bound in %q, error %v", out, err)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The bound rises far above that of the first epoch, with and without flows, and a
// picture is written.
func TestLearns(t *testing.T) {
	dir := t.TempDir()
	for _, args := range []string{"", "-flows 1"} {
		base := "-pieces 64 -batch 16 -steps 12 -latent 4 -hidden 16 -rate .01 " + args
		out, err := program(base + " -epochs 1")
		first := elbo(t, out, err)
		out, err = program(base + " -epochs 25 -out " + dir)
		if last := elbo(t, out, err); !(last > first+15) {
			t.Errorf("%q: bound from %v to %v", args, first, last)
		}
	}
	f, err := os.Open(filepath.Join(dir, "music.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if p, err := png.Decode(f); err != nil || p.Bounds().Dx() < 3*4*12 {
		t.Error(err)
	}
}

// On a linear-Gaussian model the guide comes close to log p(x), which the Kalman
// filter gives, and stays below it.
func TestFindsWhatTheKalmanFilterFinds(t *testing.T) {
	const (
		n, steps   = 200, 8
		a, q, c, r = .9, .5, 1., .7
	)
	rnd := rand.New(rand.NewPCG(1, 2))
	var x []float64
	want := 0.
	for range n {
		z, mean, variance := 0., 0., 0.
		for range steps {
			z = a*z + q*rnd.NormFloat64()
			y := c*z + r*rnd.NormFloat64()
			x = append(x, y)
			mean, variance = a*mean, a*a*variance+q*q
			s, e := c*c*variance+r*r, y-c*mean
			want -= .5 * (math.Log(2*math.Pi*s) + e*e/s) / n
			gain := variance * c / s
			mean, variance = mean+gain*e, (1-gain*c)*variance
		}
	}
	set, err := data.New(data.FromFlat("x", x, steps, 1))
	if err != nil {
		t.Fatal(err)
	}
	normal := func(mean *graph.Node, std float64) prob.Dist {
		return prob.Normal{Mean: mean, LogStd: graph.Const(math.Log(std))}
	}
	estimate := func(s *graph.Scope, d vi.Data, draws int) *vi.Estimate {
		m := models.Markov{
			Steps: steps, First: graph.Tensor([]float64{0}, 1),
			Transition: func(z *graph.Node) prob.Dist { return normal(z.Scale(a), q) },
			Emission:   func(z *graph.Node) prob.Dist { return prob.Independent(normal(z.Scale(c), r), steps) },
		}
		guide := models.NewCombiner(s, models.MarkovConfig{Input: 1, Latent: 1, Hidden: 16})
		return vi.ELBO{Config: vi.Config{K: draws}}.Estimate(s, vi.Model{Joint: m.Joint, Guide: guide}, d)
	}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return estimate(s, d, 1) }
	b := set.Batches(data.BatchConfig{Size: n / 4})
	fit, err := trainers.Fit(context.Background(), bound, b, trainers.Config{Epochs: 150, Seed: 1, Optimizer: trainers.Adam{Rate: .01}})
	if err != nil {
		t.Fatal(err)
	}
	fine := func(s *graph.Scope, d vi.Data) *vi.Estimate { return estimate(s, d, 100) }
	got, err := trainers.Evaluate(context.Background(), fine, fit.Params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("bound %.4f, log p(x) %.4f", got["elbo"], want)
	if gap := want - got["elbo"]; !(gap > 0 && gap < .1) {
		t.Errorf("bound %v, log p(x) by the Kalman filter %v", got["elbo"], want)
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-epochs 0": "-epochs 0", "-rate 2": "-rate 2", "-flows -1": "-flows -1", "-steps 0": "-steps 0", "x": `unexpected argument "x"`,
	} {
		if _, err := program(args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if out, err := program("-h"); err != nil || !strings.Contains(out, "-flows") {
		t.Errorf("help %q, error %v", out, err)
	}
}

// A run that was stopped goes on as if it had not been.
func TestResumes(t *testing.T) {
	if os.Getenv("LATENT_SWEEP") == "" {
		t.Skip("long: LATENT_SWEEP=1 runs it")
	}
	flagstest.Resumes(t, run, "", "-pieces", "60", "-steps", "8", "-batch", "30", "-latent", "2", "-hidden", "8")
}
