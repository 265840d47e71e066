package vi

import (
	"fmt"
	"maps"
	"slices"

	"github.com/latentgo/latent/graph"
)

// Objective runs a model on data and says what to train it by. Expectation is the
// one for terms of one's own that takes estimators.
type Objective interface {
	Estimate(s *graph.Scope, m Model, d Data) *Estimate
}

// Cost is a scalar to be made small, with the nodes that its gradient takes as
// constants.
type Cost struct {
	Name string
	Node *graph.Node
	Hold []*graph.Node
}

// Estimate is an estimate of a bound and of its gradient.
type Estimate struct {
	Value  *graph.Node            // scalar: the bound, in nats per datum
	PerRow *graph.Node            // [B]: the bound of each datum; nil where it has no such parts
	Terms  map[string]*graph.Node // scalars, in nats per datum, by name, such as outputs of a program have: no spaces, no colons
	// MonteCarlo lists the latents whose divergence, the term "kl/NAME", was
	// estimated by log q − log p of their draws, globals last; the others' are in
	// closed form, or sums over enumerated values. In a Sum the names have the
	// paths of their scopes before them, as the terms have.
	MonteCarlo []string
	Costs      []Cost  // whose gradients add up to what training follows downhill: of a lower bound its negative gradient, of learned baselines their own
	Record     *Record // of the run; nil for a Sum
}

// Term is the estimate of a scalar of a model's own, in nats per datum, that
// training makes large by its gradient, such as the classification term of a
// semi-supervised model: a summand for Sum, weighted by Times.
func Term(name string, value *graph.Node) *Estimate {
	if value == nil || len(value.Shape()) != 0 {
		graph.Fail("vi: the term %s is no scalar, want one, such as a mean over the rows", name)
	}
	return &Estimate{Value: value, Terms: map[string]*graph.Node{name: value}, Costs: []Cost{{Name: name, Node: value.Neg()}}}
}

func newEstimate(r *Record) *Estimate {
	return &Estimate{Terms: map[string]*graph.Node{}, Record: r}
}

// divergence reports the divergence of a latent, a scalar.
func (e *Estimate) divergence(site string, kl *graph.Node, monteCarlo bool) {
	e.Terms["kl/"+site] = kl
	if monteCarlo {
		e.MonteCarlo = append(e.MonteCarlo, site)
	}
}

// Grad returns the gradient of the costs by each node of wrt. Costs that hold
// the same nodes are differentiated together.
func (e *Estimate) Grad(wrt ...*graph.Node) []*graph.Node {
	e.alive()
	if len(e.Costs) == 0 {
		graph.Fail("vi: the gradient of an estimate that has no costs, such as Evidence, or Chi of a model without a guide")
	}
	var joined []Cost
	at := map[string]int{}
	for _, c := range e.Costs {
		key := holdKey(c.Hold)
		if i, ok := at[key]; ok {
			joined[i].Node = joined[i].Node.Add(c.Node)
			continue
		}
		at[key] = len(joined)
		joined = append(joined, c)
	}
	var total []*graph.Node
	for _, c := range joined {
		g := graph.Grad(c.Node, wrt, c.Hold...)
		if total == nil {
			total = g
			continue
		}
		for i := range g {
			total[i] = total[i].Add(g[i])
		}
	}
	return total
}

// holdKey is equal for equal sets of nodes.
func holdKey(hold []*graph.Node) string {
	ids := map[string]bool{}
	for _, n := range hold {
		ids[fmt.Sprintf("%p", n)] = true
	}
	return fmt.Sprint(slices.Sorted(maps.Keys(ids)))
}

// Times returns the estimate weighted by w, a scalar: bound and costs, not the
// terms.
func (e *Estimate) Times(w *graph.Node) *Estimate {
	e.alive()
	out := *e
	out.Value = e.Value.Mul(w)
	if e.PerRow != nil {
		out.PerRow = e.PerRow.Mul(w)
	}
	out.Costs = nil
	for _, c := range e.Costs {
		c.Node = c.Node.Mul(w)
		out.Costs = append(out.Costs, c)
	}
	return &out
}

// Sum adds estimates made in one build. Each must come from a scope of its
// own, whose path is put before the names of its terms.
//
// Each counts by the mean over its own rows, however many these are. Where all
// rows of two data sets, of N₁ and N₂, are to count alike, the first is
// multiplied by N₁/(N₁+N₂) and the second by N₂/(N₁+N₂); with Total N₁+N₂ in both
// the divergence of a global then counts once.
func Sum(es ...*Estimate) *Estimate {
	out := &Estimate{Terms: map[string]*graph.Node{}}
	var values []*graph.Node
	for i, e := range es {
		if e == nil {
			graph.Fail("vi: sum of %d estimates, of which number %d is nil", len(es), i+1)
		}
		values = append(values, e.Value)
		out.Costs = append(out.Costs, e.Costs...)
		prefix := ""
		if e.Record != nil && e.Record.Scope.Path() != "" {
			prefix = e.Record.Scope.Path() + "/"
		}
		for name, n := range e.Terms {
			if out.Terms[prefix+name] != nil {
				graph.Fail("vi: sum of two estimates with a term %s: run each in a scope of its own", prefix+name)
			}
			out.Terms[prefix+name] = n
		}
		for _, site := range e.MonteCarlo {
			out.MonteCarlo = append(out.MonteCarlo, prefix+site)
		}
	}
	out.Value = graph.AddN(values...)
	return out
}
