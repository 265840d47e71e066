package models

import (
	"context"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// SemiSupervised trains M2 on few labels (arXiv 1406.5298), by the
// objective, for a datum,
//
//	J^α = (1/N)·[Σ_labelled L(x,y) + Σ_unlabelled U(x)] + α·E_labelled[log q(y|x)]
//
// of N data, of which Labelled have labels: L is the ELBO with the class given,
// U that with the class enumerated or drawn. The last term is what the labels
// alone say of q(y|x); the paper's released code takes α = .1.
type SemiSupervised struct {
	Model                M2Config
	Labelled, Unlabelled int          // data in the two sets
	Alpha                float64      // weight of the classification term
	Draw                 vi.Estimator // of a missing class, which is then drawn; nil: enumerated
}

// Bound is what trainers.Fit takes: the estimate of a batch of a data.Join with
// the parts "labelled", arrays x and y, y a class in one column, and "unlabelled",
// x. Where there are arrays mean and std instead of x, x is drawn from the normal
// law of these, anew in every step, as M1+M2 does with the features of M1. Terms
// are those of the two ELBOs, "labelled/…" and "unlabelled/…", and
// "classification", E log q(y|x).
func (o SemiSupervised) Bound(s *graph.Scope, d vi.Data) *vi.Estimate {
	if o.Labelled < 1 || o.Unlabelled < 1 {
		graph.Fail("models: SemiSupervised of %d data with labels and %d without, want 1 or more", o.Labelled, o.Unlabelled)
	}
	labelled, unlabelled := trainers.Part(d, "labelled"), trainers.Part(d, "unlabelled")
	m := NewM2(s.In("m2"), o.Model)
	y := graph.Labels(labelled["y"], o.Model.Classes)
	l := vi.ELBO{}.Estimate(s.In("labelled"), m.Model(), vi.Data{"x": inputs(s.In("labelled"), labelled), "y": y})
	missing := vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}
	if o.Draw != nil {
		missing = vi.ELBO{Config: vi.Config{Sites: map[string]vi.Estimator{"y": o.Draw}}}
	}
	u := missing.Estimate(s.In("unlabelled"), m.Model(), vi.Data{"x": inputs(s.In("unlabelled"), unlabelled)})
	n := float64(o.Labelled + o.Unlabelled)
	return vi.Sum(
		l.Times(s.Const(float64(o.Labelled)/n)), u.Times(s.Const(float64(o.Unlabelled)/n)),
		vi.Term("classification", graph.Mean(l.Record.Site("y").LogQ)).Times(s.Const(o.Alpha)),
	)
}

// Batches are what Bound takes: minibatches of a set with labels and of one
// without, of pictures x or of features mean and std; an epoch is one of the
// latter. What c says is said of both.
func (o SemiSupervised) Batches(known, rest *data.Set, c data.BatchConfig) data.Batches {
	c.Arrays = nil
	part := c
	part.Arrays = observed(rest)
	return &data.Join{Epoch: "unlabelled", Parts: map[string]data.Batches{
		"labelled": o.Labels(known, c), "unlabelled": rest.Batches(part),
	}}
}

// Labels are minibatches of a set with labels, as Error takes them.
func (o SemiSupervised) Labels(s *data.Set, c data.BatchConfig) data.Batches {
	c.Arrays = append(observed(s), "y")
	return s.Batches(c)
}

// observed are the arrays of what is classified.
func observed(s *data.Set) []string {
	if slices.Contains(s.Names(), "mean") {
		return []string{"mean", "std"}
	}
	return []string{"x"}
}

// Classifier is Bound without the model: E_labelled[log q(y|x)] alone, which is
// what the labels say by themselves. The other data are not looked at.
func (o SemiSupervised) Classifier(s *graph.Scope, d vi.Data) *vi.Estimate {
	labelled := trainers.Part(d, "labelled")
	q := prob.OneHot{Logits: o.Model.NewClassifier(s.In("m2")).Apply(inputs(s.In("labelled"), labelled))}
	return vi.Term("classification", graph.Mean(q.LogProb(graph.Labels(labelled["y"], o.Model.Classes))))
}

// inputs returns x, or a draw of it.
func inputs(s *graph.Scope, d vi.Data) *graph.Node {
	mean := d["mean"]
	if mean == nil {
		return d["x"]
	}
	return mean.Add(d["std"].Mul(s.Noise("features", graph.GaussianNoise, mean.Shape()...)))
}

// Error returns the share of the rows of batches, arrays x or mean, and y, that
// q(y|x) puts into a wrong class.
func (o SemiSupervised) Error(ctx context.Context, params *graph.Params, b data.Batches) (float64, error) {
	out, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		x := d["mean"]
		if x == nil {
			x = d["x"]
		}
		best := graph.ArgMax(o.Model.NewClassifier(s.In("m2")).Apply(x), -1)
		return map[string]*graph.Node{"wrong": best.Ne(graph.Squeeze(d["y"], -1))}
	}, params, b, trainers.EvalConfig{})
	wrong := 0.
	for _, w := range out["wrong"] {
		wrong += w
	}
	return wrong / float64(max(len(out["wrong"]), 1)), err
}
