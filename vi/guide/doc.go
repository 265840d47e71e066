// Package guide makes guides for a joint.
//
// A guide for a few globals is always the same code: a parameter for each mean and
// each scale, a map to the support. New finds the latents of a joint by running it
// once and writes that guide:
//
//	func joint(t *vi.Trace) {
//		mu := t.Global("mu", prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(1.6)})
//		tau := t.Global("tau", prob.HalfCauchy{LogScale: graph.Const(1.6)})
//		t.Draw("y", prob.Normal{Mean: mu, LogStd: graph.Log(tau)})
//	}
//
//	vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{})}
//
// Every latent θ is a function of numbers u without bounds, θ = f(u) with f by
// prob.Constrain of the support of its law, and the guide is a law of u:
//
//	Normal    independent normals; divergences in closed form where there are
//	FullRank  one normal law with all covariances: D(D+1)/2 numbers for D
//	LowRank   one with a covariance of diagonal and low rank
//	Flow      a normalising flow
//	Laplace   a normal law by the mode and the Hessian there: trainers.Laplace
//	Delta     one value: maximum a posteriori
//
// FullRank, LowRank, Flow and Laplace draw all globals at once (vi.Trace.Block), so
// that the bound has one divergence of them, "kl/guide". vi.STL is worth a try with
// each: near the posterior its gradient has no noise.
//
// Latents of single rows have parameters of their own by row, found by the row's
// number among the data (Config.Index); for rows that come anew an encoder is the
// guide, by a function of your own, which New leaves to draw what it draws and does
// the rest.
//
// Mean-field guides are too narrow where the posterior is correlated, and every
// guide here but a Flow is normal in u. Package vi/calibration and vi.ParetoShape
// tell whether it matters.
//
// trainers.Draw has draws of a posterior and predictions from it.
//
// See the examples New, of eight schools and of a regression, and Laplace, in
// example_test.go.
//
// # Files
//
// guide.go finds latents and draws those of rows; family.go, flow.go and laplace.go
// have the families, init.go where they start.
package guide
