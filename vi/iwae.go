package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// IWAE is the importance-weighted bound
//
//	L_K(x) = E log (1/K) Σ_k p(x,z_k)/q(z_k|x) ≤ log p(x)
//
// (Burda, Grosse and Salakhutdinov, arXiv 1509.00519), which rises with
// K and is the Monte Carlo ELBO at K = 1.
//
// What the guide enumerates is summed inside of the logarithm, Σ_y q(y)·w(y): a
// guide of nothing but enumerated sites gives log p(x), and has no gradient. Draws
// that depend on an enumerated site have one noise for all of its values, or
// independent noise where Score and VIMCO take their score.
//
// Globals stay outside of the logarithm, with their divergence divided by
// Total; IWVI has them inside. Terms: "elbo" of the same draws, "ess" (the effective number of
// draws), and for each global "kl/NAME".
type IWAE struct{ Config }

var _ Objective = IWAE{}

// Estimate implements Objective.
func (o IWAE) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	return particles{of: iwae, beta: 1, lower: true}.estimate(s, m, d, o.Config)
}

// Renyi is the variational Rényi bound of order α, estimated from K draws,
//
//	L = E 1/(1−α) log (1/K) Σ_k w_k^(1−α),  w_k = p(x,z_k)/q(z_k|x)
//
// (Li and Turner, arXiv 1602.02311): α = 0 is IWAE, α → 1 ELBO. For
// finite K it is a bound on log p(x) where 0 ≤ α < 1; its gradient is that of
// this L, not of its limit. With one draw it would be ELBO whatever α, so K is 2
// or more unless nothing but globals is drawn. Enumerated sites as in IWAE,
// Σ_y q(y)·w(y)^(1−α). Terms as IWAE.
type Renyi struct {
	Config
	Alpha float64 // any order but 1
}

var _ Objective = Renyi{}

// Estimate implements Objective.
func (o Renyi) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if o.Alpha == 1 || math.IsNaN(o.Alpha) || math.IsInf(o.Alpha, 0) {
		graph.Fail("vi: Renyi of order %v, want a finite number that is not 1; order 1 is vi.ELBO", o.Alpha)
	}
	return particles{of: renyi, beta: 1 - o.Alpha, lower: true}.estimate(s, m, d, o.Config)
}

// Chi is the χ upper bound on the evidence, to be lowered,
//
//	log p(x) ≤ (1/n) log E_q[w^n],  estimated by  (1/n) log (1/K) Σ_k w_k^n
//
// (Dieng, Tran, Ranganath, Paisley and Blei, arXiv 1611.00328). The
// estimate's expectation lies below the bound: on this scale it is biased, by
// less with more draws. With one draw it would be ELBO, so K is 2 or more, unless
// nothing is drawn: enumerated sites are as in IWAE, Σ_y q(y)·w(y)^n, and a guide
// of nothing else gives the bound itself.
//
// The costs train the guide alone, by the gradient of the estimate's expectation:
// lowered by the parameters of the joint the bound would lower the evidence. Of a
// parameter that both have they take the derivative through the guide. Without a
// guide there are no costs. Globals are refused, and Total with them: their
// divergence would bound from the other side. Terms as IWAE.
type Chi struct {
	Config
	Order float64 // n > 1; 0 means 2
}

var _ Objective = Chi{}

// Estimate implements Objective.
func (o Chi) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if o.Order == 0 {
		o.Order = 2
	}
	if !(o.Order > 1) || math.IsInf(o.Order, 0) {
		graph.Fail("vi: Chi of order %v, want a finite number above 1", o.Order)
	}
	if o.Total != 0 {
		graph.Fail("vi: Chi with a Total of %d, which divides the divergences of globals, and Chi takes none", o.Total)
	}
	return particles{of: chi, beta: o.Order}.estimate(s, m, d, o.Config)
}

func logOf(k int) float64 { return math.Log(float64(k)) }
