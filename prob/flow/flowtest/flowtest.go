// Package flowtest is the conformance suite of flows: what package flow promises
// of its own, for a user's too, and for any bijector from D numbers to D. A flow
// is a Case; Run puts it through every rule.
//
//	func TestMine(t *testing.T) {
//		flowtest.Run(t, flowtest.Case{
//			New: func(s *graph.Scope, context *graph.Node) prob.Bijector {
//				return NewMine(s, 3)
//			},
//			Event: 3,
//		})
//	}
//
// Every rule is tested with the parameters as they start and with them moved
// from there by random numbers. A rule that asks for a method the type does not
// have is skipped. Random numbers are those of a fixed seed, so a verdict does
// not change from run to run.
//
// The files: subject.go makes programs of a case, inverse.go, determinant.go,
// gradient.go, rows.go and float32.go hold the rules.
package flowtest

import (
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Case is a flow to be tested.
type Case struct {
	// New declares the flow in s and returns its bijector: for the context
	// […, Context], which is nil where Context is 0.
	New func(s *graph.Scope, context *graph.Node) prob.Bijector

	Event   int // D, the size of an event, 1 or more
	Context int // the size of the context; 0 means that the flow takes none

	// Order is set for a flow that claims to be triangular: y of Order[k] then
	// depends on x of Order[0] … Order[k] alone.
	Order []int

	Spread float64     // standard deviation of what parameters are moved by; 0 means .5
	Points [][]float64 // events to test besides the 6 normal ones of standard deviation 1.5
	Skip   []string    // names of rules that say nothing here
	Seed   uint64      // of the random numbers
}

// Rule is one thing that holds for every flow.
type Rule struct {
	Name string
	Doc  string // the rule in words

	check func(*subject) error
}

// Rules returns the rules in the order in which Run tests them.
func Rules() []Rule { return slices.Clone(rules) }

// Check tests the rule and returns what breaks it; nil also where the rule does
// not apply.
func (r Rule) Check(c Case) error {
	s, err := newSubject(c)
	if err == nil {
		err = r.on(s)
	}
	if errors.As(err, new(notApplicable)) {
		return nil
	}
	return err
}

func (r Rule) on(s *subject) error {
	if r.check == nil {
		return errors.New("flowtest: a zero Rule, want one of Rules")
	}
	if slices.Contains(s.Skip, r.Name) {
		return notApplicable("the case says so")
	}
	return r.check(s)
}

// Run tests every rule on the case, each as a subtest of its name.
func Run(t *testing.T, c Case) {
	t.Helper()
	s, err := newSubject(c)
	if err != nil {
		t.Fatal(err)
	}
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

// notApplicable is the error of a rule that says nothing about a flow.
type notApplicable string

func (n notApplicable) Error() string { return string(n) }

var rules = []Rule{
	{"shape", "Forward keeps the shape of a value with any number of leading axes, LogDet drops exactly the event axis, and Inverse and InverseLogDet do as they do; every row is as it is alone.", checkShapes},
	{"round trip", "Inverse undoes Forward, and Forward undoes Inverse.", checkRoundTrip},
	{"log determinant", "LogDet is the logarithm of the absolute determinant of the matrix of finite differences of Forward, which is never 0.", checkLogDet},
	{"log determinant of the inverse", "InverseLogDet at Forward(x) is −LogDet(x).", checkInverseLogDet},
	{"triangular", "In the Order claimed, an element depends on itself and on those before it, and on no later one.", checkTriangular},
	{"draw and score", "Over a normal law, SampleScore of prob.Transformed draws Forward of the base's draw and scores it as LogProb does, or as the base's score less LogDet where there is no inverse.", checkDrawAndScore},
	{"gradient by value", "The gradients of Forward, LogDet, Inverse and InverseLogDet by the value agree with finite differences.", checkValueGradient},
	{"gradient by parameters", "So do those by every parameter.", checkParamGradient},
	{"gradient by context", "So do those by the context.", checkContextGradient},
	{"context", "A row depends on its own row of the context, on no other, and a context of one row is for all.", checkContext},
	{"float32", "In float32 Forward, LogDet and Inverse are what they are in float64 at the same numbers, but for as many roundings of them, of the result and of the inputs as any formula has; at extreme values and parameters Forward and LogDet are so too, and gradients are finite.", checkFloat32},
}
