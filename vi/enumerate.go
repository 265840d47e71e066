package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// maxCombinations bounds the product of all enumerations of a run.
const maxCombinations = 4096

// Enumerate goes through every value of a discrete latent, along an axis of its
// own, instead of drawing it. Where the guide has the site, expectations under
// q are then exact sums, under bounds of importance weights those of the powers of
// the weights, inside of the logarithm; a value of probability 0 counts nothing,
// whatever its score. Where only the joint has it, the site is summed out,
//
//	log p(x, z) = log Σ_y p(x, z, y)
//
// (exact inference in the discrete part, as Kingma et al., arXiv 1406.5298, do
// for classes). The law must be prob.Finite. Config.Enumerate does the
// same and chooses the order of the axes.
type Enumerate struct{}

func (Enumerate) describe() estimator {
	return estimator{name: "Enumerate", needs: sums | countable | listed}
}

// enumerate gives a site all its values if Config says so. It tells whether.
func (t *Trace) enumerate(s *Site, d prob.Dist) bool {
	r := t.r
	at := r.axisOf(s.Name)
	if at < 0 {
		return false
	}
	law, ok := d.(prob.Finite)
	if !ok {
		graph.Fail("vi: %s is to be enumerated, but %s is not prob.Finite: its values cannot be listed", s.Name, prob.NameOf(d))
	}
	values := law.Values()
	if len(values) == 0 {
		graph.Fail("vi: %s: %s has no values to enumerate", s.Name, prob.NameOf(d))
	}
	r.enum[at].size, r.enum[at].summed = len(values), t.joint
	total := 1
	for _, n := range r.sizes() {
		total *= max(n, 1)
	}
	if total > maxCombinations {
		graph.Fail("vi: enumerating %v multiplies to %v = %d combinations, more than %d; draw one of the sites instead, with an Estimator", r.enumerated(), r.sizes(), total, maxCombinations)
	}
	var flat []float64
	for _, v := range values {
		flat = append(flat, v...)
	}
	s.Value = r.Scope.Tensor(flat, r.table(at, len(values), len(values[0]))...)
	s.Enumerated = true
	if e := r.of.asked.latent(s.Name); e.list != nil {
		r.choose(s, at, d, s.Value, e.list)
	}
	return true
}
