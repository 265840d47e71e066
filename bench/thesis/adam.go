package main

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

var adam = table{
	name:   "adam",
	title:  "Chapter 7: Adam and others",
	source: "Kingma and Ba (arXiv 1412.6980), figures 1 and 2, which show curves only",
	about: "Training cost in nats over the last epoch, noise of dropout included, at the best of four or three rates, and that rate. " +
		"Logistic: logistic regression, 20 epochs, rates α/√t as in the paper; the last line is Adam's with the average of its parameters (section 7.2, β = .999) judged in their place. " +
		"Network: two hidden layers of 1000 rectified units with dropout of ½, 10 epochs. Minibatches of 128.",
	rows: "rule", columns: "problem", shown: []string{"cost", "rate"},
	picture: curve("problem", "cost"),
	cells:   func(*lab) []cell { return ruleCells("logistic", "network") },
}

var words = table{
	name:   "words",
	folder: "20ng",
	title:  "Chapter 7: Adam and others with sparse inputs",
	source: "Kingma and Ba (arXiv 1412.6980), figure 1, of reviews of films, whose set could not be had",
	about: "Training cost in nats over the last of 20 epochs, at the best of four rates α/√t, and that rate: logistic regression of whether a document of 20 Newsgroups " +
		"has the word that is nearest to being in half of them, by its other words as bits, ½ of which are dropped. Minibatches of 128.",
	rows: "rule", columns: "problem", shown: []string{"cost", "rate"},
	picture: curve("problem", "cost"),
	cells:   func(*lab) []cell { return ruleCells("words") },
}

// rules are the optimisers compared, by their rate.
var rules = []struct {
	name  string
	rates []float64
	of    func(rate float64) trainers.Optimizer
}{
	{"SGD, Nesterov", []float64{.01, .03, .1, .3}, func(r float64) trainers.Optimizer { return trainers.Momentum{Rate: r, Nesterov: true} }},
	{"AdaGrad", []float64{.003, .01, .03, .1}, func(r float64) trainers.Optimizer { return trainers.Adagrad{Rate: r} }},
	{"RMSProp", []float64{3e-4, 1e-3, 3e-3, .01}, func(r float64) trainers.Optimizer { return trainers.RMSProp{Rate: r} }},
	{"Adam", []float64{3e-4, 1e-3, 3e-3, .01}, func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r} }},
	{"AdaMax", []float64{6e-4, 2e-3, 6e-3, .02}, func(r float64) trainers.Optimizer { return trainers.AdaMax{Rate: r} }},
	{"Adam, averaged", []float64{3e-4, 1e-3, 3e-3, .01}, func(r float64) trainers.Optimizer { return trainers.Adam{Rate: r} }},
}

// problem is something to be learned by all rules.
type problem struct {
	bound  trainers.Bound
	train  *data.Set
	epochs int
	rate   trainers.Schedule
}

func ruleCells(problems ...string) (cells []cell) {
	for _, name := range problems {
		for _, r := range rules {
			averaged := r.name == "Adam, averaged"
			if averaged && name != "logistic" {
				continue
			}
			cells = append(cells, cell{labels{"problem": name, "rule": r.name}, 1, func(ctx context.Context, l *lab) (best result, err error) {
				p, err := l.problem(name)
				if err != nil {
					return best, err
				}
				rates := r.rates
				if name == "network" {
					rates = rates[:3]
				}
				rates = rates[:l.pick(len(rates), 1)]
				for _, rate := range rates {
					res, err := l.optimise(ctx, 1, p, r.of(rate), averaged)
					if err != nil {
						return best, errors.WithMessagef(err, "rate %v", rate)
					}
					l.say("  rate %v: cost %v", rate, res.Figures["cost"])
					if res.Figures == nil {
						continue
					}
					if best.Figures == nil || res.Figures["cost"].Value < best.Figures["cost"].Value {
						best = res
						best.Figures["rate"] = figure{Value: rate}
					}
				}
				return best, nil
			}})
		}
	}
	return cells
}

// optimise minimises a problem's cost; a run that comes to numbers which are not
// finite has no result.
func (l *lab) optimise(ctx context.Context, seed uint64, p problem, o trainers.Optimizer, averaged bool) (result, error) {
	res := result{Figures: map[string]figure{}, Epochs: p.epochs}
	c := trainers.Config{Params: &graph.Params{Seed: seed}, Epochs: p.epochs, Seed: seed, Optimizer: o, Rate: p.rate}
	batches := func(evaluation bool) data.Batches {
		return p.train.Batches(data.BatchConfig{Size: 128, Seed: seed, Flat: true, Evaluation: evaluation})
	}
	judged := (*graph.Params)(nil)
	if averaged {
		judged = &graph.Params{}
		c.Average = &trainers.Average{Decay: .999, Params: judged}
	}
	c.OnEpoch = func(e trainers.Epoch) error {
		cost := -e.Train["bound"]
		if judged != nil {
			terms, err := trainers.Evaluate(ctx, p.bound, judged, batches(true), trainers.EvalConfig{Seed: seed})
			if err != nil {
				return err
			}
			cost = -terms["bound"]
		}
		res.Curve = append(res.Curve, point{e.Epoch, cost})
		res.Figures["cost"] = figure{Value: cost}
		return nil
	}
	_, err := trainers.Fit(ctx, p.bound, batches(false), c)
	if errors.As(err, new(*trainers.NotFinite)) {
		return result{}, nil
	}
	return res, err
}

// problem prepares one of the three.
func (l *lab) problem(name string) (problem, error) {
	decay := trainers.InverseRoot{}
	switch name {
	case "words":
		train, err := l.words()
		return problem{bound: logistic(train.Cols("x"), 2, .5), train: train, epochs: l.pick(20, 2), rate: decay}, err
	case "network":
		n := l.pick(1000, 20)
		q := models.Posterior{Config: models.Rectified(bayes.BinaryDropout{Rate: .5}, bayes.Point{})}
		c := classifier{posterior: q, hidden: []int{n, n}}
		bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return vi.ELBO{}.Estimate(s, c.network(s).Model(), d)
		}
		return problem{bound: bound, train: l.sets.Train, epochs: l.pick(10, 1)}, nil
	}
	return problem{bound: logistic(784, 10, 0), train: l.sets.Train, epochs: l.pick(20, 1), rate: decay}, nil
}

// logistic is logistic regression with a share of the inputs dropped.
func logistic(inputs, classes int, drop float64) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		x := d["x"]
		if drop > 0 {
			x = layers.NewDropout(s.In("dropout"), layers.DropoutConfig{Rate: drop}).Apply(x)
		}
		logits := layers.Config{Weights: graph.Constant(0)}.NewDense(s.In("logistic"), inputs, classes).Apply(x)
		return vi.Term("log_p", graph.Mean(prob.Categorical{Logits: graph.ExpandDims(logits, -2)}.LogProb(d["y"])))
	}
}

// words are the documents of the corpus as bits, y that of one word, whose column
// becomes 0.
func (l *lab) words() (*data.Set, error) {
	if l.quick {
		digits := data.Digits(1, 200) // other things, as many classes
		y := slices.Clone(digits.Values("y"))
		for i := range y {
			y[i] = float32(int(y[i]) % 2)
		}
		return data.New(data.FromFlat("x", digits.Values("x"), 784), data.FromFlat("y", y, 1))
	}
	c, err := data.LoadCorpus(l.data)
	if err != nil {
		return nil, err
	}
	n, words := c.Train.Len(), len(c.Words)
	x, y := slices.Clone(c.Train.Values("x")), make([]float32, n)
	have := make([]int, words)
	for i, v := range x {
		if v > 0 {
			x[i] = 1
			have[i%words]++
		}
	}
	best := 0
	for w, h := range have {
		if math.Abs(float64(2*h-n)) < math.Abs(float64(2*have[best]-n)) {
			best = w
		}
	}
	for i := range y {
		y[i], x[i*words+best] = x[i*words+best], 0
	}
	l.say("  word %q is in %d of %d documents", c.Words[best], have[best], n)
	return data.New(data.FromFlat("x", x, words), data.FromFlat("y", y, 1))
}
