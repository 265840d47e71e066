package mcmc

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/lanes"
	"github.com/latentgo/latent/internal/latents"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/vi"
)

// target is what is sampled: a density of vectors of reals.
type target struct {
	params *graph.Params
	build  rowBuild
	rows   [][]int // the shape of a row of each array of data that lanes have of their own, by name
	names  []string
	space  *latents.Space
}

// rowBuild is a Build whose data may differ from lane to lane.
type rowBuild func(s *graph.Scope, own vi.Data) (vi.Model, vi.Data)

// Names of inputs and outputs.
const (
	position = "mcmc/position"
	logp     = "mcmc/logp"
	gradient = "mcmc/gradient"
)

// newTarget finds the latents of a model.
func newTarget(params *graph.Params, rows int, build rowBuild, own map[string][]int) (*target, error) {
	t := &target{params: params, build: build}
	for name := range own {
		t.names = append(t.names, name)
	}
	slices.Sort(t.names)
	for _, name := range t.names {
		t.rows = append(t.rows, own[name])
	}
	p, err := graph.Build(params, func(s *graph.Scope) {
		m, d := t.model(s, 0, nil)
		t.space = latents.Find(s.In("mcmc"), m.Joint, d, rows)
		s.Output("mcmc/none", s.Const(0))
	})
	if err != nil {
		return nil, errors.WithMessage(err, "mcmc")
	}
	for _, name := range p.Inputs() {
		if !slices.ContainsFunc(t.names, func(own string) bool { return name == dataInput+own }) {
			return nil, errors.Errorf("mcmc: nothing is fed to the input %s of the model: declare it as a constant, by Scope.Tensor", name)
		}
	}
	if t.space.Size == 0 {
		return nil, errors.Errorf("mcmc: the joint has no continuous latent to sample; those to be summed out are %v", t.space.Enumerated)
	}
	return t, nil
}

const dataInput = "mcmc/data/"

// model declares the model, with data of its own for each lane in with.
func (t *target) model(s *graph.Scope, k int, with map[*graph.Node]*graph.Node) (vi.Model, vi.Data) {
	own := vi.Data{}
	for i, name := range t.names {
		own[name] = s.Input(dataInput+name, append([]int{1}, t.rows[i]...)...)
		if k > 0 {
			with[own[name]] = s.Input("mcmc/lanes/"+name, append([]int{k, 1}, t.rows[i]...)...)
		}
	}
	m, d := t.build(s, own)
	if m.Joint == nil {
		graph.Fail("mcmc: the model has no joint")
	}
	return m, d
}

// point is a model at one vector of reals, with what stands for it at k of them.
type point struct {
	latents.Scored
	k    int
	u    []*graph.Node               // the reals of each site
	with map[*graph.Node]*graph.Node // to [K, …]
}

// at scores the model at the rows of the input position, [K, D]. It refuses a joint
// that draws noise, whose density is not a function of the latents.
func (t *target) at(s *graph.Scope, k int) point {
	pt := point{k: k, with: map[*graph.Node]*graph.Node{}}
	m, d := t.model(s, k, pt.with)
	all := s.Input(position, k, t.space.Size)
	for i, site := range t.space.Sites {
		u := s.In("mcmc/site").Input(site.Name, site.Free...)
		pt.u = append(pt.u, u)
		pt.with[u] = graph.Reshape(graph.Cols(all, site.From, site.From+t.space.Sites[i].Size()), append([]int{k}, site.Free...)...)
	}
	pt.Scored = t.space.Run(s.In("mcmc"), m.Joint, d, pt.u)
	t.deterministic(pt.LogJoint, pt.with)
	return pt
}

// deterministic refuses a density that depends on more than parameters and what has
// lanes, or is named.
func (t *target) deterministic(density *graph.Node, own map[*graph.Node]*graph.Node, more ...*graph.Node) {
	for _, n := range op.Needed(density) {
		if _, constant := op.Constant(n); op.RuleOf(n) == nil && !constant && own[n] == nil && !slices.Contains(more, n) && !slices.Contains(t.params.Names(), n.Name()) {
			graph.Fail("mcmc: the joint depends on %s, which is noise or an input: its density is to be a function of the latents alone; leave dropout and the like out, and draw latents by Draw or Global", n.Name())
		}
	}
}

// over returns nodes at all points.
func (pt point) over(ns ...*graph.Node) []*graph.Node { return lanes.Over(pt.k, ns, pt.with) }

// density builds the program of the log density [K] and its gradient [K, D] at k
// points.
func (t *target) density(k int) (*graph.Program, error) {
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		pt := t.at(s, k)
		l := pt.LogJoint.Add(pt.LogDet)
		wide := pt.over(append([]*graph.Node{l}, graph.Grad(l, pt.u)...)...)
		var g []*graph.Node
		for _, n := range wide[1:] {
			g = append(g, graph.Reshape(n, k, -1))
		}
		s.Output(logp, wide[0])
		s.Output(gradient, graph.Concat(1, g...))
	})
	return p, errors.WithMessage(err, "mcmc")
}

// values builds the program of what is returned of k points: the values of the
// latents and what derived makes of them, each [K, shape…], and says their names and
// shapes.
func (t *target) values(k int, derived func(*vi.Record) map[string]*graph.Node) (*graph.Program, []variable, error) {
	var vars []variable
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		pt := t.at(s, k)
		ns := slices.Clone(pt.Values)
		for _, site := range t.space.Sites {
			vars = append(vars, variable{site.Name, site.Shape})
		}
		if derived != nil {
			more := derived(pt.Record)
			for _, name := range sorted(more) {
				if more[name] == nil {
					graph.Fail("mcmc: the derived %s is nil", name)
				}
				if slices.ContainsFunc(vars, func(v variable) bool { return v.name == name }) {
					graph.Fail("mcmc: the derived %s has the name of a latent", name)
				}
				sh := more[name].Shape()
				ns, vars = append(ns, more[name]), append(vars, variable{name, sh})
			}
		}
		for i, n := range pt.over(ns...) {
			s.Output("mcmc/value/"+vars[i].name, n)
		}
	})
	return p, vars, errors.WithMessage(err, "mcmc")
}

// variable is something that draws are kept of.
type variable struct {
	name  string
	shape []int
}
