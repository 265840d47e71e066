package serve

import (
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/mark"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// The operations that every model has, as far as it can answer them.
const (
	Encode        = "encode"
	Decode        = "decode"
	Reconstruct   = "reconstruct"
	Sample        = "sample"
	LogLikelihood = "loglikelihood"
	ELBO          = "elbo"
	Impute        = "impute"
)

// operation is one thing that can be asked of a model.
type operation struct {
	name  string
	build func(a *asked) []field
	draws int  // where a request does not say; 0: it takes no draws
	whole bool // every array that is not optional has to be given
	holes bool // NaN stands for a missing entry
	most  int  // rounds of runs
	least int  // rows of a program: with fewer it is not seen where the rows are

	given   uint64   // what it is usually given, for which it was built first
	outputs []Output // for one row and the usual arrays; their values are nil
	err     error    // why this model cannot answer it
}

// asked is what a program is built for.
type asked struct {
	*version
	scope *graph.Scope
	model vi.Model
	data  vi.Data // of what is given
	rows  int
	draws int // at once
}

// operations lists what can be asked of a model, the library's own first.
func (v *version) operations(c Config) ([]*operation, error) {
	ops := []*operation{
		{name: Encode, build: (*asked).encode, draws: 1, whole: true},
		{name: Decode, build: (*asked).decode, draws: 1},
		{name: Reconstruct, build: (*asked).reconstruct, draws: 1, whole: true},
		{name: Sample, build: (*asked).sample},
		{name: LogLikelihood, build: (*asked).logLikelihood, draws: c.Draws, whole: true},
		{name: ELBO, build: (*asked).elbo, whole: true},
		{name: Impute, build: (*asked).impute, draws: c.Draws, whole: true, holes: true, most: c.Steps},
	}
	for _, name := range slices.Sorted(maps.Keys(v.spec.Calls)) {
		call := v.spec.Calls[name]
		switch {
		case !sensible.MatchString(name):
			return nil, errors.Errorf("serve: call %q: want a name without spaces and colons", name)
		case slices.ContainsFunc(ops, func(o *operation) bool { return o.name == name }):
			return nil, errors.Errorf("serve: a call has the name of the operation %s", name)
		case call == nil:
			return nil, errors.Errorf("serve: the call %s is nil", name)
		}
		ops = append(ops, &operation{name: name, least: 2, build: func(a *asked) []field { return a.call(call) }})
	}
	return ops, nil
}

// run runs the model on what is given, with its guide.
func (a *asked) run(c vi.Config) *vi.Record {
	c.Rows = a.rows
	return vi.Run(a.scope, a.model, a.data, c)
}

// encode is the guide's law of each latent, and draws from it.
func (a *asked) encode() (f []field) {
	a.guided()
	r := a.run(vi.Config{K: a.draws})
	for _, s := range r.Sites() {
		if s.Observed || s.Global || s.Value == nil {
			continue
		}
		f = append(f, a.moments(s.Name, s.Q, s.Value, a.shapeOf(s.Name))...)
		f = append(f, a.field(eachDraw, s.Name+"/draws", s.Value, a.shapeOf(s.Name)))
	}
	if f == nil {
		graph.Fail("the guide draws nothing that is not given")
	}
	return f
}

func (a *asked) guided() {
	if a.model.Guide == nil {
		graph.Fail("the model has no guide")
	}
}

// forward runs the joint alone: what is given, and draws of the rest. That is a
// draw of the joint given those values only if none of them depends on what is
// drawn.
func (a *asked) forward(k int) *vi.Record {
	a.model.Guide = nil
	r := a.run(vi.Config{K: k})
	var drawn []*vi.Site
	var values []*graph.Node
	for _, s := range r.Sites() {
		if !s.Observed && !s.Global && s.Value != nil {
			drawn, values = append(drawn, s), append(values, s.Value)
		}
	}
	on := graph.NewDependence(values...)
	for _, s := range r.Sites() {
		if !s.Observed {
			continue
		}
		for _, d := range drawn {
			if on.On(s.LogP, d.Value) {
				graph.Fail("%s is given and depends on %s, which is not: what the joint draws would be no draw given %s; give %s too, or encode", s.Name, d.Name, s.Name, d.Name)
			}
		}
	}
	return r
}

// decode is the law of the data given latents.
func (a *asked) decode() (f []field) {
	r := a.forward(a.draws)
	for _, s := range r.Sites() {
		if n := a.nameOf(s.Name); n != nil && !n.latent && !s.Observed {
			f = append(f, a.moments(s.Name, s.P, s.Value, n.Shape)...)
		}
	}
	if f == nil {
		graph.Fail("all arrays are given, none is to be decoded")
	}
	return f
}

// sample is a draw of every site that is not given.
func (a *asked) sample() (f []field) {
	r := a.forward(1)
	for _, s := range r.Sites() {
		if n := a.nameOf(s.Name); n != nil && !s.Observed {
			f = append(f, a.field(perRow, s.Name, s.Value, n.Shape))
		}
	}
	if f == nil {
		graph.Fail("every site is given, none is to be drawn")
	}
	return f
}

// reconstruct is the law of the data given draws of their latents.
func (a *asked) reconstruct() (f []field) {
	a.guided()
	r := a.run(vi.Config{K: a.draws})
	for _, s := range r.Sites() {
		if n := a.nameOf(s.Name); n != nil && !n.latent && s.Observed && s.P != nil {
			f = append(f, a.moments(s.Name, s.P, s.Value, n.Shape)...)
		}
	}
	if f == nil {
		graph.Fail("the model has no observed site")
	}
	return f
}

// logLikelihood gives the log weights of importance sampling from the guide, with
// what is enumerated summed out.
func (a *asked) logLikelihood() []field {
	latent := slices.DeleteFunc(slices.Clone(a.spec.Enumerate), func(name string) bool { return a.data[name] != nil })
	r := a.run(vi.Config{K: a.draws, Enumerate: latent})
	observed := false
	for _, s := range r.Sites() {
		observed = observed || s.Observed && s.P != nil
		if s.Global {
			graph.Fail("the log likelihood of a model with the global site %s: p(x) is not a product over the rows", s.Name)
		}
	}
	if !observed {
		graph.Fail("the model has no observed site")
	}
	w := r.LogWeights()
	for _, s := range r.Sites() {
		if s.Enumerated && s.Q != nil {
			w = w.Add(s.LogQ)
		}
	}
	var values []int
	for i := range len(w.Shape()) - 2 {
		values = append(values, i)
	}
	if values != nil {
		w = graph.LogSumExp(w, values...)
	}
	return []field{a.field(logWeights, "logp", w, nil)}
}

// elbo is the objective of each row.
func (a *asked) elbo() []field {
	o := a.spec.Objective
	if o == nil {
		o = vi.ELBO{}
	}
	e := o.Estimate(a.scope, a.model, a.data)
	if e == nil || e.PerRow == nil {
		graph.Fail("the objective has no value of each row")
	}
	return []field{a.field(perRow, ELBO, graph.Reshape(e.PerRow, 1, a.rows), nil)}
}

// impute gives log weights of draws from the guide by the entries that are there,
// and the law of the others.
func (a *asked) impute() (f []field) {
	a.guided()
	masks := map[string]*graph.Node{}
	for name := range a.data {
		if n := a.nameOf(name); n.site && !n.latent {
			masks[name] = a.scope.Input(n.mask, append([]int{a.rows}, n.Shape...)...)
		}
	}
	r := a.run(vi.Config{K: a.draws})
	w := a.scope.Tensor([]float64{0}, 1, 1)
	for _, s := range r.Sites() {
		switch {
		case s.Global:
			graph.Fail("impute with the global site %s", s.Name)
		case masks[s.Name] != nil:
			p, ok := s.P.(prob.Factored)
			if _, moments := s.P.(prob.Moments); !ok || !moments {
				graph.Fail("impute %s: the law %s is not of independent elements with known moments", s.Name, prob.NameOf(s.P))
			}
			w = w.Add(prob.Masked(p, graph.ExpandDims(masks[s.Name], 0)).LogProb(s.Value))
			f = append(f, a.moments(s.Name, s.P, s.Value, a.shapeOf(s.Name))...)
		case s.Observed:
			w = w.Add(s.LogP)
		default:
			w = w.Add(s.LogP).Sub(s.LogQ)
		}
	}
	if f == nil {
		graph.Fail("the model has no observed site")
	}
	w = graph.BroadcastTo(w, a.draws, a.rows)
	return append([]field{a.field(logWeights, "logp", w, nil)}, f...)
}

// call is an operation of the user's own.
func (a *asked) call(c Call) (f []field) {
	out := c(a.scope, a.model, a.data)
	for _, name := range slices.Sorted(maps.Keys(out)) {
		n := out[name]
		if n == nil {
			graph.Fail("output %s is nil", name)
		}
		sh := n.Shape()
		for len(sh) > 1 && sh[0] == 1 {
			sh = sh[1:]
		}
		if len(sh) == 0 || sh[0] != a.rows {
			graph.Fail("output %s has shape %v, want [%d …], perhaps behind an axis of 1: an entry for each row", name, n.Shape(), a.rows)
		}
		f = append(f, a.field(perRow, name, graph.Reshape(n, append([]int{1}, sh...)...), sh[1:]))
	}
	if f == nil {
		graph.Fail("the call has no outputs")
	}
	return f
}

func unsupported(op *operation) error {
	return mark.Error(errors.WithMessage(op.err, "serve: this model cannot answer"), ErrOperation)
}
