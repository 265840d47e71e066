package graph

import "github.com/latentgo/latent/internal/op"

// Special functions. Each element is evaluated in float64 whatever the dtype.

func special(f op.SpecialFn, x ...*Node) *Node { return op.Apply(op.Special{Fn: f}, x...) }

// Dawson returns Dawson's function e^(−x²)∫₀ˣ e^(t²)dt.
func Dawson(x *Node) *Node { return special(op.Dawson, x) }

// DawsonIntegral returns the integral of Dawson's function from 0 to x.
func DawsonIntegral(x *Node) *Node { return special(op.DawsonIntegral, x) }

// NormalCDF returns the distribution function Φ of the standard normal law.
func NormalCDF(x *Node) *Node { return special(op.Ndtr, x) }

// LogNormalCDF returns log Φ(x), also far in the tail.
func LogNormalCDF(x *Node) *Node { return special(op.LogNdtr, x) }

// Lbeta returns log B(a,b) = log Γ(a)Γ(b)/Γ(a+b) for positive a and b.
func Lbeta(a, b *Node) *Node { return special(op.Lbeta, a, b) }

// GammaP returns the regularised lower incomplete gamma function
// ∫₀ˣ tᵃ⁻¹e⁻ᵗdt/Γ(a), with derivatives by both. Second derivatives by a are
// not available. For all positive a and x the relative error before rounding to
// the dtype is below 10⁻¹², of the derivatives too.
func GammaP(a, x *Node) *Node { return special(op.GammaP, a, x) }

// GammaQ returns 1 − GammaP without cancellation.
func GammaQ(a, x *Node) *Node { return special(op.GammaQ, a, x) }

// BetaI returns the regularised incomplete beta function I_x(a,b) =
// ∫₀ˣ tᵃ⁻¹(1−t)ᵇ⁻¹dt/B(a,b), with derivatives by all three. Second derivatives
// by a and b are not available. For all positive a and b the relative error
// before rounding to the dtype is below 10⁻¹², of the derivatives too.
func BetaI(a, b, x *Node) *Node { return special(op.BetaI, a, b, x) }

// BetaIc returns 1 − BetaI without cancellation.
func BetaIc(a, b, x *Node) *Node { return special(op.BetaIc, a, b, x) }

// LogDetCholesky returns log det(L·Lᵀ) = 2·Σ log L_ii for the lower-triangular
// matrices on the last two axes, which it drops.
func LogDetCholesky(l *Node) *Node { return Sum(Log(DiagPart(l)), -1).Scale(2) }
