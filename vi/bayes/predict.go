package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// LogPredictive returns the log density of every row of an observed site under the
// mean over the K draws of a run, [B]:
//
//	log 1/K Σ_k p(y|x, w_k)
//
// It is for models whose only latents are weights, in runs where every draw has
// noise of its own, as vi.Local and vi.PerDraw have, and the dropouts. Its expectation lies
// below log p(y|x) under the guide, by less the more draws there are.
func LogPredictive(r *vi.Record, site string) *graph.Node {
	s := r.Site(site)
	if !s.Observed {
		graph.Fail("bayes: LogPredictive of %s, which is not observed", site)
	}
	for _, other := range r.Sites() {
		if !other.Observed && !other.Global {
			graph.Fail("bayes: LogPredictive of a model with the latent %s, which is no weight", other.Name)
		}
	}
	return graph.LogSumExp(graph.BroadcastTo(s.LogP, r.K, r.Rows), 0).Shift(-math.Log(float64(r.K)))
}
