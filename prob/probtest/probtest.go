// Package probtest is the conformance suite of distributions: what package
// prob promises of its own, for a user's too. A distribution with its
// parameters at a few settings is a Case; Run puts it through every rule.
//
//	func TestMine(t *testing.T) {
//		probtest.Run(t, probtest.Case{
//			New: func(s *graph.Scope, p []*graph.Node) prob.Dist {
//				return Mine{Mean: p[0], LogStd: p[1]}
//			},
//			Params: [][]float64{{0, 0}, {-1, 2}},
//		})
//	}
//
// A rule that asks for a method the type does not have is skipped. Random
// numbers are those of a fixed seed, so a verdict does not change from run to
// run. Integrals are by adaptive quadrature in one dimension, by a product
// rule in two, by importance sampling in more, and sums where values can be
// listed.
//
// # Files
//
// probtest.go lists the rules. A rule is in the file of what it tests:
// normalised.go, shape.go, outside.go, degenerate.go, float32.go and gradient.go
// of the density; sampler.go, draws.go, inside.go and pathwise.go of draws;
// moments.go, cdf.go, closed.go (entropy and mode) and kl.go of closed forms.
//
// A law by brute force is in law.go: in one dimension by line.go, in two and, by
// importance sampling, in more by plane.go, of listed values by sum.go; chart.go
// maps the support to coordinates. subject.go and program.go
// build and run what is tested, precision.go says how much float32 may lose and
// findings.go collects what is wrong.
package probtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Case is a distribution to be tested at some settings of its parameters.
type Case struct {
	// New makes the distribution. The parameters have the shapes below with
	// any leading axes before them.
	New func(s *graph.Scope, p []*graph.Node) prob.Dist

	// Params are ordinary settings: the numbers of all parameters, one
	// parameter after the other. Where Moments are finite the draws' variance
	// is tested too, which takes a finite fourth moment.
	Params [][]float64

	// Shapes are the shapes of the parameters for one event, [D] or, as for a
	// matrix, [D,D]; nil means that each is one number, [1].
	Shapes [][]int

	// Event is the size D of an event; 0 means 1.
	Event int

	// Extremes are settings at which only float32 arithmetic is tested, with
	// the values below, among them those that the support allows.
	Extremes [][]float64
	Values   [][]float64 // events; nil means numbers from ±1e-6 to ±1e6 for an event of 1, and draws; they stand in for draws where there is no sampler

	// Degenerate are settings at which the law is that of one value, or nearly so,
	// or a part of it never comes, such as infinite logits or a scale of 0: its
	// density, entropy and draws must be numbers all the same.
	Degenerate [][]float64

	// Same make other distributions that are the same law at every setting, with
	// another type or other parameters.
	Same []func(s *graph.Scope, p []*graph.Node) prob.Dist

	// Support is that of the values for a setting; nil means what the type's
	// Support method says, or else the reals.
	Support func(params []float64) prob.Support

	// Discrete lists the events of a discrete distribution whose support does
	// not say them.
	Discrete [][]float64

	// Improper is set for a density that does not integrate to 1.
	Improper bool

	// Outside are further events outside of the support.
	Outside [][]float64

	// Grey is set for a discrete distribution that also scores numbers
	// between its values, such as the grey values of a picture.
	Grey bool

	// Constant lists the parameters by which nothing is differentiated.
	Constant []int

	// Skip names rules that say nothing here, such as "moments" for a mixture
	// of what has none.
	Skip []string

	Draws int    // of the sampler's tests, for each setting; 0 means 1e5
	Seed  uint64 // of the draws
}

// Rule is one thing that holds for every distribution.
type Rule struct {
	Name string
	Doc  string // the rule in words

	check func(*subject) error
}

// Rules returns the rules in the order in which Run tests them.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// Check tests the rule and returns what breaks it; nil also where the rule
// does not apply.
func (r Rule) Check(c Case) error {
	err := r.on(newSubject(c))
	if errors.As(err, new(notApplicable)) {
		return nil
	}
	return err
}

// on tests the rule on a subject whose results other rules share.
func (r Rule) on(s *subject) error {
	if slices.Contains(s.Skip, r.Name) {
		return notApplicable("the case says so")
	}
	if r.check == nil {
		return errors.New("probtest: a zero Rule, want one of Rules")
	}
	for _, name := range s.Skip {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name }) {
			return errors.Errorf("the case skips %q, which is no rule", name)
		}
	}
	err := r.check(s)
	if err != nil && strings.Contains(err.Error(), "NaN") && s.reals() {
		err = errors.Errorf("%v\nits values are taken for all real numbers: the type has no Support, and the case names none", err)
	}
	return err
}

// Run tests every rule on the case, each as a subtest of its name.
func Run(t *testing.T, c Case) {
	t.Helper()
	s := newSubject(c)
	for _, r := range rules {
		t.Run(r.Name, func(t *testing.T) {
			switch err := r.on(s); {
			case errors.As(err, new(notApplicable)):
				t.Skip(err)
			case err != nil:
				t.Errorf("rule: %s\n%v", r.Doc, err)
			}
		})
	}
}

// notApplicable is the error of a rule that says nothing about a distribution.
type notApplicable string

func (n notApplicable) Error() string { return string(n) }

var rules = []Rule{
	{"shape", "Parameters of lower rank than the value align at the event axis; leading axes may be of any number; LogProb drops exactly the event axis and every row has the score it has alone. A parameter never enlarges an event of another size.", checkShapes},
	{"elements", "Elements of a wider event are independent: LogProb is the sum of the scores of each, and LogProbs, where there is one, lists them.", checkElements},
	{"normalised", "The density integrates, or the probabilities add up, to 1.", checkNormalised},
	{"gradient by value", "The gradient of LogProb by the value agrees with finite differences.", checkValueGradient},
	{"gradient by parameters", "The gradient of LogProb by each parameter agrees with finite differences.", checkParamGradient},
	{"outside the support", "A value outside the support has LogProb −Inf and gradients of zero, and leaves other rows alone, and other elements where they are independent.", checkOutside},
	{"edges", "On the edge of the support LogProb is its limit from inside, and neither it nor a gradient is NaN.", checkEdges},
	{"draws", "A draw has the leading axes asked for and then the event; it lies in the support; the first draws do not depend on how many are made.", checkDraws},
	{"draws inside", "Draws stay away from the ends of an open support, in both precisions and at extreme parameters: LogProb is finite there, as are its gradient by the value and the derivatives of a pathwise draw. At degenerate parameters too draws are finite numbers of the support.", checkInside},
	{"draws broadcast", "Parameters with a leading axis on which a draw has size 1 stretch it: each draw there is the one that its parameters have alone.", checkBroadcast},
	{"sampler", "Draws follow the density: a Kolmogorov–Smirnov test in one dimension, χ² for values that can be listed and in two dimensions, means and second moments in more.", checkSampler},
	{"moments", "Moments agree with integrals over the density, and with the draws within five standard errors.", checkMoments},
	{"entropy", "Entropy is the expectation of −LogProb.", checkEntropy},
	{"mode", "No value is more probable than Mode.", checkMode},
	{"cdf", "CDF is the integral of the density up to the value: 0 below the support, 1 above it.", checkCDF},
	{"pathwise gradient", "The derivative of a draw by a parameter is −∂F/∂θ divided by the density (one dimension), or makes expectations move as the score function says (more). A sampler not marked Pathwise passes no derivative.", checkPathwise},
	{"sample and score", "SampleScore returns the LogProb of the draw it returns.", checkSampleScore},
	{"values", "Values lists every value once, and no others.", checkValues},
	{"kl", "Between two of the type, KL drops the event axis, is 0 from a distribution to itself, never negative, and the expectation of the difference of LogProb.", checkSelfKL},
	{"float32", "In float32 at extreme parameters nothing is NaN, LogProb is infinite only where it is so in float64 or too large for float32, gradients are finite wherever LogProb is, and draws are not NaN and lie in the closed support.", checkFloat32},
	{"precision", "At extreme parameters and values LogProb and its gradients are in float32 what they are in float64 at the same inputs, but for as many roundings of them and of the result as any formula has: no clamp or difference of large terms takes the leading part of a derivative.", checkPrecision},
	{"precision of closed forms", "So are Entropy, KL between any two settings, and their gradients; the entropy of a discrete law also where it is small.", checkClosedPrecision},
	{"degenerate", "At degenerate parameters neither LogProb nor Entropy nor KL nor a gradient is NaN, no probability exceeds 1, entropies are not negative and KL from a distribution to itself is 0.", checkDegenerate},
	{"same law", "Distributions that are the same law agree, at the ends of the support too.", checkSame},
}
