package serve

import (
	"math"
	"regexp"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// name is what a request may give a value for: an array, or a latent site.
type name struct {
	Array
	size   int    // numbers of a row
	latent bool   // no array
	site   bool   // of the joint, else read by Given alone
	mask   string // the input that says which entries are there

	support prob.Support // of a site whose law says it
	says    bool
}

// maxNames bounds the names, a bit each in a key.
const maxNames = 64

var sensible = regexp.MustCompile(`^[^\s:]+$`)

// names reads what a model's requests may give: its arrays, and the latents that
// a run of it draws.
func (s Spec) names(params *graph.Params) ([]name, error) {
	if s.Model == nil {
		return nil, errors.New("serve: the Spec has no Model")
	}
	var all []name
	for _, a := range s.Arrays {
		switch {
		case !sensible.MatchString(a.Name):
			return nil, errors.Errorf("serve: array %q: want a name without spaces and colons", a.Name)
		case slices.ContainsFunc(all, func(n name) bool { return n.Name == a.Name }):
			return nil, errors.Errorf("serve: two arrays %s", a.Name)
		case len(a.Shape) == 0 || slices.ContainsFunc(a.Shape, func(d int) bool { return d < 1 }):
			return nil, errors.Errorf("serve: array %s has rows of shape %v, want sizes of 1 or more, such as [1]", a.Name, a.Shape)
		case a.Min != nil && a.Max != nil && !(*a.Min <= *a.Max):
			return nil, errors.Errorf("serve: array %s has Min %v and Max %v", a.Name, *a.Min, *a.Max)
		}
		size := 1
		for _, d := range a.Shape {
			if size > math.MaxInt32/d {
				return nil, errors.Errorf("serve: array %s has rows of shape %v, too large", a.Name, a.Shape)
			}
			size *= d
		}
		all = append(all, name{Array: a, size: size})
	}
	if err := s.trace(params, &all, func(n name) bool { return !n.Optional }); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all, func(n name) bool { return n.Optional }) {
		if err := s.trace(params, &all, func(n name) bool { return !n.latent }); err != nil {
			return nil, err
		}
	}
	if len(all) > maxNames {
		return nil, errors.Errorf("serve: %d arrays and latents, at most %d can be served", len(all), maxNames)
	}
	for i := range all {
		all[i].mask = all[i].Name + "/there"
	}
	return all, nil
}

// trace runs the model on some of the names and notes its sites.
func (s Spec) trace(params *graph.Params, all *[]name, given func(name) bool) error {
	_, err := graph.Build(params, func(scope *graph.Scope) {
		d := vi.Data{}
		for _, n := range *all {
			if given(n) && !n.latent {
				d[n.Name] = scope.Input(n.Name, append([]int{1}, n.Shape...)...)
			}
		}
		m := s.Model(scope)
		r := vi.Run(scope, m, d, vi.Config{Rows: 1})
		for _, site := range r.Sites() {
			if site.Global || site.Value == nil || site.P == nil {
				continue
			}
			i := slices.IndexFunc(*all, func(n name) bool { return n.Name == site.Name })
			if i < 0 {
				shape := slices.Clone(site.Value.Shape()[2:])
				i = len(*all)
				*all = append(*all, name{Array: Array{Name: site.Name, Shape: shape, Optional: true}, size: graph.Size(shape), latent: true})
			}
			n := &(*all)[i]
			n.site = true
			n.support, n.says = prob.SupportOf(site.P)
		}
		scope.Output("rows", scope.Const(1))
	})
	return errors.WithMessage(err, "serve: the model with its arrays")
}

// check looks at the values of a row, but for NaN where they may be missing.
func (n *name) check(row int, x []float64, missing bool) error {
	for i, v := range x {
		switch {
		case math.IsNaN(v) && missing:
		case math.IsNaN(v) || math.IsInf(v, 0):
			return errors.Errorf("serve: %s, row %d, element %d: the value is %v", n.Name, row, i, v)
		case n.Min != nil && v < *n.Min || n.Max != nil && v > *n.Max:
			return errors.Errorf("serve: %s, row %d, element %d: value %.6g is outside of %s", n.Name, row, i, v, n.ranged())
		case n.outside(v):
			return errors.Errorf("serve: %s, row %d, element %d: value %.6g is outside of the support of its law, %v", n.Name, row, i, v, n.support)
		}
	}
	return nil
}

// outside tells whether the law of the site cannot take a value. On an end of
// the support a law may have a density, and Bernoulli scores what lies between
// its two values, so these are left to the score.
func (n *name) outside(v float64) bool {
	if !n.says || n.support.Kind != prob.Interval && n.support.Kind != prob.Integers {
		return false
	}
	return v < n.support.Lo || v > n.support.Hi
}

// ranged says what Min and Max allow.
func (n *name) ranged() string {
	lo, hi := math.Inf(-1), math.Inf(1)
	if n.Min != nil {
		lo = *n.Min
	}
	if n.Max != nil {
		hi = *n.Max
	}
	return prob.Support{Kind: prob.Interval, Lo: lo, Hi: hi}.String()
}

// first is a number that the law of the site can take: what stands for a missing
// entry before there is an estimate.
func (n *name) first() float64 {
	lo, hi := math.Inf(-1), math.Inf(1)
	if n.says && (n.support.Kind == prob.Interval || n.support.Kind == prob.Integers) {
		lo, hi = n.support.Lo, n.support.Hi
	}
	if n.Min != nil {
		lo = max(lo, *n.Min)
	}
	if n.Max != nil {
		hi = min(hi, *n.Max)
	}
	switch {
	case lo < 0 && 0 < hi:
		return 0
	case math.IsInf(lo, -1):
		return hi - 1
	case math.IsInf(hi, 1):
		return lo + 1
	}
	return (lo + hi) / 2
}
