package models

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/floats"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// Bayesian is p(y|x, w) with a network whose weights w are latent (chapter 6), of
// data "x" and "y".
type Bayesian struct {
	Net bayes.Stack

	likelihood func(h *graph.Node) prob.Dist // of y, by the network's output
	mean       func(d prob.Dist) *graph.Node // of y, or the probabilities of its values
}

// NewRegression declares a network "net" with one output and y ~ N(net(x), σ²), of
// one σ, exp of the parameter "noise".
func NewRegression(s *graph.Scope, c bayes.Config, inputs int, hidden ...int) Bayesian {
	noise := s.Param("noise", graph.Constant(-1))
	return Bayesian{
		Net:        c.NewMLP(s.In("net"), slices.Concat([]int{inputs}, hidden, []int{1})...),
		likelihood: func(h *graph.Node) prob.Dist { return prob.Normal{Mean: h, LogStd: noise} },
		mean:       func(d prob.Dist) *graph.Node { return d.(prob.Normal).Mean },
	}
}

// NewClassifier declares a network "net" of the logits of classes y, numbers from 0.
func NewClassifier(s *graph.Scope, c bayes.Config, inputs, classes int, hidden ...int) Bayesian {
	return Bayesian{
		Net:        c.NewMLP(s.In("net"), slices.Concat([]int{inputs}, hidden, []int{classes})...),
		likelihood: func(h *graph.Node) prob.Dist { return prob.Categorical{Logits: graph.ExpandDims(h, -2)} },
		mean: func(d prob.Dist) *graph.Node {
			return graph.Softmax(graph.Squeeze(d.(prob.Categorical).Logits, -2))
		},
	}
}

// Model is the network with the weights as latents.
func (b Bayesian) Model() vi.Model {
	return vi.Model{Guide: b.Net.Draw, Joint: func(t *vi.Trace) {
		t.Draw("y", b.likelihood(b.Net.Apply(t, t.Given("x"))))
	}}
}

// With is the model of another network with the same likelihood, such as
// Net.Mean() or Net.Pruned(bayes.Threshold), without latents.
func (b Bayesian) With(net layers.Layer) vi.Model {
	return vi.Model{Joint: func(t *vi.Trace) { t.Draw("y", b.likelihood(net.Apply(t.Given("x")))) }}
}

// Predict returns, of a model that Model or With made, what the K draws of c say of
// every row:
// "log_p" [B], the log of the mean of p(y|x, w); "mean", the mean of y [B, 1] or of
// the probabilities of the classes [B, classes]; and "spread" of that shape, the
// standard deviation over the draws of what "mean" is the mean of.
func (b Bayesian) Predict(s *graph.Scope, m vi.Model, d vi.Data, c vi.Config) map[string]*graph.Node {
	r := vi.Run(s, m, d, c)
	each := b.mean(r.Site("y").P)
	mean := graph.Mean(each, 0)
	return map[string]*graph.Node{
		"log_p": bayes.LogPredictive(r, "y"), "mean": mean, "spread": graph.Sqrt(graph.Mean(each.Sub(mean).Square(), 0)),
	}
}

// Posterior is a way to treat the weights of a network of rectified units.
type Posterior struct {
	Name string
	bayes.Config
	Beta float64 // weight of the divergence; 0 where there is none
}

// Posteriors are those that Kingma, Salimans and Welling compare (arXiv 1506.02557),
// with rates of ⅕ for inputs and of ½ for units, and beside them normal weights and
// sparse ones. Type A2 is type A with a third of the divergence. Learned rates start
// below their bound of α = 1, those of units at ⅗.
var Posteriors = []Posterior{
	{"none", Rectified(bayes.Point{}, nil), 0},
	{"normal", Rectified(bayes.Gaussian{}, nil), 1},
	{"binary", Rectified(bayes.BinaryDropout{Rate: .5}, bayes.BinaryDropout{Rate: .2}), 0},
	{"gaussian-a", Rectified(bayes.GaussianDropout{Rate: .5}, bayes.GaussianDropout{Rate: .2}), 0},
	{"gaussian-b", Rectified(bayes.VariationalDropout{Alpha: 1, Fixed: true}, bayes.VariationalDropout{Alpha: .25, Fixed: true}), 1},
	{"vd-a", variational(bayes.Correlated), 1},
	{"vd-a2", variational(bayes.Correlated), 1. / 3},
	{"vd-b", variational(bayes.Independent), 1},
	{"sparse", Rectified(bayes.SparseDropout{}, nil), 1},
}

// PosteriorNames are the names of Posteriors.
func PosteriorNames() (names []string) {
	for _, q := range Posteriors {
		names = append(names, q.Name)
	}
	return names
}

// PosteriorNamed returns one of Posteriors.
func PosteriorNamed(name string) (Posterior, error) {
	for _, q := range Posteriors {
		if q.Name == name {
			return q, nil
		}
	}
	return Posterior{}, errors.Errorf("want one of %s", strings.Join(PosteriorNames(), ", "))
}

// Widths reads units of layers, such as 300,100.
func Widths(text string) (widths []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > 1e5 {
			return nil, errors.New("want numbers from 1 to 100000 with commas between")
		}
		widths = append(widths, n)
	}
	return widths, nil
}

// Rectified is a network of rectified units with the posterior q, in its first layer
// input; nil means q there too.
func Rectified(q, input bayes.Posterior) bayes.Config {
	return bayes.Config{Config: layers.Config{Activation: graph.Relu, Weights: graph.He{}}, Posterior: q, Input: input}
}

func variational(noise bayes.Noise) bayes.Config {
	q := bayes.VariationalDropout{Noise: noise, Share: bayes.PerUnit, Alpha: .6}
	input := q
	input.Alpha = .25
	return Rectified(q, input)
}

// CalibrationError is the expected calibration error: rows are put into equal bins by
// the probability p of the class that is predicted, and the difference of the mean of
// p and the share of rows that are correct is averaged over the rows,
//
//	Σ_b (n_b/n)·|accuracy_b − confidence_b|
//
// (Guo, Pleiss, Sun and Weinberger, arXiv 1706.04599).
func CalibrationError(p []float64, correct []bool, bins int) float64 {
	type bin struct{ n, hits, sum float64 }
	all := make([]bin, bins)
	for i, v := range p {
		b := &all[min(max(int(v*float64(bins)), 0), bins-1)]
		b.n++
		b.sum += v
		if correct[i] {
			b.hits++
		}
	}
	var e float64
	for _, b := range all {
		e += math.Abs(b.hits-b.sum) / float64(len(p))
	}
	return e
}

// Judge returns the share of rows whose most probable class, of probabilities one
// row after the other, is not the label, and the calibration error in 15 bins.
func Judge(probabilities []float64, labels []float32) (wrong, calibration float64) {
	classes := len(probabilities) / len(labels)
	p, right := make([]float64, len(labels)), make([]bool, len(labels))
	for i, y := range labels {
		row := probabilities[i*classes : (i+1)*classes]
		best := floats.MaxIdx(row)
		if p[i], right[i] = row[best], best == int(y); !right[i] {
			wrong += 1 / float64(len(labels))
		}
	}
	return wrong, CalibrationError(p, right, 15)
}
