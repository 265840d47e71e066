package models

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// SemiSupervised is the objective of chapter 3 (arXiv 1406.5298, eq. 9), a datum,
//
//	J^α = (1/N)·[Σ_labelled L(x,y) + Σ_unlabelled U(x)] + α·E_labelled[log q(y|x)]
//
// of N data, of which Labelled have labels: L is the ELBO with the class given,
// U that with the class enumerated or drawn. The classification term is what
// the labels alone say of q(y|x); the paper's released code takes α = .1.
type SemiSupervised struct {
	Labelled, Unlabelled int          // data in the two sets
	Alpha                float64      // weight of the classification term
	Draw                 vi.Estimator // of a missing class, which is then drawn; nil: enumerated
}

// Estimate makes the estimate of a batch with labels, y one-hot [B, C], and of one
// without. Terms are those of the two ELBOs, "labelled/…" and "unlabelled/…", and
// "classification", E log q(y|x).
func (o SemiSupervised) Estimate(s *graph.Scope, m M2, labelled, unlabelled vi.Data) *vi.Estimate {
	n := float64(o.Labelled + o.Unlabelled)
	if o.Labelled < 1 || o.Unlabelled < 1 {
		graph.Fail("models: SemiSupervised of %d data with labels and %d without, want 1 or more", o.Labelled, o.Unlabelled)
	}
	l := vi.ELBO{}.Estimate(s.In("labelled"), m.Model(), labelled)
	missing := vi.ELBO{Enumerate: []string{"y"}}
	if o.Draw != nil {
		missing = vi.ELBO{Sites: map[string]vi.Estimator{"y": o.Draw}}
	}
	u := missing.Estimate(s.In("unlabelled"), m.Model(), unlabelled)
	e := vi.Sum(l.Times(s.Const(float64(o.Labelled)/n)), u.Times(s.Const(float64(o.Unlabelled)/n)))
	logq := graph.Mean(l.Record.Site("y").LogQ)
	e.Terms["classification"] = logq
	if o.Alpha == 0 {
		return e
	}
	c := logq.Scale(o.Alpha)
	return vi.Sum(e, &vi.Estimate{Value: c, Costs: []vi.Cost{{Name: "classification", Node: c.Neg()}}})
}
