package vi

import (
	"fmt"
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Outside is a value that the law of its site cannot take.
type Outside struct {
	Site     string
	Row      int     // of the batch; -1 at a global
	Element  int     // of the event; -1 where the law does not say its support
	Value    float64 // of that element
	Law      string  // the distribution's type, by prob.NameOf
	Support  prob.Support
	Observed bool // else drawn
}

// scored is a site's value under one of its laws.
type scored struct {
	*Site
	law    prob.Dist
	values []float64
	score  *graph.Node
	scores []float64
}

// Outside looks in the last run of p for a value at a site that has not a
// finite score because its law cannot take it, data first; nil if there is
// none. p is the program of the build that r was made in. The graph is evaluated
// anew: see graph.Program.Again.
func (r *Record) Outside(p *graph.Program) (*Outside, error) {
	r.alive()
	var all []scored
	var nodes []*graph.Node
	for _, observed := range []bool{true, false} {
		for _, s := range r.sites {
			if s.Observed != observed || s.Value == nil || s.Enumerated {
				continue
			}
			for _, at := range []scored{{Site: s, law: s.P, score: s.LogP}, {Site: s, law: s.Q, score: s.LogQ}} {
				if at.law != nil && at.score != nil {
					all, nodes = append(all, at), append(nodes, s.Value, at.score)
				}
			}
		}
	}
	v, err := p.Again(nodes...)
	if err != nil {
		return nil, err
	}
	for i, at := range all {
		at.values, at.scores = v[2*i], v[2*i+1]
		if o := r.outside(at); o != nil {
			return o, nil
		}
	}
	return nil, nil
}

// outside looks at one site under one of its laws.
func (r *Record) outside(at scored) *Outside {
	set, says := prob.SupportOf(lawOf(at.law))
	shape := at.Value.Shape()
	event := shape[len(shape)-1]
	if len(at.values) == 0 || !says && !at.Observed {
		return nil
	}
	rows, inner, across := 1, len(at.values), 1 // of the value; elements of a row; rows of the score
	if !at.Global {
		rows, inner = r.rowsOf(shape)
		across, _ = r.rowsOf(at.score.Shape())
	}
	bad, impossible := make([]bool, max(rows, across)), make([]bool, max(rows, across))
	for i, l := range at.scores {
		if notFinite(l) {
			for row := i % across; row < len(bad); row += across { // a score of one row is of all
				bad[row], impossible[row] = true, math.IsInf(l, -1)
			}
		}
	}
	for from := 0; from < len(at.values); from += event {
		row := from / inner % rows
		if of := bad[row] || rows == 1 && slices.Contains(bad, true); !of {
			continue
		}
		o := &Outside{Site: at.Name, Row: row, Law: prob.NameOf(lawOf(at.law)), Support: set, Observed: at.Observed}
		if at.Global {
			o.Row = -1
		}
		x := at.values[from : from+event]
		if o.Element = set.Offending(x); o.Element < 0 { // the reals, where the law does not say
			if !says && impossible[row] {
				return o
			}
			continue
		}
		o.Value = x[o.Element]
		if !at.Observed && notFinite(o.Value) {
			continue // made by some operation before
		}
		if !impossible[row] && within(set, o.Value) {
			continue // a law may score it; NaN are its parameters
		}
		return o
	}
	return nil
}

// within tells whether a value lies between the ends of a support or on one: a
// law may have a density at an end, and Bernoulli scores grey values.
func within(s prob.Support, v float64) bool {
	return (s.Kind == prob.Interval || s.Kind == prob.Integers) && s.Lo <= v && v <= s.Hi
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// Error says which value, and what it should be.
func (o *Outside) Error() string {
	if o == nil {
		return "vi: no value is outside"
	}
	at := "site " + o.Site
	if o.Row >= 0 {
		at += fmt.Sprintf(", row %d", o.Row)
	}
	if o.Element < 0 {
		return fmt.Sprintf("%s: the value is impossible under %s: log density -Inf", at, o.Law)
	}
	at += fmt.Sprintf(", element %d", o.Element)
	if math.IsNaN(o.Value) {
		return at + ": the value is NaN"
	}
	return fmt.Sprintf("%s: value %.6g is outside of the support of %s, %v", at, o.Value, o.Law, o.Support)
}

// FirstFrom returns the first site, guide before joint, whose draw or density is
// computed from n; "" if there is none.
func (r *Record) FirstFrom(n *graph.Node) string {
	r.alive()
	for _, s := range r.sites {
		for _, x := range []*graph.Node{s.Value, s.LogQ} {
			if x != nil && s.Q != nil && graph.DependsOn(x, n) {
				return s.Name
			}
		}
	}
	for _, s := range r.sites {
		if s.LogP != nil && graph.DependsOn(s.LogP, n) {
			return s.Name
		}
	}
	return ""
}
