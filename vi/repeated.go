package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// maxDraws is the number of runs of a model that draws of a global may take.
const maxDraws = 64

// repeated draws a global K times, the first being that of the run, on the same
// noise of all other sites. It returns what each draw is judged by, [K], and the cost
// of a score that is their mean.
func (g *gradient) repeated(l latent) (signal *graph.Node, score func(l latent, f *graph.Node) Cost) {
	r, shape := g.r, []int(l.Value.Shape())
	if r.K > maxDraws {
		graph.Fail("vi: site %s: %s runs the model once for each draw of a global, and there are %d, more than %d", l.Name, l.name, r.K, maxDraws)
	}
	lead := append([]int{r.K - 1}, shape[:len(shape)-1]...)
	more := graph.StopGrad(l.law().(prob.Sampler).Sample(r.Scope.In(l.Name).In("draws").RowAxis(-1), lead...))
	one := func(x *graph.Node) *graph.Node { return graph.Reshape(x, 1) }
	signals := []*graph.Node{one(g.bound.signal(r, l.Site))}
	for k := range r.K - 1 {
		signals = append(signals, one(g.at(l, graph.Reshape(graph.Slice(more, 0, k, k+1), shape...))))
	}
	logq := graph.Sum(graph.Reshape(l.law().LogProb(more), r.K-1, -1), 1)
	logq = graph.Concat(0, one(l.logq()), logq)
	return graph.StopGrad(graph.Concat(0, signals...)), func(l latent, f *graph.Node) Cost {
		return g.toward(l, "score", f.Scale(1/float64(r.K)), logq)
	}
}
