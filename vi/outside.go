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
	Law      string  // the distribution's type
	Support  prob.Support
	Observed bool // else drawn
}

// Outside looks in the last run of p for a value at a site that has not a
// finite score because its law cannot take it, data first; nil if there is
// none. p is the program of the build that r was made in. The graph is evaluated
// anew: see graph.Program.Again.
func (r *Record) Outside(p *graph.Program) (*Outside, error) {
	r.alive()
	for _, observed := range []bool{true, false} {
		for _, s := range r.sites {
			if s.Observed != observed || s.Value == nil || s.Enumerated {
				continue
			}
			for _, at := range []struct {
				law   prob.Dist
				score *graph.Node
			}{{s.P, s.LogP}, {s.Q, s.LogQ}} {
				if at.law == nil || at.score == nil {
					continue
				}
				if o, err := r.outside(p, s, at.law, at.score); o != nil || err != nil {
					return o, err
				}
			}
		}
	}
	return nil, nil
}

// outside looks at one site under one of its laws.
func (r *Record) outside(p *graph.Program, s *Site, law prob.Dist, score *graph.Node) (*Outside, error) {
	set, says := prob.SupportOf(law)
	if !says && !s.Observed {
		return nil, nil
	}
	v, err := p.Again(s.Value, score)
	if err != nil {
		return nil, err
	}
	values, scores := v[0], v[1]
	shape, rows := s.Value.Shape(), 1
	inner := len(values) // elements of a row
	if !s.Global {
		e := len(r.enum)
		rows = shape[e+1]
		inner = graph.Shape(shape[e+2:]).TotalSize()
	}
	event := shape[len(shape)-1]
	if event == 0 || inner == 0 {
		return nil, nil
	}
	across := max(rows, 1)
	if !s.Global {
		across = score.Shape()[len(r.enum)+1]
	}
	bad, impossible := make([]bool, max(rows, across)), make([]bool, max(rows, across))
	for i, l := range scores {
		if math.IsNaN(l) || math.IsInf(l, 0) {
			bad[i%across], impossible[i%across] = true, math.IsInf(l, -1)
		}
	}
	for from := 0; from < len(values); from += event {
		row := from / inner % rows
		of := row
		switch {
		case across == 1:
			of = 0
		case rows == 1: // one value for all
			of = max(slices.Index(bad, true), 0)
		}
		if !bad[of] {
			continue
		}
		o := &Outside{Site: s.Name, Row: row, Law: fmt.Sprintf("%T", law), Support: set, Observed: s.Observed}
		if s.Global {
			o.Row = -1
		}
		x := values[from : from+event]
		switch {
		case says:
			o.Element = set.Offending(x)
		case impossible[of] && prob.Support{}.Offending(x) < 0:
			o.Element = -1
			return o, nil
		default:
			o.Element = prob.Support{}.Offending(x)
		}
		if o.Element < 0 {
			continue
		}
		o.Value = x[o.Element]
		if notFinite := math.IsNaN(o.Value) || math.IsInf(o.Value, 0); notFinite && !s.Observed {
			continue // made by some operation before
		}
		return o, nil
	}
	return nil, nil
}

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
